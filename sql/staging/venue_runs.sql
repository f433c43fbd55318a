-- The newest run of each venue and period. A run of all venues of a source at once, as arXiv's months are
-- collected, is one of every venue that is stored for that period.
--
-- Grain: source, venue, period
with
    -- The published rows: to read the lake's would open the files of every edition.
    stored as (select distinct source, venue, period_of(year, month) as period from documents),

    spread as (
        select
            runs.source,
            coalesce(stored.venue, runs.venue) as venue,
            runs.period,
            runs.finished_at,
            runs.outcome,
            runs.problem,
            case when runs.venue <> 'all' then runs.official_count end as official_count
        from staging.latest_runs as runs
        left join stored on runs.venue = 'all' and runs.source = stored.source and runs.period = stored.period
    )

select source, venue, period, finished_at, outcome, problem, official_count
from spread
qualify
    row_number() over (
        partition by source, venue, period
        order by finished_at desc, outcome = 'complete', outcome, problem, official_count
    )
    = 1
