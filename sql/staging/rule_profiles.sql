-- The profiles of papers that a counting rule takes in.
--
-- Grain: rule, profile_id
select rules.rule, profiles.profile_id, profiles.venue, profiles.year, profiles.document_count
from staging.profiles
inner join
    counting_rules as rules
    on (rules.tracks = 'all' or profiles.is_main)
    and case
        rules.vendor_papers
        when 'left out'
        then not profiles.has_vendor_string
        when 'only'
        then profiles.has_vendor_string
        else true
    end
