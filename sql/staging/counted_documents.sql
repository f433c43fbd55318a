-- The documents that the default rule counts: main track, not withdrawn, text read, of the year's preferred
-- source.
--
-- Grain: document
select documents.document_id, documents.venue, documents.year
from documents
inner join
    staging.preferred_sources as preferred
    on documents.venue = preferred.venue
    and documents.year = preferred.year
    and documents.source = preferred.source
where
    documents.kind = 'paper'
    and documents.track = 'main'
    and not documents.is_withdrawn
    and documents.text_status = 'read'
