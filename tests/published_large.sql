-- A published file of 100,000 invented papers of 40 venues and 16 years, and of 14 years of months.
create table frameworks as
select 'f' || range as framework, 'Framework ' || range as name from range(2, 45)
union all from (values ('pytorch', 'PyTorch'), ('tensorflow', 'TensorFlow')) as known(framework, name);

create table documents as
select 'pmlr:' || range as document_id, 'paper' as kind, 'pmlr' as source, 'VENUE' || range % 40 as venue,
    (2010 + range // 40 % 16)::integer as year, null::date as month, 'On the use of invented papers, number ' || range as title,
    null::varchar as organization, 'main' as track, 'https://example.org/' || range as url, false as is_withdrawn,
    'read' as text_status
from range(100_000);

create table mentions as
select document_id, framework, 'used' as role, false as is_implied, false as in_title, false as in_abstract,
    false as only_in_references, repeat('We use ' || framework || ' for everything that we do. ', 4) as evidence,
    'body' as evidence_section, 3 as evidence_page, 'https://example.org/' || document_id || '.pdf#page=3' as evidence_url,
    true as is_counted, false as in_listing
from documents
inner join (select framework, row_number() over () as number from frameworks) as names
    on hash(document_id, framework) % (4 * number * number) = 0;

create table venues as select distinct venue, 'Conference on ' || venue as name from documents;

create table framework_mentions_by_year as
select venue, year, framework, 156 as listed_count, 156 as readable_count, count(mentions.document_id) as mentioning_count,
    count(mentions.document_id) as used_count, mentioning_count / 156 as share, share * 0.9123 as share_low, share * 1.0789 as share_high
from documents cross join frameworks left join mentions using (document_id, framework)
group by venue, year, framework;

create table framework_mentions_by_month as
select kind, scope as text_scope, venue, month::date as month, framework, 3000 as listed_count, 2990 as readable_count,
    (hash(month, framework) % 1000)::bigint as mentioning_count, 12 as used_count, mentioning_count / 2990 as share,
    share * 0.9123 as share_low, share * 1.0789 as share_high, 2000 as technical_count, 0.5123 as technical_share
from frameworks cross join range(date '2012-01-01', date '2026-01-01', interval 1 month) as months(month)
cross join (values ('preprint', 'abstract', 'cs.LG'), ('preprint', 'full_text', 'cs.LG'), ('preprint', 'abstract', 'cs.CV'),
    ('preprint', 'abstract', 'cs.CL'), ('job_ad', 'full_text', 'all'), ('job_ad', 'full_text', 'hacker_news')) as series(kind, scope, venue);

create table sensitivity as
select distinct venue, year, rule, 'pytorch' as framework_a, 'tensorflow' as framework_b, 156 as document_count, 50 as a_only_count,
    40 as b_only_count, 12 as both_count, 0.5556 as a_share, 0.4512 as a_share_low, 0.6521 as a_share_high, 'tie' as leader
from documents cross join (select unnest(['default', 'survey_2019', 'body_only', 'used_only', 'all_tracks']) as rule);

create table crossovers as
select venue, a.framework as framework_a, b.framework as framework_b, '2019' as since, true as certain, false as is_from_start
from venues cross join frameworks as a inner join frameworks as b on a.framework < b.framework
where a.framework in ('pytorch', 'tensorflow', 'f2', 'f3', 'f4', 'f5') and b.framework in ('pytorch', 'tensorflow', 'f6', 'f7', 'f8');

create table coverage as
select source, venue, year, null::date as month, 160 as official_count, 156 as listed_count, 156 as readable_count,
    true as complete, 'complete' as outcome, null::varchar as problem, timestamp '2026-11-01 03:00' as last_collected_at
from documents group by source, venue, year;
