-- The newest run of each edition.
--
-- Grain: source, venue, period
select source, venue, period, finished_at, outcome, problem, official_count, listed_count
from lake.runs
where venue <> '(index)'
qualify row_number() over (partition by source, venue, period order by finished_at desc) = 1
