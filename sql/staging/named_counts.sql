-- How many readable main-track papers name each framework outside the references, and how many say they
-- used it.
--
-- Grain: venue, year, framework
select
    profiles.venue,
    profiles.year,
    bits.framework,
    sum(document_count)::bigint as mentioning_count,
    coalesce(sum(document_count) filter (where used & bits.bit > 0), 0)::bigint as used_count
from staging.counted_profiles as profiles
inner join staging.framework_bits as bits on profiles.named & bits.bit > 0
where profiles.is_main and profiles.is_read
group by profiles.venue, profiles.year, bits.framework
