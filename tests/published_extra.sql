-- What other parts of the house bring to the published file, as invented rows, and a hostile paper ($title).
update documents set title = $title where document_id = 'pmlr:ICML2019/0';
update documents set url = 'javascript:document.title=1' where document_id = 'pmlr:ICML2019/1';
update mentions set evidence = 'We use ' || $title, evidence_url = 'https://example.org/a.pdf#page=1' where document_id = 'pmlr:ICML2019/0';

create or replace table sensitivity as
select venue, year, rule, framework_a, framework_b, 20::bigint as document_count, a_only_count + more as a_only_count,
    b_only_count + more as b_only_count, both_count, (a_only_count + more) / (a_only_count + b_only_count + 2 * more) as a_share,
    a_share_low, a_share_high, leader
from head_to_head cross join (values ('default', 0), ('survey_2019', 1)) as rules(rule, more)
where framework_a = 'pytorch' and framework_b = 'tensorflow';

create or replace table counting_rules as
from (values ('default', 'What head_to_head counts.'), ('survey_2019', 'Plain substrings.')) as rules(rule, meaning);

create or replace table published_figures as
select 'Horace He, The Gradient, Oct 2019' as source, 'https://example.org' as url, 'ICML' as venue, year, framework,
    metric, value::double as value, '' as note
from (values (2018, 'pytorch', 'unique_mention_papers', 3), (2018, 'tensorflow', 'unique_mention_papers', 9),
    (2019, 'pytorch', 'unique_mention_papers', 5), (2019, 'tensorflow', 'unique_mention_papers', 4),
    (2018, null, 'papers_scraped', 30), (2019, null, 'papers_scraped', 20)) as printed(year, framework, metric, value);

create or replace table releases as
from (values ('2026-10-31', timestamp '2026-10-31 03:00', 0), ('2026-11-01', timestamp '2026-11-01 03:00', 1))
    as made(release, created_at, changed_count);
create or replace table revisions as
select '2026-11-01' as release, 'framework_mentions_by_year' as table_name, 'ICML, 2019, pytorch' as row_key,
    'mentioning_count' as column_name, '3' as old, '4' as new, 'lexicon' as why;
