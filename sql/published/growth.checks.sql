-- fail: what grew is what head_to_head counted
select growth.*
from growth
left join
    head_to_head as before
    on growth.venue = before.venue
    and growth.previous_year = before.year
    and growth.framework = before.framework_a
    and growth.rival_framework = before.framework_b
where growth.previous_only_count is distinct from before.a_only_count or growth.previous_year >= growth.year
