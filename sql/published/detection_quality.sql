-- One row per gold corpus, framework and measure: how often the detector was right on places labelled by
-- hand.
--
-- Grain:  corpus, framework, measure, is_tuning
-- Caveat: figures on samples that the rules were tuned on flatter; those with is_tuning = false do not. A
-- framework that
-- a corpus does not name has no row. framework = 'all' takes all frameworks of a corpus together.
select
    corpus,
    framework,
    measure,
    right_count / place_count as value,
    wilson_low(right_count, place_count) as value_low,
    wilson_high(right_count, place_count) as value_high,
    place_count,
    is_tuning,
    lexicon_version
from seeds.detection_scores
order by corpus, is_tuning, framework, measure
