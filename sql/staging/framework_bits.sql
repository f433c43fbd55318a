-- One bit for each framework of the lexicon, so that a set of frameworks is one number.
--
-- Grain: framework
select framework, 1::hugeint << (row_number() over (order by framework))::integer as bit from frameworks
