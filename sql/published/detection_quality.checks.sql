-- fail: a measure is given once
select corpus, framework, measure, is_tuning, count(*) as row_count
from detection_quality
group by all
having count(*) > 1
;

-- warn: precision and recall over all frameworks may well be 0.95 or more
select *
from detection_quality
where framework = 'all' and measure in ('precision', 'recall') and value_high < 0.95
