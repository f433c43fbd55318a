-- Every night's visits to job boards, once each.
--
-- Grain:  source, board, visited_on
-- Caveat: a month whose nights were being made one file when the power went lies in the lake twice.
select source, board, organization, visited_on, outcome, ad_count, capture_count, problem
from lake.board_visits
qualify
    row_number() over (
        partition by source, board, visited_on
        order by outcome = 'read' desc, outcome, ad_count desc, capture_count desc, organization, problem
    )
    = 1
