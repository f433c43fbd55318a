-- fail: every published figure is there once, with an explanation
select figures.figure_id, count(compared.figure_id) as row_count
from published_figures as figures
left join
    published_vs_measured as compared on figures.figure_id = compared.figure_id and compared.explanation <> ''
group by figures.figure_id
having row_count <> 1
