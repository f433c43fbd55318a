-- How many papers name only one of two frameworks, under every counting rule.
--
-- Grain: rule, venue, year, framework_a, framework_b
with
    pairs as (
        select rules.rule, first.framework as framework_a, second.framework as framework_b
        from counting_rules as rules
        cross join staging.compared_frameworks as first
        inner join staging.compared_frameworks as second on first.framework <> second.framework
        where
            rules.pairs = 'ten largest'
            or (
                first.framework in ('pytorch', 'tensorflow') and second.framework in ('pytorch', 'tensorflow')
            )
    ),

    denominators as (
        select rule, venue, year, sum(document_count)::bigint as document_count
        from staging.rule_profiles
        group by rule, venue, year
    ),

    naming_one as (
        select rule, venue, year, framework, sum(document_count)::bigint as naming_count
        from staging.rule_namings
        group by rule, venue, year, framework
    ),

    naming_both as (
        select
            first.rule,
            first.venue,
            first.year,
            first.framework as framework_a,
            second.framework as framework_b,
            sum(first.document_count)::bigint as both_count
        from staging.rule_namings as first
        inner join
            staging.rule_namings as second
            on first.rule = second.rule
            and first.profile_id = second.profile_id
            and first.framework <> second.framework
        group by all
    )

select
    denominators.rule,
    denominators.venue,
    denominators.year,
    pairs.framework_a,
    pairs.framework_b,
    denominators.document_count,
    coalesce(first.naming_count, 0) - coalesce(naming_both.both_count, 0) as a_only_count,
    coalesce(second.naming_count, 0) - coalesce(naming_both.both_count, 0) as b_only_count,
    coalesce(naming_both.both_count, 0) as both_count
from denominators
inner join pairs on denominators.rule = pairs.rule
left join
    naming_one as first
    on denominators.rule = first.rule
    and denominators.venue = first.venue
    and denominators.year = first.year
    and pairs.framework_a = first.framework
left join
    naming_one as second
    on denominators.rule = second.rule
    and denominators.venue = second.venue
    and denominators.year = second.year
    and pairs.framework_b = second.framework
left join
    naming_both
    on denominators.rule = naming_both.rule
    and denominators.venue = naming_both.venue
    and denominators.year = naming_both.year
    and pairs.framework_a = naming_both.framework_a
    and pairs.framework_b = naming_both.framework_b
