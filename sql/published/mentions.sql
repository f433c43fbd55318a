-- One row per document and framework that it names, with the telling sentence.
--
-- Grain:  document_id, framework
-- Caveat: names that stand only in the references and those implied by a library are kept and flagged.
-- is_counted says
-- which rows framework_mentions_by_year and head_to_head count; filter on the other flags to count as you
-- see fit.
-- Built:  by edition
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
    found.listed_role is not null as in_listing,
    case
        when documents.kind <> 'job_ad'
        then found.evidence
        when coalesce(listed.attributes['republish'] <> 'no', true)
        then without_contacts(found.evidence)
    end as evidence,
    found.evidence_section,
    found.evidence_page,
    case
        when found.evidence_page is not null and documents.pdf_url is not null
        then documents.pdf_url || '#page=' || found.evidence_page
        else coalesce(documents.url, documents.pdf_url)
    end as evidence_url,
    counted.document_id is not null and not found.only_in_references as is_counted
from lake.mentions as found
inner join documents on found.document_id = documents.document_id
inner join lake.documents as listed on found.document_id = listed.document_id
left join staging.counted_documents as counted on found.document_id = counted.document_id
order by found.document_id, found.framework
