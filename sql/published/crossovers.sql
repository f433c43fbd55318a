-- One row per venue and ordered pair of frameworks of which the first leads at the end: since when it leads
-- for good.
--
-- Grain:  venue, framework_a, framework_b
-- Caveat: only the years that were collected are known; is_from_start says that it led in the first of them
-- already. Pairs that fewer than four papers tell apart in every year since have no row (but PyTorch and
-- TensorFlow): of three papers even three prove no lead.
with
    decided as (
        select
            *,
            a_only_count + b_only_count as decided_count,
            min(year) over (partition by venue, framework_a, framework_b) as first_year,
            max(case when a_share <= 0.5 then year end) over (
                partition by venue, framework_a, framework_b
            ) as last_defeat
        from head_to_head
        where a_share is not null
    ),

    led as (
        select *, max(decided_count) over (partition by venue, framework_a, framework_b) as largest_count
        from decided
        where year > coalesce(last_defeat, 0)
    )

select
    venue,
    framework_a,
    framework_b,
    cast(year as varchar) as since,
    a_share_low > 0.5 as certain,
    year = first_year as is_from_start,
    a_only_count,
    b_only_count,
    a_share
from led
where
    largest_count >= 4
    or (framework_a in ('pytorch', 'tensorflow') and framework_b in ('pytorch', 'tensorflow'))
qualify row_number() over (partition by venue, framework_a, framework_b order by year) = 1
order by venue, framework_a, framework_b
