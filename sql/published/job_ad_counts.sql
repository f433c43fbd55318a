-- One row per source of job ads and month of posting: all ads, and how many postings they are.
--
-- Grain:  venue, month
-- Caveat: a posting counts for the source and in the month of its first ad; its other ads are duplicates
-- there where
-- they stand. So posting_count of all sources adds up to that of venue 'all'.
with
    ads as (
        select
            venue,
            month,
            row_number() over (partition by posting_id order by month, first_seen_on, document_id)
            = 1 as is_first
        from staging.job_ads
        where month is not null
    )

select
    venue,
    month,
    count(*) as ad_count,
    count(*) filter (where is_first) as posting_count,
    count(*) filter (where not is_first) as duplicate_count
from ads
group by venue, month
union all
select
    'all' as venue,
    month,
    count(*) as ad_count,
    count(*) filter (where is_first) as posting_count,
    count(*) filter (where not is_first) as duplicate_count
from ads
group by month
order by venue, month
