-- How many papers name only one of two frameworks, under every counting rule.
--
-- Grain: rule, venue, year, framework_a, framework_b
with
    compared as (
        select compared.framework, bits.bit
        from staging.compared_frameworks as compared
        inner join staging.framework_bits as bits on compared.framework = bits.framework
    ),

    pairs as (
        select
            rules.rule,
            first.framework as framework_a,
            second.framework as framework_b,
            first.bit as bit_a,
            second.bit as bit_b
        from counting_rules as rules
        cross join compared as first
        inner join compared as second on first.framework < second.framework
        where rules.pairs = 'ten largest' or (first.framework = 'pytorch' and second.framework = 'tensorflow')
    ),

    counted as (
        select
            profiles.rule,
            profiles.venue,
            profiles.year,
            pairs.framework_a,
            pairs.framework_b,
            sum(document_count)::bigint as document_count,
            coalesce(
                sum(document_count) filter (where frameworks & bit_a > 0 and frameworks & bit_b = 0), 0
            )::bigint as a_only_count,
            coalesce(
                sum(document_count) filter (where frameworks & bit_b > 0 and frameworks & bit_a = 0), 0
            )::bigint as b_only_count,
            coalesce(
                sum(document_count) filter (where frameworks & bit_a > 0 and frameworks & bit_b > 0), 0
            )::bigint as both_count
        from staging.rule_profiles as profiles
        inner join pairs on profiles.rule = pairs.rule
        group by all
    )

select rule, venue, year, framework_a, framework_b, document_count, a_only_count, b_only_count, both_count
from counted
union all
select rule, venue, year, framework_b, framework_a, document_count, b_only_count, a_only_count, both_count
from counted
