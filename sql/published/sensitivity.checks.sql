-- fail: both orders of a pair tell the same under every rule
select first.*
from sensitivity as first
left join
    sensitivity as second
    on first.venue = second.venue
    and first.year = second.year
    and first.rule = second.rule
    and first.framework_a = second.framework_b
    and first.framework_b = second.framework_a
where
    second.a_only_count is distinct from first.b_only_count
    or second.both_count is distinct from first.both_count
    or second.leader is distinct from first.leader
;

-- fail: counts lie within their denominator
select *
from sensitivity
where
    least(a_only_count, b_only_count, both_count) < 0
    or a_only_count + b_only_count + both_count > document_count
