-- One row per edition that somebody tried to collect: what was expected, listed, fetched and read, and what
-- went wrong.
--
-- Grain:  source, venue, year (and month, where the source goes by month)
-- Caveat: listed_count and the counts after it are of all tracks; official_count is of the main track. An
-- edition that
-- could never be listed has NULL counts, not zeros.
with
    stored as (
        select
            source,
            venue,
            year,
            month,
            any_value(kind) as kind,
            count(*) as listed_count,
            count(*) filter (where track = 'main') as main_count,
            count(*) filter (where text_status in ('read', 'unreadable')) as fetched_count,
            count(*) filter (where text_status = 'read') as readable_count,
            count(*) filter (where text_status = 'missing') as missing_count,
            count(*) filter (where text_status = 'not_fetched') as waiting_count
        from documents
        group by all
    ),

    captured as (
        select source, date_trunc('month', visited_on)::date as month, sum(capture_count) as capture_count
        from lake.board_visits
        where capture_count is not null
        group by all
    ),

    attempted as (
        select
            *,
            cast(left(period, 4) as integer) as year,
            cast(case when length(period) = 7 then period || '-01' end as date) as month
        from staging.latest_runs
    )

select
    coalesce(attempted.source, stored.source) as source,
    coalesce(attempted.venue, stored.venue) as venue,
    coalesce(attempted.year, stored.year) as year,
    coalesce(attempted.month, stored.month) as month,
    attempted.official_count,
    stored.listed_count,
    stored.main_count,
    stored.fetched_count,
    stored.readable_count,
    stored.missing_count,
    captured.capture_count,
    coalesce(attempted.outcome = 'complete' and coalesce(stored.waiting_count, 0) = 0, false) as complete,
    coalesce(attempted.outcome, 'incomplete') as outcome,
    case
        when attempted.source is null and stored.kind = 'job_ad'
        then 'posted before the first snapshot: only what stayed open is known'
        else attempted.problem
    end as problem,
    attempted.finished_at as last_collected_at
from attempted
full join
    stored
    on attempted.source = stored.source
    and attempted.venue = stored.venue
    and attempted.year = stored.year
    and attempted.month is not distinct from stored.month
left join
    captured
    on captured.source = coalesce(attempted.source, stored.source)
    and captured.month = coalesce(attempted.month, stored.month)
order by source, venue, year, month
