-- The job ads that are counted, once for their source and once, as postings, for all sources together.
--
-- Grain:  venue, counted_id (an ad for a source, a posting for 'all')
-- Caveat: a posting counts in the month in which its first ad was posted; it is readable or technical if
-- any of its
-- ads is.
select venue, document_id as counted_id, month, is_readable, is_technical
from staging.job_ads
union all
select
    'all' as venue,
    posting_id as counted_id,
    min(month) as month,
    bool_or(is_readable) as is_readable,
    bool_or(is_technical) as is_technical
from staging.job_ads
group by posting_id
