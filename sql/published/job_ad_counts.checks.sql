-- fail: every ad is a posting's first or a duplicate
select *
from job_ad_counts
where ad_count <> posting_count + duplicate_count
;

-- fail: the postings of all sources add up to those of all ads together
select sum(case when venue = 'all' then posting_count else - posting_count end) as difference
from job_ad_counts
having difference <> 0
