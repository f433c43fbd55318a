-- One row per figure that somebody else published: the survey of 2019 and its later states, news reports,
-- job counts.
--
-- Grain:  figure_id
-- Caveat: facts with their source, copied as printed, wrong ones included; note says what is known of each.
-- Compare
-- only what rule and denominator allow: published_vs_measured does.
select
    row_number() over (order by rowid) as figure_id,  -- the line of the file
    source,
    url,
    venue,
    try_cast(year as integer) as year,
    framework,
    metric,
    try_cast(value as double) as value,
    cast(year as varchar) as year_printed,
    cast(value as varchar) as value_printed,
    note
from seeds.published_figures
order by figure_id
