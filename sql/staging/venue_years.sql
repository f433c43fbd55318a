-- How many main-track papers of a venue's year its preferred source lists and how many of them could be read.
--
-- Grain:  venue, year
-- Caveat: a year of which no paper could be read has no row: nothing is known of it, which is not zero.
select
    venue,
    year,
    any_value(source) as source,
    sum(document_count)::bigint as listed_count,
    coalesce(sum(document_count) filter (where is_read), 0)::bigint as readable_count
from staging.counted_profiles
where is_main
group by venue, year
having readable_count > 0
