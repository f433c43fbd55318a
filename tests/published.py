"""A published file with every table that the report draws, made of small invented rows."""

from pathlib import Path

import duckdb

from tasks import warehouse
from tests.lakes import SEEDS, add_edition, lake_in

HOSTILE = "<img src=x onerror=\"document.title='taken over'\"></script><script>document.title='taken over'</script>"

EXTRA = """
update documents set title = $title where document_id = 'pmlr:ICML2019/0';
update documents set url = 'javascript:document.title=1' where document_id = 'pmlr:ICML2019/1';
update mentions set evidence = 'We use ' || $title where document_id = 'pmlr:ICML2019/0';

create or replace table framework_mentions_by_month as
select kind, text_scope, venue, month::date as month, framework, 200 as listed_count, 200 as readable_count,
    (20 + 3 * row_number() over (partition by kind, text_scope, venue, framework order by month))::bigint as mentioning_count,
    3 as used_count, mentioning_count / 200 as share, share - 0.05 as share_low, share + 0.05 as share_high,
    150 as technical_count, mentioning_count / 150 as technical_share
from range(date '2018-01-01', date '2020-01-01', interval 1 month) as months(month)
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
"""

EXTRA_TABLES = ("framework_mentions_by_month", "sensitivity", "counting_rules", "published_figures", "releases", "revisions")


def small(folder: Path) -> Path:
    """Publish four venue-years of invented papers, one of them hostile, and a year that failed."""
    lake = lake_in(folder)
    add_edition(lake, "ICML", 2018, ["tensorflow", "tensorflow", "pytorch", "keras tensorflow", ""])
    add_edition(lake, "ICML", 2019, ["pytorch", "pytorch", "pytorch tensorflow", "tensorflow", "-jax", "jax"])
    add_edition(lake, "AISTATS", 2018, ["tensorflow", "caffe", ""])
    add_edition(lake, "AISTATS", 2020, ["pytorch", "jax", ""])
    add_edition(lake, "AISTATS", 2019, [], outcome="failed")
    return warehouse.publish(lake, SEEDS, folder / "mentions.duckdb").path


def without_extras(file: Path) -> Path:
    """Take the tables away that other parts of the house bring."""
    with duckdb.connect(str(file)) as connection:
        for table in EXTRA_TABLES:
            connection.execute(f"drop table if exists {table}")
    return file


def whole(folder: Path) -> Path:
    """Publish the same with every table that the report draws."""
    file = without_extras(small(folder))
    with duckdb.connect(str(file)) as connection:
        for statement in EXTRA.split(";\n"):
            if statement.strip():
                connection.execute(statement, {"title": HOSTILE} if "$title" in statement else None)
    return file


LARGE = """
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
    'body' as evidence_section, 3 as evidence_page
from documents
inner join (select framework, row_number() over () as number from frameworks) as names
    on hash(document_id, framework) % (number * number) = 0;

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
"""


def large(folder: Path) -> Path:
    """Make a published file of 100,000 invented papers of 40 venues and 16 years, and 14 years of months."""
    file = folder / "mentions.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(LARGE)
    return file
