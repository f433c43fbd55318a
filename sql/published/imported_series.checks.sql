-- fail: counts lie within their denominators, shares in their intervals
select *
from imported_series
where
    not (
        0 < paper_count
        and paper_count <= linked_count
        and named_count <= paper_count
        and share_low <= share
        and share <= share_high
    )
