-- One row per edition and way of naming frameworks, with its papers counted: all that the rules of counting
-- look at,
-- in a hundredth of the rows.
--
-- Grain:  source, venue, period, track, is_withdrawn, text_status, has_vendor_string and the sets of
-- frameworks
-- Caveat: a set of frameworks is a number with one bit for each, as staging.framework_bits deals them out.
-- Built:  by edition
with
    by_lexicon as (
        select
            mentions.document_id,
            bit_or(bits.bit) as anywhere,
            bit_or(bits.bit) filter (where not mentions.only_in_references) as named,
            bit_or(bits.bit) filter (where mentions.in_body) as in_body,
            bit_or(bits.bit) filter (
                where mentions.role = 'used' and not mentions.only_in_references
            ) as used,
            bit_or(bits.bit) filter (
                where not mentions.is_implied and not mentions.only_in_references
            ) as not_implied
        from lake.mentions as mentions
        inner join staging.framework_bits as bits on mentions.framework = bits.framework
        group by mentions.document_id
    ),

    -- The survey's words that are a framework's own name; 'torch' stands in every 'pytorch'.
    by_substring as (
        select words.document_id, bit_or(bits.bit) as substrings
        from (select document_id, unnest(survey_words) as framework from lake.scans) as words
        inner join staging.framework_bits as bits on words.framework = bits.framework
        group by words.document_id
    )

select
    documents.source,
    documents.venue,
    documents.period,
    cast(left(documents.period, 4) as integer) as year,
    documents.track,
    documents.is_withdrawn,
    coalesce(texts.text_status, 'not_fetched') as text_status,
    coalesce(len(scans.vendor_strings) > 0, false) as has_vendor_string,
    coalesce(by_lexicon.anywhere, 0) as anywhere,
    coalesce(by_lexicon.named, 0) as named,
    coalesce(by_lexicon.in_body, 0) as in_body,
    coalesce(by_lexicon.used, 0) as used,
    coalesce(by_lexicon.not_implied, 0) as not_implied,
    coalesce(by_substring.substrings, 0) as substrings,
    count(*) as document_count
from lake.documents as documents
left join
    (select document_id, text_status from lake.texts) as texts on documents.document_id = texts.document_id
left join lake.scans as scans on documents.document_id = scans.document_id
left join by_lexicon on documents.document_id = by_lexicon.document_id
left join by_substring on documents.document_id = by_substring.document_id
where documents.kind = 'paper'
group by all
