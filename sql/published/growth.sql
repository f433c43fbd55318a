-- One row per venue, year and ordered pair of frameworks: how the papers that name only the first grew
-- since the
-- venue's previous collected year.
--
-- Grain:  venue, year, framework, rival_framework
-- Caveat: counted by head_to_head's rule; previous_year is the last one collected, which may lie years back;
-- growth_pct is NULL in the first year and where previous_only_count is 0. Of few papers, large percentages
-- say little.
select
    venue,
    year,
    framework_a as framework,
    framework_b as rival_framework,
    lag(year) over years as previous_year,
    a_only_count as only_count,
    lag(a_only_count) over years as previous_only_count,
    case
        when previous_only_count > 0 then 100.0 * (a_only_count - previous_only_count) / previous_only_count
    end as growth_pct
from head_to_head
window years as (partition by venue, framework_a, framework_b order by year)
order by venue, year, framework, rival_framework
