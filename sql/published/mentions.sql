-- One row per document and framework that it names, with the telling sentence.
--
-- Grain:  document_id, framework
-- Caveat: names that stand only in the references and those implied by a library are kept and flagged;
-- filter on
-- only_in_references and is_implied to count as you see fit.
select
    found.document_id,
    found.framework,
    found.role,
    found.is_implied,
    found.mention_count,
    found.in_title,
    found.in_abstract,
    found.in_body,
    found.only_in_references,
    case
        when documents.kind <> 'job_ad'
        then found.evidence
        when coalesce(listed.attributes['republish'] <> 'no', true)
        then without_contacts(found.evidence)
    end as evidence,
    found.evidence_section,
    found.evidence_page
from lake.mentions as found
inner join documents on found.document_id = documents.document_id
inner join lake.documents as listed on found.document_id = listed.document_id
order by found.document_id, found.framework
