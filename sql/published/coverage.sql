-- One row per edition that somebody tried to collect: what was expected, listed, fetched and read, and what
-- went wrong.
--
-- Grain:  source, venue, year (and month, where the source goes by month)
-- Caveat: listed_count and the counts after it are of all tracks; official_count is of the main track. An
-- edition that could never be listed has NULL counts, not zeros. Where two sources list the same proceedings,
-- is_preferred marks the one that is counted.
with
    stored as (
        select
            source,
            venue,
            year,
            month,
            min(kind) as kind,
            count(*) as listed_count,
            count(*) filter (where track = 'main') as main_count,
            count(*) filter (where text_status in ('read', 'unreadable')) as fetched_count,
            count(*) filter (where text_status = 'read') as readable_count,
            count(*) filter (where text_status = 'missing') as missing_count,
            -- a preprint's abstract is read without its text: it waits only where the text was asked for
            count(*) filter (
                where
                    text_status = 'not_fetched'
                    and (kind <> 'preprint' or text_problem <> 'not asked for yet')
            ) as waiting_count
        from documents
        group by all
    ),

    captured as (
        select source, date_trunc('month', visited_on)::date as month, sum(capture_count) as capture_count
        from staging.board_visits
        where capture_count is not null
        group by all
    ),

    attempted as (
        select
            *,
            cast(left(period, 4) as integer) as year,
            cast(case when length(period) = 7 then period || '-01' end as date) as month
        from staging.venue_runs
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
    preferred.source is not null as is_preferred,
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
left join
    staging.preferred_sources as preferred
    on stored.source = preferred.source
    and stored.venue = preferred.venue
    and stored.year = preferred.year
order by all
