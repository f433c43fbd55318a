-- One row per kind of document, scope of text, venue, month and framework: how many readable documents name
-- it.
--
-- Grain:  kind, text_scope, venue, month, framework
-- Caveat: for job ads the venue is the source, or 'all' for unique postings, each counted once in the month
-- when it
-- was first posted; the sum over sources is larger, since it counts an ad on every board and in every month
-- anew.
select
    kind,
    text_scope,
    venue,
    month,
    framework,
    listed_count,
    readable_count,
    mentioning_count,
    used_count,
    share,
    share_low,
    share_high,
    technical_count,
    technical_share
from staging.job_ad_mentions_by_month
order by kind, text_scope, venue, month, framework
