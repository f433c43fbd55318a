-- One row per job board that was ever asked for: how it answered last.
--
-- Grain:  source, board
-- Caveat: outcome 'doubtful' is a board that suddenly lists next to nothing, which is believed on the third
-- night only;
-- 'unknown' is one that was never there. Neither closes an ad.
select
    source,
    board,
    arg_max(organization, visited_on) as organization,
    max(visited_on) as last_visited_on,
    max(visited_on) filter (where outcome = 'read') as last_read_on,
    arg_max(ad_count, visited_on) filter (where outcome = 'read') as ad_count,
    sum(capture_count) as capture_count,
    arg_max(outcome, visited_on) as outcome,
    nullif(arg_max(coalesce(problem, ''), visited_on), '') as problem
from staging.board_visits
group by source, board
order by source, board
