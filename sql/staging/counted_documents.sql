-- The documents that the default rule counts: main track, not withdrawn, text read.
--
-- Grain: document
select document_id, venue, year
from documents
where kind = 'paper' and track = 'main' and not is_withdrawn and text_status = 'read'
