-- One row per venue, year, counting rule and ordered pair of frameworks: what head_to_head would say under
-- that
-- rule.
--
-- Grain:  venue, year, rule, framework_a, framework_b
-- Caveat: the survey's rules look for plain substrings and exist for pytorch and tensorflow alone; a rule
-- that takes
-- in no readable paper of a year has no row. counting_rules says what each rule is.
select
    venue,
    year,
    rule,
    framework_a,
    framework_b,
    document_count,
    a_only_count,
    b_only_count,
    both_count,
    case
        when a_only_count + b_only_count > 0 then a_only_count / (a_only_count + b_only_count)
    end as a_share,
    wilson_low(a_only_count, a_only_count + b_only_count) as a_share_low,
    wilson_high(a_only_count, a_only_count + b_only_count) as a_share_high,
    case
        when a_share_low > 0.5 then framework_a when a_share_high < 0.5 then framework_b else 'tie'
    end as leader
from staging.pair_counts
order by venue, year, rule, framework_a, framework_b
