-- One row per series of somebody else's, venue, year and framework: how many of our papers have code in it,
-- said by
-- links between papers and code, not by their text.
--
-- Grain:  series, venue, year, framework
-- Caveat: NOT our own figures, and under a licence of their own. Read from the dump that the user
-- downloaded; empty
-- without it. 'papers_with_code' counts any repository linked to a paper, 'papers_with_code_official' the
-- authors'
-- own. Compare share with framework_mentions_by_year with care: papers without code are in neither count
-- here.
with
    series as (
        select 'papers_with_code' as series, document_id, framework
        from staging.code_links
        union
        select 'papers_with_code_official', document_id, framework
        from staging.code_links
        where is_official
    ),

    denominators as (
        select series.series, counted.venue, counted.year, count(distinct series.document_id) as linked_count
        from series
        inner join staging.counted_documents as counted on series.document_id = counted.document_id
        group by all
    )

select
    series.series,
    counted.venue,
    counted.year,
    series.framework,
    count(*) as paper_count,
    any_value(denominators.linked_count) as linked_count,
    count(*) / any_value(denominators.linked_count) as share,
    wilson_low(count(*), any_value(denominators.linked_count)) as share_low,
    wilson_high(count(*), any_value(denominators.linked_count)) as share_high,
    count(mentions.document_id) as named_count,
    'CC-BY-SA-4.0' as licence,
    'Papers with Code, links-between-papers-and-code.json, July 2025' as source
from series
inner join staging.counted_documents as counted on series.document_id = counted.document_id
inner join
    denominators
    on series.series = denominators.series
    and counted.venue = denominators.venue
    and counted.year = denominators.year
left join
    mentions
    on series.document_id = mentions.document_id
    and series.framework = mentions.framework
    and mentions.is_counted
where series.framework is not null
group by series.series, counted.venue, counted.year, series.framework
order by series.series, counted.venue, counted.year, series.framework
