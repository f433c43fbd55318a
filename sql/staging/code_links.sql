-- Counted papers whose code Papers with Code knew in July 2025, and the frameworks of that code.
--
-- Grain:  document_id, framework, is_official
-- Caveat: found by arXiv id, by address, or by title without case and punctuation; framework is NULL where
-- the dump
-- names none.
with
    links as (
        select
            paper_url,
            nullif(regexp_replace(lower(paper_title), '[^a-z0-9]', '', 'g'), '') as title_key,
            nullif(regexp_replace(paper_arxiv_id, 'v[0-9]+$', ''), '') as arxiv_id,
            regexp_replace(lower(paper_url_abs), '^https?://(www\.)?', '') as url_key,
            regexp_replace(lower(paper_url_pdf), '^https?://(www\.)?', '') as pdf_key,
            case
                framework
                when 'tf'
                then 'tensorflow'
                when 'torch'
                then 'torch7'
                when 'paddle'
                then 'paddlepaddle'
                when 'none'
                then null
                else framework
            end as framework,
            coalesce(is_official, false) as is_official
        from seeds.papers_with_code
    ),

    papers as (
        select
            counted.document_id,
            regexp_replace(lower(listed.title), '[^a-z0-9]', '', 'g') as title_key,
            nullif(
                regexp_extract(
                    concat_ws(' ', listed.attributes['arxiv'], listed.url, listed.pdf_url),
                    'arxiv\.org/(?:abs|pdf)/([0-9]{4}\.[0-9]{4,5})',
                    1
                ),
                ''
            ) as arxiv_id,
            regexp_replace(lower(listed.url), '^https?://(www\.)?', '') as url_key,
            regexp_replace(lower(listed.pdf_url), '^https?://(www\.)?', '') as pdf_key
        from staging.counted_documents as counted
        inner join lake.documents as listed on counted.document_id = listed.document_id
        -- Nothing to look for without a dump.
        where exists (select 1 from seeds.papers_with_code)
    ),

    matched as (
        select papers.document_id, links.framework, links.is_official
        from papers
        inner join links on papers.title_key = links.title_key
        union
        select papers.document_id, links.framework, links.is_official
        from papers
        inner join links on papers.arxiv_id = links.arxiv_id
        union
        select papers.document_id, links.framework, links.is_official
        from papers
        inner join links on papers.url_key = links.url_key
        union
        select papers.document_id, links.framework, links.is_official
        from papers
        inner join links on papers.pdf_key = links.pdf_key
    )

select document_id, framework, is_official
from matched
