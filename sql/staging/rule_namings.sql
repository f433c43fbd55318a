-- The frameworks that a profile's papers name under a counting rule.
--
-- Grain: rule, profile_id, framework
with
    by_lexicon as (select profile_id, unnest(namings, recursive := true) from staging.profiles),

    -- The survey's words that are a framework's own name; 'torch' stands in every 'pytorch'.
    by_substring as (
        select words.profile_id, words.framework
        from (select profile_id, unnest(survey_words) as framework from staging.profiles) as words
        inner join frameworks on words.framework = frameworks.framework
    ),

    named as (
        select rules.rule, by_lexicon.profile_id, by_lexicon.framework
        from by_lexicon
        inner join
            counting_rules as rules
            on rules.names in ('lexicon', 'either')
            and (rules.counts_references or not by_lexicon.only_in_references)
            and (rules.counts_implied or not by_lexicon.is_implied)
            and (by_lexicon.in_body or not rules.counts_only_body)
            and (by_lexicon.is_used or not rules.counts_only_used)
        union all
        select
            rules.rule,
            by_substring.profile_id,
            case
                when rules.merges_keras and by_substring.framework = 'keras'
                then 'tensorflow'
                else by_substring.framework
            end as framework
        from by_substring
        inner join counting_rules as rules on rules.names in ('substring', 'either')
    )

select distinct named.rule, named.profile_id, named.framework, taken.venue, taken.year, taken.document_count
from named
inner join staging.rule_profiles as taken on named.rule = taken.rule and named.profile_id = taken.profile_id
