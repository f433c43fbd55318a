-- fail: every figure has a source, a venue and what was printed
select *
from published_figures
where source is null or venue is null or metric is null or year_printed is null or value_printed is null
;

-- fail: what a figure measures is said of metrics that exist
select measures.*
from seeds.published_measures as measures
left join
    published_figures as figures on measures.source = figures.source and measures.metric = figures.metric
where figures.figure_id is null
