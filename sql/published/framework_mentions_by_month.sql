-- One row per kind, scope of text, venue, month and framework: how many preprints of an arXiv category name
-- it.
--
-- Grain:  kind, text_scope, venue, month, framework
-- Caveat: 'abstract' and 'full_text' are two countings of the same papers, not two kinds of papers: choose
-- one. A month
-- that was not collected, or of which nothing was read, has no row; a row with 0 is a real zero.
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
order by kind, text_scope, venue, month, framework
