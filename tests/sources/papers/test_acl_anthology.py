"""What is special about the ACL Anthology: which volumes are a conference's own, which track each is, where it is."""

from collections import Counter
from urllib.parse import urlsplit

import pytest

from tasks.records import Edition, LayoutChanged, PageMissing, Period, UnknownEdition
from tasks.sources.papers import acl_anthology
from tests import SHARED

WEB = SHARED / "web"
ROOT = "https://aclanthology.org"
needs_web = pytest.mark.skipif(not WEB.is_dir(), reason="needs the real pages in ../shared")


def edition(venue: str, year: int) -> Edition:
    return Edition("acl_anthology", venue, Period(year), f"{venue.lower()}-{year}")


def web(pages: dict[str, str]):
    def get(url: str) -> bytes:
        if url not in pages:
            raise PageMissing(url)
        return f"<title>X - ACL Anthology</title><main>{pages[url]}</main></html>".encode()

    return get


def row(key: str, host: str = "") -> str:
    return (
        f'<p><span><a href="{ROOT}/{key}.pdf">pdf</a></span><span><strong><a href={host}/{key}/>A Title</a></strong>'
        f"<a href=/people/a/ann-example/>Ann Example</a></span></p>"
    )


def volume(name: str, *keys: str, title: str = "Proceedings") -> str:
    return f"<div><h4><a href=/volumes/{name}/>{title}</a></h4>{''.join(map(row, keys))}</div>"


@pytest.mark.parametrize(
    ("venue", "name", "title", "track"),
    [
        ("ACL", "P17-2", "Proceedings (Volume 2: Short Papers)", "main"),
        ("ACL", "P17-3", "Proceedings of ACL 2017, Student Research Workshop", "student"),
        ("ACL", "P19-2", "Proceedings: Student Research Workshop", "student"),
        ("NAACL", "N18-3", "Proceedings, Volume 3 (Industry Papers)", "industry"),
        ("NAACL", "N19-2", "Proceedings, Volume 2 (Industry Papers)", "industry"),
        ("EACL", "E14-2", "Proceedings of the Demonstrations", "demo"),
        ("EMNLP", "D19-1", "Proceedings", "main"),
        ("EMNLP", "D19-2", "Proceedings: Tutorial Abstracts", "tutorial"),
        ("EMNLP", "D19-3", "Proceedings: System Demonstrations", "demo"),
        ("EMNLP", "D19-50", "Proceedings of the Second Workshop", None),
        ("EMNLP", "W19-50", "Proceedings of the Second Workshop", None),
        ("COLING", "C18-1", "Proceedings", "main"),
        ("TACL", "Q19-1", "Transactions", "main"),
        ("ACL", "2020.acl-main", "", "main"),
        ("ACL", "2021.acl-srw", "", "student"),
        ("ACL", "2021.findings-acl", "", "findings"),
        ("ACL", "2021.findings-emnlp", "", None),
        ("ACL", "2021.bionlp-1", "", None),
        ("NAACL", "2021.naacl-industry", "", "industry"),
        ("EMNLP", "2022.emnlp-demos", "", "demo"),
        ("EMNLP", "2022.emnlp-keynotes", "", "keynotes"),
        ("COLING", "2022.coling-1", "", "main"),
        ("COLING", "2024.lrec-main", "", "main"),
        ("COLING", "2022.lrec-1", "", None),
        ("AACL", "2023.findings-ijcnlp", "", "findings"),
        ("TACL", "2021.tacl-1", "", "main"),
    ],
)
def test_an_event_s_volumes_are_its_own_by_name_and_tracks_by_title(venue, name, title, track):
    year = int(name[:4]) if name[0] == "2" else 2000 + int(name[1:3])
    key, main = paper_of(name, 7), main_volume(venue, year)
    page = volume(main, paper_of(main, 1)) + volume(name, key, title=title)
    get = web({f"{ROOT}/events/{venue.lower()}-{year}/": page})
    tracks = {paper.document_id: paper.track for paper in acl_anthology.papers(edition(venue, year), get)}
    assert tracks.get(f"acl_anthology:{key}") == track


def paper_of(name: str, number: int) -> str:
    """W19-50 and 7 are W19-5007, P19-1 and 7 are P19-1007."""
    return f"{name}.{number}" if "." in name else f"{name}{number:0{8 - len(name)}}"


def main_volume(venue: str, year: int) -> str:
    letter = acl_anthology.LETTERS.get(venue)
    return f"{letter}{year % 100}-1" if letter and year < 2020 else f"{year}.{venue.lower()}-main"


def test_an_event_that_lists_no_volume_of_its_own_is_unknown():
    get = web({f"{ROOT}/events/acl-2019/": volume("W19-50", "W19-5001")})
    with pytest.raises(UnknownEdition):
        list(acl_anthology.papers(edition("ACL", 2019), get))


def test_a_conference_without_main_papers_is_refused():
    get = web({f"{ROOT}/events/acl-2019/": volume("P19-2", "P19-2001", title="Student Research Workshop")})
    with pytest.raises(LayoutChanged, match="main"):
        list(acl_anthology.papers(edition("ACL", 2019), get))


def test_a_volume_s_page_that_holds_another_volume_is_refused():
    get = web({f"{ROOT}/volumes/E17-1/": volume("E17-2", "E17-2001")})
    with pytest.raises(LayoutChanged, match="E17-1"):
        list(acl_anthology.papers(edition("EACL", 2017), get))


def test_a_year_without_any_page_is_missing():
    with pytest.raises(PageMissing):
        list(acl_anthology.papers(edition("EACL", 2017), web({})))


@pytest.mark.parametrize("host", ["", ROOT, "https://www.aclweb.org/anthology", "http://aclweb.org/anthology"])
def test_links_of_every_host_name_the_same_paper(host):
    page = "<h2>Proceedings</h2>" + row("Q18-1001", host)
    (paper,) = acl_anthology.papers(edition("TACL", 2018), web({f"{ROOT}/volumes/Q18-1/": page}))
    assert paper.document_id == "acl_anthology:Q18-1001"
    assert paper.url == f"{host or ROOT}/Q18-1001/"


def test_badges_are_counted_for_own_volumes_without_front_matter():
    contents = (
        "<ul><li><a href=#2020acl-main>Main</a> <span>1,003&nbsp;papers</span></li>"
        "<li><a href=#2020nothing-1>Workshop</a> <span>9&nbsp;papers</span></li></ul>"
    )
    page = contents + volume("2020.acl-main", "2020.acl-main.0", "2020.acl-main.1") + volume("2020.nothing-1")
    get = web({f"{ROOT}/events/acl-2020/": page})
    assert acl_anthology.stated_count(edition("ACL", 2020), get) == 1002


def test_what_volumes_pages_do_not_state_is_not_counted():
    get = web({f"{ROOT}/volumes/Q18-1/": row("Q18-1001")})
    assert acl_anthology.stated_count(edition("TACL", 2018), get) is None


def real(url: str) -> bytes:
    parts = urlsplit(url)
    page = WEB / parts.netloc / parts.path.strip("/") / "index.html"
    if not page.is_file():
        raise PageMissing(url)
    return page.read_bytes()


def real_volumes_only(url: str) -> bytes:
    if "/events/" in url:
        raise PageMissing(url)
    return real(url)


@needs_web
@pytest.mark.parametrize(
    ("get", "tracks"),
    [
        (real, {"main": 660, "student": 60, "demo": 34, "tutorial": 9}),
        (real_volumes_only, {"main": 660, "student": 60}),
    ],
)
def test_the_real_acl_2019_counts_out(get, tracks):
    (acl,) = [e for e in acl_anthology.editions(get) if (e.venue, e.period.year) == ("ACL", 2019)]
    papers = list(acl_anthology.papers(acl, get))
    assert Counter(paper.track for paper in papers) == tracks
    assert all(paper.authors and paper.abstract and paper.pdf_url for paper in papers)


@needs_web
def test_the_real_acl_2019_states_what_it_holds():
    assert acl_anthology.stated_count(edition("ACL", 2019), real) == 660 + 60 + 34 + 9
