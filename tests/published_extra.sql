-- What other parts of the house bring to the published file, as invented rows, and a hostile paper ($title).
update documents set title = $title where document_id = 'pmlr:ICML2019/0';
update documents set url = 'javascript:document.title=1' where document_id = 'pmlr:ICML2019/1';
update mentions set evidence = 'We use ' || $title where document_id = 'pmlr:ICML2019/0';

alter table coverage add column if not exists is_preferred boolean default true;
alter table mentions add column if not exists is_counted boolean;
update mentions set is_counted = not only_in_references;

create or replace table framework_mentions_by_month as
select kind, text_scope, venue, month::date as month, framework, 200 as listed_count, 200 as readable_count,
    (20 + 3 * row_number() over (partition by kind, text_scope, venue, framework order by month))::bigint as mentioning_count,
    3 as used_count, mentioning_count / 200 as share, share - 0.05 as share_low, share + 0.05 as share_high,
    150 as technical_count, mentioning_count / 150 as technical_share
from range(date '2018-01-01', date '2018-07-01', interval 1 month) as months(month)
cross join (values ('preprint', 'abstract', 'cs.LG'), ('preprint', 'full_text', 'cs.LG'), ('job_ad', 'full_text', 'all'),
    ('job_ad', 'full_text', 'hacker_news')) as series(kind, text_scope, venue)
cross join (values ('pytorch'), ('tensorflow')) as frameworks(framework);

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

insert into documents by name
select * replace ('arxiv:1801.00001' as document_id, 'preprint' as kind, 'arxiv' as source, 'cs.LG' as venue,
    date '2018-01-01' as month, 'On an invented preprint' as title)
from documents where document_id = 'pmlr:ICML2018/2';
insert into mentions by name
select * replace ('arxiv:1801.00001' as document_id, true as in_abstract) from mentions where document_id = 'pmlr:ICML2018/2';
