-- One row per venue, year and ordered pair of frameworks: how many readable main-track papers name only one
-- of them.
--
-- Grain:  venue, year, framework_a, framework_b
-- Caveat: leader is 'tie' where the 95% interval of a_share holds 0.5, as it does for few papers; a_share
-- is NULL where no
-- paper names only one of the two.
with
    pairs as (
        select first.framework as framework_a, second.framework as framework_b
        from staging.compared_frameworks as first
        inner join staging.compared_frameworks as second on first.framework <> second.framework
    ),

    naming as (
        select venue, year, document_id, list(framework) as frameworks
        from staging.counted_mentions
        group by venue, year, document_id
    ),

    counted as (
        select
            venue_years.venue,
            venue_years.year,
            framework_a,
            framework_b,
            count(*) filter (where names_a and not names_b) as a_only_count,
            count(*) filter (where names_b and not names_a) as b_only_count,
            count(*) filter (where names_a and names_b) as both_count,
            readable_count
        from staging.venue_years
        cross join pairs
        left join naming on venue_years.venue = naming.venue and venue_years.year = naming.year
        cross join
            lateral(
                select
                    coalesce(list_contains(frameworks, framework_a), false) as names_a,
                    coalesce(list_contains(frameworks, framework_b), false) as names_b
            )
        group by all
    )

select
    venue,
    year,
    framework_a,
    framework_b,
    a_only_count,
    b_only_count,
    both_count,
    readable_count - a_only_count - b_only_count - both_count as neither_count,
    case
        when a_only_count + b_only_count > 0 then a_only_count / (a_only_count + b_only_count)
    end as a_share,
    wilson_low(a_only_count, a_only_count + b_only_count) as a_share_low,
    wilson_high(a_only_count, a_only_count + b_only_count) as a_share_high,
    case
        when a_share_low > 0.5 then framework_a when a_share_high < 0.5 then framework_b else 'tie'
    end as leader
from counted
order by venue, year, framework_a, framework_b
