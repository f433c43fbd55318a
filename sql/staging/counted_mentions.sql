-- The mentions that the default rule counts: of counted documents, not from the references alone.
--
-- Grain: document, framework
select counted.venue, counted.year, mentions.document_id, mentions.framework, mentions.role
from mentions
inner join staging.counted_documents as counted on mentions.document_id = counted.document_id
where mentions.is_counted
