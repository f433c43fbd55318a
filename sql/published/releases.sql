-- One row per release: the figures as they were published once, frozen under releases/ beside this file.
--
-- Grain:  release
-- Caveat: a publication that changes no figure makes no release; the oldest may have been deleted by the
-- setting
-- MENTIONS_RELEASES_KEPT.
select
    release,
    previous_release,
    created_at,
    lexicon_version,
    detector_version,
    models_version,
    code_version,
    changed_count,
    added_count,
    removed_count
from seeds.releases
order by created_at, release
