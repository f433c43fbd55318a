-- One row per paper, preprint or job ad that a source lists.
--
-- Grain:  document_id
-- Caveat: text_status says whether its text could be read; only rows with 'read' can show mentions.
-- Built:  by edition
select
    listed.document_id,
    listed.kind,
    listed.source,
    listed.venue,
    cast(left(listed.period, 4) as integer) as year,
    cast(case when length(listed.period) = 7 then listed.period || '-01' end as date) as month,
    listed.published_on,
    case when listed.kind = 'job_ad' then without_contacts(listed.title) else listed.title end as title,
    listed.authors,
    case
        when listed.kind = 'job_ad' then without_contacts(listed.organization) else listed.organization
    end as organization,
    listed.track,
    listed.url,
    listed.pdf_url,
    listed.is_withdrawn,
    coalesce(texts.text_status, 'not_fetched') as text_status,
    case when texts.document_id is null then 'not asked for yet' else texts.text_problem end as text_problem,
    coalesce(scans.email_domains, []) as email_domains
from lake.documents as listed
left join
    (select document_id, text_status, text_problem from lake.texts) as texts
    on listed.document_id = texts.document_id
left join
    (select document_id, email_domains from lake.scans) as scans on listed.document_id = scans.document_id
order by kind, venue, year, document_id
