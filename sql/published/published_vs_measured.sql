-- One row per figure that somebody else published, with ours for the same venue, year, framework and rule
-- beside it.
--
-- Grain:  figure_id
-- Caveat: measured_value is NULL where we measure no such thing, or not yet; explanation says which, and what
-- coverage and rule do to a difference. difference is ours less theirs.
with
    -- What the same source says that it read of the venue's year.
    read_by_source as (
        select source, venue, year, max(value)::bigint as paper_count
        from published_figures
        where metric = 'papers_scraped'
        group by source, venue, year
    ),

    compared as (
        select
            figures.*,
            measures.measure,
            measures.rule,
            measures.caveat,
            measured.value as measured_value,
            measured.value - figures.value as difference,
            -- 'from' of a span such as 2018-2019
            try_cast(left(figures.year_printed, 4) as integer) as first_year,
            try_cast(right(figures.year_printed, 4) as integer) as last_year
        from published_figures as figures
        left join
            seeds.published_measures as measures
            on figures.source = measures.source
            and figures.metric = measures.metric
        left join
            staging.measured_figures as measured
            on measures.measure = measured.measure
            and measures.rule = measured.rule
            and figures.venue = measured.venue
            and figures.year_printed = measured.year_printed
            and figures.framework is not distinct from measured.framework
    ),

    explained as (
        select
            compared.figure_id,
            any_value(years.readable_count) as readable_count,
            any_value(read_by_source.paper_count) as paper_count,
            string_agg(
                shortcomings.year || ' ' || shortcomings.shortcoming, '; ' order by shortcomings.year
            ) as shortcoming
        from compared
        left join
            staging.shortcomings as shortcomings
            on compared.venue = shortcomings.venue
            and shortcomings.year in (compared.first_year, compared.last_year)
        left join staging.venue_years as years on compared.venue = years.venue and compared.year = years.year
        left join
            read_by_source
            on compared.source = read_by_source.source
            and compared.venue = read_by_source.venue
            and compared.year = read_by_source.year
        group by compared.figure_id
    )

select
    compared.figure_id,
    compared.source,
    compared.venue,
    compared.year,
    compared.year_printed,
    compared.framework,
    compared.metric,
    compared.value,
    compared.value_printed,
    compared.measure,
    compared.rule,
    compared.measured_value,
    compared.difference,
    case
        when compared.measure is null
        then 'not measured here'
        when compared.measured_value is null
        then coalesce(explained.shortcoming, 'not collected')
        when compared.difference = 0
        then 'agrees'
        else
            coalesce(
                nullif(
                    concat_ws(
                        '; ',
                        explained.shortcoming,
                        case
                            when
                                explained.paper_count <> explained.readable_count
                                and compared.measure <> 'readable_count'
                            then
                                'other papers: they read '
                                || explained.paper_count
                                || ', we '
                                || explained.readable_count
                        end,
                        'rule: ' || compared.caveat
                    ),
                    ''
                ),
                'papers and rule are the same as far as is known: texts were read differently, or papers changed'
            )
    end as explanation,
    compared.url,
    compared.note
from compared
left join explained on compared.figure_id = explained.figure_id
order by compared.figure_id
