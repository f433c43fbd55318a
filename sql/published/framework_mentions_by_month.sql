-- One row per kind of document, scope of text, venue, month and framework: how many readable documents name
-- it.
--
-- Grain:  kind, text_scope, venue, month, framework
-- Caveat: of preprints, 'abstract' and 'full_text' are two countings of the same papers: choose one. Of job
-- ads the venue
-- is the source, or 'all' for unique postings, each counted once in the month when it was first posted; the
-- sum over
-- sources is larger. A month that was not collected, or of which nothing was read, has no row; a row with 0
-- is a real zero.
select
    kind,
    text_scope,
    venue,
    month,
    framework,
    listed_count,
    readable_count,
    technical_count,
    mentioning_count,
    used_count,
    share,
    share_low,
    share_high,
    technical_share
from staging.preprint_mentions_by_month
union all
select
    kind,
    text_scope,
    venue,
    month,
    framework,
    listed_count,
    readable_count,
    technical_count,
    mentioning_count,
    used_count,
    share,
    share_low,
    share_high,
    technical_share
from staging.job_ad_mentions_by_month
order by kind, text_scope, venue, month, framework
