-- How many job ads of a month name a framework, by source and for all unique ads together.
--
-- Grain:  kind, text_scope, venue, month, framework
-- Caveat: venue 'all' counts a posting once, in the month when its first ad was posted; a source counts
-- each of its
-- ads, reposts included. A month of which no ad could be read has no row.
with
    mentions_of_ads as (
        select job_ads.venue, job_ads.document_id as counted_id, mentions.framework, mentions.role
        from mentions
        inner join staging.job_ads on mentions.document_id = job_ads.document_id
        where not mentions.only_in_references
        union all
        select
            'all' as venue, job_ads.posting_id as counted_id, mentions.framework, max(mentions.role) as role
        from mentions
        inner join staging.job_ads on mentions.document_id = job_ads.document_id
        where not mentions.only_in_references
        group by job_ads.posting_id, mentions.framework
    ),

    named as (select distinct framework from mentions_of_ads),

    months as (
        select
            venue,
            month,
            count(*) as listed_count,
            count(*) filter (where is_readable) as readable_count,
            count(*) filter (where is_readable and is_technical) as technical_count
        from staging.counted_job_ads
        where month is not null
        group by venue, month
        having readable_count > 0
    ),

    counted as (
        select
            ads.venue,
            ads.month,
            found.framework,
            count(*) as mentioning_count,
            count(*) filter (where found.role = 'used') as used_count,
            count(*) filter (where ads.is_technical) as technical_mentioning_count
        from staging.counted_job_ads as ads
        inner join mentions_of_ads as found on ads.venue = found.venue and ads.counted_id = found.counted_id
        where ads.is_readable
        group by ads.venue, ads.month, found.framework
    )

select
    'job_ad' as kind,
    'full_text' as text_scope,
    months.venue,
    months.month,
    named.framework,
    months.listed_count,
    months.readable_count,
    coalesce(counted.mentioning_count, 0) as mentioning_count,
    coalesce(counted.used_count, 0) as used_count,
    coalesce(counted.mentioning_count, 0) / months.readable_count as share,
    wilson_low(coalesce(counted.mentioning_count, 0), months.readable_count) as share_low,
    wilson_high(coalesce(counted.mentioning_count, 0), months.readable_count) as share_high,
    months.technical_count,
    case
        when months.technical_count > 0
        then coalesce(counted.technical_mentioning_count, 0) / months.technical_count
    end as technical_share
from months
cross join named
left join
    counted
    on months.venue = counted.venue
    and months.month = counted.month
    and named.framework = counted.framework
