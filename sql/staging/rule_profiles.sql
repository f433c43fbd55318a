-- The papers that each counting rule takes in, by the set of frameworks that they name under it.
--
-- Grain: rule, venue, year, frameworks (a set, one bit for each)
with
    named as (
        select
            rules.rule,
            profiles.venue,
            profiles.year,
            case
                rules.names
                when 'named'
                then profiles.named
                when 'anywhere'
                then profiles.anywhere
                when 'in body'
                then profiles.in_body
                when 'used'
                then profiles.used
                when 'not implied'
                then profiles.not_implied
                when 'substring'
                then profiles.substrings
                when 'anywhere or substring'
                then profiles.anywhere | profiles.substrings
            end as frameworks,
            rules.merges_keras,
            profiles.document_count
        from staging.counted_profiles as profiles
        inner join
            counting_rules as rules
            on profiles.is_read
            and (rules.tracks = 'all' or profiles.is_main)
            and case
                rules.vendor_papers
                when 'left out'
                then not profiles.has_vendor_string
                when 'only'
                then profiles.has_vendor_string
                else true
            end
    )

select
    named.rule,
    named.venue,
    named.year,
    case
        when named.merges_keras and named.frameworks & keras.bit > 0
        then named.frameworks | tensorflow.bit
        else named.frameworks
    end as frameworks,
    sum(named.document_count)::bigint as document_count
from named
inner join staging.framework_bits as keras on keras.framework = 'keras'
inner join staging.framework_bits as tensorflow on tensorflow.framework = 'tensorflow'
group by all
