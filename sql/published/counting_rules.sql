-- One row per rule of counting that sensitivity computes, and what sets it apart.
--
-- Grain: rule
select rule, meaning, names, tracks, vendor_papers, pairs, merges_keras
from seeds.counting_rules
order by rule
