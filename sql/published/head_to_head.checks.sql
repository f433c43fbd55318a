-- fail: both orders of a pair tell the same
select first.*
from head_to_head as first
left join
    head_to_head as second
    on first.venue = second.venue
    and first.year = second.year
    and first.framework_a = second.framework_b
    and first.framework_b = second.framework_a
where
    second.a_only_count is distinct from first.b_only_count
    or second.both_count is distinct from first.both_count
    or second.leader is distinct from first.leader
;

-- fail: no count is negative
select *
from head_to_head
where least(a_only_count, b_only_count, both_count, neither_count) < 0
;

-- fail: every readable paper of a year is counted once
select head_to_head.*
from head_to_head
left join staging.venue_years as years on head_to_head.venue = years.venue and head_to_head.year = years.year
where a_only_count + b_only_count + both_count + neither_count is distinct from years.readable_count
