-- One row per framework or library that is looked for.
--
-- Grain: framework
select * from seeds.frameworks order by framework
