-- The frameworks that are compared in pairs: the ten that most papers name, and always PyTorch and
-- TensorFlow.
--
-- Grain: framework
select framework
from staging.named_counts
group by framework
qualify row_number() over (order by sum(mentioning_count) desc, framework) <= 10
union
select unnest(['pytorch', 'tensorflow'])
