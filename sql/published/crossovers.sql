-- One row per venue and ordered pair of frameworks of which the first leads at the end: since when it leads
-- for good.
--
-- Grain:  venue, framework_a, framework_b
-- Caveat: only the years that were collected are known; is_from_start says that it led in the first of them
-- already.
with
    decided as (
        select *, last(year) over venue_pair as last_year, first(year) over venue_pair as first_year
        from head_to_head
        where a_share is not null
        window
            venue_pair as (
                partition by venue, framework_a, framework_b
                order by year
                rows between unbounded preceding and unbounded following
            )
    ),

    last_defeats as (
        select venue, framework_a, framework_b, max(year) as year
        from decided
        where a_share <= 0.5
        group by all
    )

select
    decided.venue,
    decided.framework_a,
    decided.framework_b,
    cast(min(decided.year) as varchar) as since,
    arg_min(decided.a_share_low > 0.5, decided.year) as certain,
    min(decided.year) = any_value(decided.first_year) as is_from_start
from decided
left join
    last_defeats
    on decided.venue = last_defeats.venue
    and decided.framework_a = last_defeats.framework_a
    and decided.framework_b = last_defeats.framework_b
where decided.year > coalesce(last_defeats.year, 0)
group by decided.venue, decided.framework_a, decided.framework_b
order by decided.venue, decided.framework_a, decided.framework_b
