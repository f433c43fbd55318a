-- Why our figures of a venue's year may fall short: what coverage says of it, in words. No row where
-- nothing is amiss.
--
-- Grain: venue, year
with
    editions as (
        -- What the source that is counted came to; where none is, the first that was tried.
        select venue, year, is_preferred as is_stored, outcome, problem
        from coverage
        where month is null
        qualify row_number() over (partition by venue, year order by is_preferred desc, source) = 1
    )

select
    editions.venue,
    editions.year,
    editions.is_stored,
    case
        when not editions.is_stored
        then 'not collected: ' || coalesce(editions.problem, 'no paper of it is stored')
        else
            nullif(
                concat_ws(
                    '; ',
                    case
                        when editions.outcome <> 'complete'
                        then
                            editions.outcome
                            || ': '
                            || coalesce(editions.problem, 'the last visit was cut short')
                    end,
                    case
                        when years.readable_count is null
                        then 'papers missing: none could be read'
                        when years.readable_count < years.listed_count
                        then
                            'papers missing: '
                            || (years.listed_count - years.readable_count)
                            || ' of '
                            || years.listed_count
                            || ' could not be read'
                    end
                ),
                ''
            )
    end as shortcoming
from editions
left join staging.venue_years as years on editions.venue = years.venue and editions.year = years.year
where shortcoming is not null
