-- fail: a document names a framework once
select document_id, framework, count(*) as row_count
from mentions
group by document_id, framework
having count(*) > 1
;

-- fail: every mention is of a framework of the lexicon
select document_id, framework
from mentions
where framework not in (select framework from frameworks)
;

-- fail: every mention stands somewhere and shows its sentence
select document_id, framework
from mentions
where
    evidence = ''
    or mention_count < 1
    or role not in ('used', 'named')
    or not (in_title or in_abstract or in_body or only_in_references)
