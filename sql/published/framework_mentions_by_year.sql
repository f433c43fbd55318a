-- One row per venue, year and framework: how many readable main-track papers name it outside the references.
--
-- Grain:  venue, year, framework
-- Caveat: a year that was not collected, or of which nothing could be read, has no row; a row with 0 is a
-- real zero.
-- Frameworks that no stored paper names have no rows.
with
    counted as (
        select
            years.venue,
            years.year,
            named.framework,
            years.listed_count,
            years.readable_count,
            coalesce(counts.mentioning_count, 0) as mentioning_count,
            coalesce(counts.used_count, 0) as used_count
        from staging.venue_years as years
        cross join (select distinct framework from staging.named_counts) as named
        left join
            staging.named_counts as counts
            on years.venue = counts.venue
            and years.year = counts.year
            and named.framework = counts.framework
    )

select
    *,
    mentioning_count / readable_count as share,
    wilson_low(mentioning_count, readable_count) as share_low,
    wilson_high(mentioning_count, readable_count) as share_high
from counted
order by venue, year, framework
