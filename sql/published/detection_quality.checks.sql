-- fail: a measure is given once
select corpus, framework, measure, is_tuning, count(*) as row_count
from detection_quality
group by all
having count(*) > 1
;

-- warn: precision and recall over all frameworks stay above 0.95
select *
from detection_quality
where framework = 'all' and measure in ('precision', 'recall') and value < 0.95
