-- One row per job ad: which posting it belongs to, on which board it stood and when it was seen there.
--
-- Grain:  document_id
-- Caveat: an ad is closed when its board, read well, no longer lists it; a board that could not be read
-- closes nothing.
-- Sources that go by month are not watched every night: is_open is NULL, and both days are that of
-- publication.
select
    document_id,
    posting_id,
    source,
    board,
    location,
    is_remote,
    is_technical,
    first_seen_on,
    last_seen_on,
    is_open,
    date_diff('month', first_seen_on, last_seen_on) + 1 as open_month_count,
    attribution
from staging.job_ads
order by document_id
