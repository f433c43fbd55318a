-- One bit for each compared framework, and for Keras, which the survey's later rules merge into TensorFlow.
--
-- Grain: framework
select framework, (1 << row_number() over (order by framework))::integer as bit
from
    (
        select framework
        from staging.compared_frameworks
        union
        select 'keras'
    )
