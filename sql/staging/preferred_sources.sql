-- The source whose papers are counted for a venue's year, where two list the same proceedings (ECCV 2018 at
-- CVF
-- and ECVA, ICLR 2024 at its proceedings and OpenReview): the one with the most readable main papers, then
-- the
-- one whose last visit ended complete, then the first by name.
--
-- Grain: venue, year
select profiles.venue, profiles.year, profiles.source
from kept.profiles as profiles
left join
    staging.latest_runs as runs
    on profiles.source = runs.source
    and profiles.venue = runs.venue
    and profiles.period = runs.period
where not profiles.is_withdrawn
group by profiles.venue, profiles.year, profiles.source
qualify
    row_number() over (
        partition by profiles.venue, profiles.year
        order by
            coalesce(
                sum(profiles.document_count) filter (
                    where profiles.track = 'main' and profiles.text_status = 'read'
                ),
                0
            ) desc,
            coalesce(bool_and(runs.outcome = 'complete'), false) desc,
            profiles.source
    )
    = 1
