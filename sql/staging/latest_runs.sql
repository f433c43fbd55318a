-- The newest run of each edition, and of each publisher's index page where that failed.
--
-- Grain:  source, venue, period
-- Caveat: the venue of an index page is '(index)', its period the last year that was asked for. Of runs that
-- ended at the same moment the worse counts: it is visited again.
select source, venue, period, finished_at, outcome, problem, official_count, listed_count
from lake.runs
qualify
    row_number() over (
        partition by source, venue, period
        order by finished_at desc, started_at desc, outcome = 'complete', outcome, problem
    )
    = 1
    and (venue <> '(index)' or outcome = 'failed')
