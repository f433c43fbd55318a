-- What published figures measure, as ours: counts, shares and growth of PyTorch against TensorFlow under
-- the rule of
-- whoever published them, and counts of papers.
--
-- Grain: measure, rule, venue, year_printed, framework
with
    only_counts as (
        select rule, venue, year, framework_a as framework, a_only_count as value, a_share
        from sensitivity
        where framework_a in ('pytorch', 'tensorflow') and framework_b in ('pytorch', 'tensorflow')
    )

select
    'only_count' as measure,
    rule,
    venue,
    cast(year as varchar) as year_printed,
    framework,
    value::double as value
from only_counts
union all
select 'a_share_pct', rule, venue, cast(year as varchar), framework, 100 * a_share
from only_counts
union all
select
    'growth_pct',
    later.rule,
    later.venue,
    earlier.year || '-' || later.year,
    later.framework,
    case when earlier.value > 0 then 100.0 * (later.value - earlier.value) / earlier.value end
from only_counts as later
inner join
    only_counts as earlier
    on later.rule = earlier.rule
    and later.venue = earlier.venue
    and later.framework = earlier.framework
    and later.year > earlier.year
union all
select 'readable_count', 'default', venue, cast(year as varchar), null, readable_count
from staging.venue_years
union all
select 'listed_count', 'default', venue, cast(year as varchar), null, listed_count
from staging.venue_years
