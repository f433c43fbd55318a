-- One row per rule of counting that sensitivity computes, and what sets it apart.
--
-- Grain: rule
select
    rule,
    meaning,
    names,
    tracks,
    vendor_papers,
    pairs,
    counts_references,
    counts_implied,
    counts_only_body,
    counts_only_used,
    merges_keras
from seeds.counting_rules
order by rule
