-- One row per posting: the same job ad on several boards, under several ids or posted again each month.
--
-- Grain:  posting_id
-- Caveat: which ads are one posting is a rule (tasks/derived/postings.py) with errors both ways. is_open is
-- NULL where no board that is read every night ever showed it.
select
    posting_id,
    -- of its first ad; of those that were seen on one day, the first by id
    arg_min(organization, (first_seen_on, month, document_id)) as organization,
    arg_min(title, (first_seen_on, month, document_id)) as title,
    min(first_seen_on) as first_seen_on,
    max(last_seen_on) as last_seen_on,
    bool_or(is_open) as is_open,
    count(*) as document_count,
    string_agg(distinct source, ', ' order by source) as sources
from staging.job_ads
group by posting_id
order by posting_id
