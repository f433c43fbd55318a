-- One row per conference, arXiv category or job source of which documents are stored.
--
-- Grain: venue
select
    documents.venue,
    coalesce(any_value(names.name), documents.venue) as name,
    min(documents.kind) as kind,
    string_agg(distinct documents.source, ', ' order by documents.source) as sources,
    min(documents.year) as first_year,
    max(documents.year) as last_year,
    count(*) as document_count
from documents
left join seeds.venues as names on names.venue = documents.venue
group by documents.venue
order by documents.venue
