-- How many main-track papers of a venue's year its preferred source lists and how many of them could be read.
--
-- Grain:  venue, year
-- Caveat: a year of which no paper could be read has no row: nothing is known of it, which is not zero.
select
    documents.venue,
    documents.year,
    any_value(documents.source) as source,
    count(*) as listed_count,
    count(*) filter (where documents.text_status = 'read') as readable_count
from documents
inner join
    staging.preferred_sources as preferred
    on documents.venue = preferred.venue
    and documents.year = preferred.year
    and documents.source = preferred.source
where documents.kind = 'paper' and documents.track = 'main' and not documents.is_withdrawn
group by documents.venue, documents.year
having readable_count > 0
