-- One row per venue, year and ordered pair of frameworks: how many readable main-track papers name only one
-- of them.
--
-- Grain:  venue, year, framework_a, framework_b
-- Caveat: leader is 'tie' where the 95% interval of a_share holds 0.5, as it does for few papers; a_share
-- is NULL
-- where no paper names only one of the two. sensitivity has the same under other rules.
select
    venue,
    year,
    framework_a,
    framework_b,
    a_only_count,
    b_only_count,
    both_count,
    document_count - a_only_count - b_only_count - both_count as neither_count,
    a_share,
    a_share_low,
    a_share_high,
    leader
from sensitivity
where rule = 'default'
order by venue, year, framework_a, framework_b
