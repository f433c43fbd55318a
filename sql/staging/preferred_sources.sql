-- The source whose papers are counted for a venue's year, where two list the same proceedings (ECCV 2018 at
-- CVF
-- and ECVA, ICLR 2024 at its proceedings and OpenReview): the one with the most readable main papers, then
-- the
-- one whose last visit ended complete, then the first by name.
--
-- Grain: venue, year
select documents.venue, documents.year, documents.source
from documents
left join
    staging.latest_runs as runs
    on documents.source = runs.source
    and documents.venue = runs.venue
    and cast(documents.year as varchar) = runs.period
where documents.kind = 'paper' and not documents.is_withdrawn
group by documents.venue, documents.year, documents.source
qualify
    row_number() over (
        partition by documents.venue, documents.year
        order by
            count(*) filter (where documents.track = 'main' and documents.text_status = 'read') desc,
            coalesce(bool_and(runs.outcome = 'complete'), false) desc,
            documents.source
    )
    = 1
