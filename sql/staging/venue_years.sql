-- How many main-track papers of a venue's year are listed and how many of them could be read.
--
-- Grain:  venue, year
-- Caveat: a year of which no paper could be read has no row: nothing is known of it, which is not zero.
select venue, year, count(*) as listed_count, count(*) filter (where text_status = 'read') as readable_count
from documents
where kind = 'paper' and track = 'main' and not is_withdrawn
group by venue, year
having readable_count > 0
