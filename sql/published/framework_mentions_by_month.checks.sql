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
