-- fail: no posting ends before it begins, and each has an ad
select posting_id, first_seen_on, last_seen_on, document_count
from postings
where last_seen_on < first_seen_on or document_count < 1
;

-- fail: every job ad belongs to one posting
select document_id, count(*) as row_count
from job_ads
group by document_id
having count(*) > 1
