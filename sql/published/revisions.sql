-- One row per figure of one release that the next release gives otherwise, or no longer.
--
-- Grain:  release, table_name, row_key, column_name
-- Caveat: figures of years or frameworks that are new in a release revise nothing and have no row; releases
-- counts
-- them. why is 'lexicon' where the lexicon changed between the two, else 'rule' where models or detector
-- did, else
-- 'documents' (added, withdrawn, or read at last): where several changed at once, the first of these is
-- named.
select release, previous_release, table_name, row_key, column_name, old, new, why
from seeds.revisions
order by release, table_name, row_key, column_name
