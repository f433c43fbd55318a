-- fail: document_id is unique
select document_id, count(*) as row_count
from documents
group by document_id
having count(*) > 1
;

-- fail: every document has a title, a venue and a known status
select document_id, title, venue, text_status
from documents
where trim(title) = '' or venue = '' or text_status not in ('read', 'missing', 'unreadable', 'not_fetched')
;

-- warn: nearly every listed paper of a venue's year can be read
select venue, year, count(*) filter (where text_status <> 'read') as unread_count, count(*) as listed_count
from documents
where kind = 'paper'
group by venue, year
having unread_count > greatest(3, 0.05 * listed_count)
order by venue, year
