"""The practice pages of proceedings.mlr.press: a front page, volumes, paper pages, PDFs, as the real site has them.

Their markup follows the real site's through its years: addresses by http until 2019 and https after it, PDFs beside the
volume until 2022 and on raw.githubusercontent.com since, where newer volumes link OpenReview.
"""

import html
from collections.abc import Iterator

from tasks.practice.papers import Volume, Work, volumes, works
from tasks.practice.pdf import paper_pdf

HOST = "proceedings.mlr.press"
FRAME = """<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
<title>Proceedings of Machine Learning Research | {about}</title>
<meta name="description" content="{about}" />
</head>
<body>
<header class="site-header">Proceedings of Machine Learning Research (an invented copy for practice)</header>
<main class="page-content" aria-label="Content"><div class="wrapper">
{content}
</div></main>
</body>
</html>
"""
PAPER = """<div class="paper">
  <p class="title">{title}</p>
  <p class="details">
    <span class="authors">{authors}</span>;
    <span class="info"><i>{name}</i>, PMLR {number}:{pages}</span>
  </p>
  <p class="links">
    [<a href="{url}">abs</a>][<a href="{pdf}" target="_blank">Download PDF</a>]{more}</p>
</div>"""
NO_PDF = (
    "<!DOCTYPE html><html><head><title>Moved</title></head><body>This paper has moved to another shelf.</body></html>"
)


def pages() -> Iterator[tuple[str, bytes]]:
    """Yield HOST/PATH and body of every page and PDF of the site."""
    yield f"{HOST}/index.html", _frame("A series of invented volumes.", _front_page())
    for volume in volumes():
        papers = works(volume)
        yield f"{HOST}/v{volume.number}/index.html", _frame(_about(volume), _volume_page(volume, papers))
        for work in papers:
            yield f"{HOST}/v{volume.number}/{work.key}.html", _frame(work.title, _paper_page(work))
            if work.fault != "missing":
                path = pdf_url(work).partition("://")[2]
                yield path, NO_PDF.encode() if work.fault == "html" else paper_pdf(work)


def pdf_url(work: Work) -> str:
    """Give the address of a paper's PDF, as its volume links it."""
    volume, key = work.volume, work.key
    if volume.year > 2022:
        return f"https://raw.githubusercontent.com/mlresearch/v{volume.number}/main/assets/{key}/{key}.pdf"
    return f"{_site(volume)}/v{volume.number}/{key}/{key}.pdf"


def _site(volume: Volume) -> str:
    return f"{'https' if volume.year > 2019 else 'http'}://{HOST}"


def _frame(about: str, content: str) -> bytes:
    return FRAME.format(about=html.escape(about), content=content).encode()


def _about(volume: Volume) -> str:
    return (
        f"Proceedings of the {volume.name} Held in Nowhere on 01-03 {volume.when} {volume.year} Published as Volume "
        f"{volume.number} by the Proceedings of Machine Learning Research on 15 {volume.when} {volume.year}."
    )


def _front_page() -> str:
    """List the volumes, among them a workshop's, which is none of its host's."""
    lines = [
        f'  <li><a href="v{volume.number}"><b>Volume {volume.number}</b></a> '
        + (
            f"{volume.venue} {volume.year} Proceedings"
            if volume.year < 2017
            else f"Proceedings of {volume.venue} {volume.year}"
        )
        + "</li>"
        for volume in volumes()
    ]
    lines.insert(0, '  <li><a href="v251"><b>Volume 251</b></a> Proceedings of Rehearsals at ICML 2024</li>')
    return '<h2>Proceedings</h2>\n<ul class="proceedings-list">\n' + "\n".join(lines) + "\n</ul>"


def _volume_page(volume: Volume, papers: list[Work]) -> str:
    heading = f"<h2>Volume {volume.number}: {volume.name}, 1-3 {volume.when} {volume.year}, Nowhere</h2>"
    return "\n".join([heading, *(_entry(work, place) for place, work in enumerate(papers))])


def _entry(work: Work, place: int) -> str:
    volume = work.volume
    more = (
        f'[<a href="https://openreview.net/forum?id=practice{work.key}">OpenReview</a>]' if volume.year > 2022 else ""
    )
    return PAPER.format(
        title=html.escape(work.title),
        authors=",&nbsp;".join(map(html.escape, work.authors)),
        name=html.escape(f"Proceedings of the {volume.name}"),
        number=volume.number,
        pages=f"{10 * place + 1}-{10 * place + 10}",
        url=f"{_site(volume)}/v{volume.number}/{work.key}.html",
        pdf=pdf_url(work),
        more=more,
    )


def _paper_page(work: Work) -> str:
    return (
        f"<h1>{html.escape(work.title)}</h1>\n"
        f'<span class="authors">{",&nbsp;".join(map(html.escape, work.authors))}</span>\n'
        f'<div id="abstract" class="abstract">{html.escape(work.abstract)}</div>\n'
        f'<a href="{pdf_url(work)}">Download PDF</a>'
    )
