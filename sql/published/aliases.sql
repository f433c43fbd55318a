-- One row per spelling that is looked for and the framework that it counts for.
--
-- Grain:  alias, framework
-- Caveat: an alias with a context rule counts only where the words around it allow.
select * from seeds.aliases order by framework, alias
