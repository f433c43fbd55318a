-- Readable papers of a venue's year that name the same frameworks in the same ways, counted: all that the
-- rules
-- of counting look at, in a hundredth of the rows.
--
-- Grain:  profile_id (venue, year, is_main, has_vendor_string, survey_words, namings)
-- Caveat: all tracks, of the year's preferred source.
with
    named as (
        select
            document_id,
            list(
                {
                    'framework':framework,
                    'is_used':role = 'used',
                    'is_implied':is_implied,
                    'in_body':in_body,
                    'only_in_references':only_in_references
                }
                order by framework
            ) as namings
        from mentions
        group by document_id
    ),

    profiles as (
        select
            documents.venue,
            documents.year,
            documents.track = 'main' as is_main,
            coalesce(len(scans.vendor_strings) > 0, false) as has_vendor_string,
            coalesce(list_sort(scans.survey_words), []) as survey_words,
            coalesce(named.namings, []) as namings,
            count(*) as document_count
        from documents
        inner join
            staging.preferred_sources as preferred
            on documents.venue = preferred.venue
            and documents.year = preferred.year
            and documents.source = preferred.source
        left join lake.scans as scans on documents.document_id = scans.document_id
        left join named on documents.document_id = named.document_id
        where documents.kind = 'paper' and not documents.is_withdrawn and documents.text_status = 'read'
        group by all
    )

select row_number() over (order by venue, year) as profile_id, *
from profiles
