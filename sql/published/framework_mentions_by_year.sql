-- One row per venue, year and framework: how many readable main-track papers name it outside the references.
--
-- Grain:  venue, year, framework
-- Caveat: a year that was not collected, or of which nothing could be read, has no row; a row with 0 is a
-- real zero.
-- Frameworks that no stored paper names have no rows.
with
    named as (select distinct framework from staging.counted_mentions),

    counted as (
        select
            venue_years.venue,
            venue_years.year,
            named.framework,
            venue_years.listed_count,
            venue_years.readable_count,
            count(mentions.document_id) as mentioning_count,
            count(mentions.document_id) filter (where mentions.role = 'used') as used_count
        from staging.venue_years
        cross join named
        left join
            staging.counted_mentions as mentions
            on venue_years.venue = mentions.venue
            and venue_years.year = mentions.year
            and named.framework = mentions.framework
        group by all
    )

select
    *,
    mentioning_count / readable_count as share,
    wilson_low(mentioning_count, readable_count) as share_low,
    wilson_high(mentioning_count, readable_count) as share_high
from counted
order by venue, year, framework
