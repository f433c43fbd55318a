-- What is known of each job ad beside its listing: its posting, its board, since when and until when it was
-- seen.
--
-- Grain:  document_id
-- Caveat: is_technical is a rule over title and text (sql/macros.sql); NULL where no text was read and the
-- title says
-- nothing.
with
    sightings as (
        select
            document_id,
            arg_max(board, (seen_on, board)) as board,
            min(seen_on) as first_seen_on,
            max(seen_on) as last_seen_on
        from lake.sightings
        group by document_id
    ),

    board_reads as (
        select
            source,
            board,
            max(visited_on) as last_read_on,
            max(capture_count) is null as is_live,
            max(visited_on) >= (select max(visited_on) from staging.board_visits) - 30 as is_recent
        from staging.board_visits
        where outcome = 'read'
        group by source, board
    ),

    -- Of the papers, which are far more, no file needs to be opened further than its statistics.
    listed as (select document_id, attributes from lake.documents where kind = 'job_ad'),

    texts as (select document_id, text from lake.texts where text is not null)

select
    documents.document_id,
    coalesce(postings.posting_id, documents.document_id) as posting_id,
    documents.source,
    documents.venue,
    documents.month,
    documents.organization,
    documents.title,
    documents.text_status = 'read' as is_readable,
    documents.published_on,
    without_contacts(listed.attributes['location']) as location,
    cast(listed.attributes['is_remote'] as boolean) as is_remote,
    listed.attributes['attribution'] as attribution,
    coalesce(listed.attributes['republish'] <> 'no', true) as may_republish,
    coalesce(sightings.board, listed.attributes['board']) as board,
    is_technical_title(documents.title) or coalesce(is_technical_text(texts.text), false) as is_technical,
    coalesce(sightings.first_seen_on, documents.published_on, documents.month) as first_seen_on,
    greatest(
        coalesce(sightings.last_seen_on, documents.published_on, documents.month),
        coalesce(documents.published_on, documents.month)
    ) as last_seen_on,
    case
        when board_reads.is_live
        then sightings.last_seen_on = board_reads.last_read_on and board_reads.is_recent
    end as is_open
from documents
inner join listed on documents.document_id = listed.document_id
left join texts on documents.document_id = texts.document_id
left join lake.postings as postings on documents.document_id = postings.document_id
left join sightings on documents.document_id = sightings.document_id
left join board_reads on documents.source = board_reads.source and sightings.board = board_reads.board
where documents.kind = 'job_ad'
