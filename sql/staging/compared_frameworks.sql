-- The frameworks that are compared in pairs: the ten that most papers name, and always PyTorch and
-- TensorFlow.
--
-- Grain: framework
select framework
from staging.counted_mentions
group by framework
qualify row_number() over (order by count(*) desc, framework) <= 10
union
select unnest(['pytorch', 'tensorflow'])
