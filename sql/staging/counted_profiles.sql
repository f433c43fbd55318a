-- Profiles of the papers that some rule of counting takes in: of the year's preferred source, not withdrawn.
--
-- Grain: that of kept.profiles, without source and period
select
    profiles.venue,
    profiles.year,
    profiles.source,
    profiles.track = 'main' as is_main,
    profiles.text_status = 'read' as is_read,
    profiles.has_vendor_string,
    profiles.anywhere,
    profiles.named,
    profiles.in_body,
    profiles.used,
    profiles.not_implied,
    profiles.substrings,
    profiles.document_count
from kept.profiles as profiles
inner join
    staging.preferred_sources as preferred
    on profiles.venue = preferred.venue
    and profiles.year = preferred.year
    and profiles.source = preferred.source
where not profiles.is_withdrawn
