-- Preprints by category, month of version 1 and framework: of abstracts and of full texts, never mixed.
--
-- Grain:  text_scope, venue, month, framework
-- Caveat: 'abstract' is of title and abstract of every listed paper; 'full_text' of those whose text was
-- read. What title and abstract say is taken from the listing, whether the text was read or not. Cross-lists
-- count where they are at home, withdrawn papers nowhere.
with
    listed as (
        select document_id, venue, month, text_status = 'read' as is_read
        from documents
        where kind = 'preprint' and track = 'main' and not is_withdrawn and month is not null
    ),

    months as (
        select 'abstract' as text_scope, venue, month, count(*) as listed_count, count(*) as readable_count
        from listed
        group by venue, month
        union all
        select
            'full_text' as text_scope, venue, month, count(*) as listed_count, count(*) filter (where is_read)
        from listed
        group by venue, month
        having count(*) filter (where is_read) > 0
    ),

    found as (
        select
            'abstract' as text_scope,
            listed.venue,
            listed.month,
            mentions.framework,
            mentions.document_id,
            mentions.listed_role = 'used' as is_used
        from lake.mentions as mentions
        inner join listed on mentions.document_id = listed.document_id
        where mentions.listed_role is not null
        union all
        select
            'full_text' as text_scope,
            listed.venue,
            listed.month,
            mentions.framework,
            mentions.document_id,
            mentions.role = 'used' as is_used
        from lake.mentions as mentions
        inner join listed on mentions.document_id = listed.document_id
        where listed.is_read and not mentions.only_in_references
    ),

    named as (select distinct text_scope, framework from found),

    counted as (
        select
            months.text_scope,
            months.venue,
            months.month,
            named.framework,
            months.listed_count,
            months.readable_count,
            count(found.document_id) as mentioning_count,
            count(found.document_id) filter (where found.is_used) as used_count
        from months
        inner join named on months.text_scope = named.text_scope
        left join
            found
            on months.text_scope = found.text_scope
            and months.venue = found.venue
            and months.month = found.month
            and named.framework = found.framework
        group by all
    )

select
    'preprint' as kind,
    text_scope,
    venue,
    month,
    framework,
    listed_count,
    readable_count,
    cast(null as bigint) as technical_count,
    mentioning_count,
    used_count,
    mentioning_count / readable_count as share,
    wilson_low(mentioning_count, readable_count) as share_low,
    wilson_high(mentioning_count, readable_count) as share_high,
    cast(null as double) as technical_share
from counted
