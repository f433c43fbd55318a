-- One row per stored edition: which files its rows were made from, so that the next publication makes only
-- those of
-- the editions that changed.
--
-- Grain: source, venue, period
select source, venue, period, built_from from seeds.editions order by source, venue, period
