-- fail: kind, text_scope, venue, month and framework tell a row
select kind, text_scope, venue, month, framework, count(*) as row_count
from framework_mentions_by_month
group by kind, text_scope, venue, month, framework
having count(*) > 1
;

-- fail: scopes are known and months begin on their first day
select *
from framework_mentions_by_month
where text_scope not in ('abstract', 'full_text') or day(month) <> 1
;

-- fail: shares lie in their intervals, intervals in 0..1, counts within their denominators
select *
from framework_mentions_by_month
where
    not (
        0 <= share_low
        and share_low <= share
        and share <= share_high
        and share_high <= 1
        and used_count <= mentioning_count
        and mentioning_count <= readable_count
        and readable_count <= listed_count
        and coalesce(technical_count <= readable_count, true)
        and coalesce(technical_share between 0 and 1, true)
    )
