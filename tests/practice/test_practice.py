"""The practice web: read by the real source, from files and over HTTP, and its PDFs by a real reader."""

import http.client
import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pikepdf
import pypdfium2
import pytest
import requests

from tasks.practice import web
from tasks.practice.papers import facts, volumes, works
from tasks.practice.pmlr import pdf_url
from tasks.records import Period
from tasks.sources import arxiv_records
from tasks.sources.papers import pmlr
from tasks.sources.preprints import arxiv

WORKS = [work for volume in volumes() for work in works(volume)]
SPELLINGS = {
    "pytorch": r"pytorch|torchvision",
    "tensorflow": r"tensorflow",
    "jax": r"\bjax\b(?!\s+mice)",
    "theano": r"\btheano\b(?!\s+(teacup|papermill))",
    "caffe": r"\bcaffe\b",
    "keras": r"\bkeras\b",
    "torch7": r"\btorch7\b",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    built = tmp_path_factory.mktemp("practice")
    web.build(built)
    return built


@pytest.fixture(scope="module")
def address(folder):
    with web.serve(folder) as address:
        yield address


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}"


def text_of(file: Path) -> str:
    """A PDF's text, ligatures and broken lines mended as the product's own reader has to mend them."""
    with pypdfium2.PdfDocument(file) as document:
        text = "\n".join(page.get_textpage().get_text_range() for page in document)
    return re.sub("[\ufffe\x02]|-\r?\n(?=\\w)", "", text).replace("ﬁ", "fi").replace("ﬂ", "fl")


def named_in(text: str) -> set[str]:
    return {framework for framework, spelling in SPELLINGS.items() if re.search(spelling, text, re.IGNORECASE)}


@pytest.mark.long
def test_the_source_reads_the_whole_web(folder):
    def get(url: str) -> bytes:
        file = folder / path_of(url)
        return (file / "index.html" if file.is_dir() else file).read_bytes()

    venues, since, until = web.covered()
    editions = [e for e in pmlr.editions(get) if e.venue in venues and e.period.is_within(since, until)]
    assert {(e.venue, e.period.year, e.key) for e in editions} == {
        (volume.venue, volume.year, f"v{volume.number}") for volume in volumes()
    }
    listed = {paper.document_id: paper for edition in editions for paper in pmlr.papers(edition, get)}
    told = {f"pmlr:v{work.volume.number}/{work.key}": work for work in WORKS}
    assert {key: (paper.title, paper.authors, paper.pdf_url) for key, paper in listed.items()} == {
        key: (work.title, work.authors, pdf_url(work)) for key, work in told.items()
    }


def test_pdfs_hold_the_names_that_were_planted_and_no_others(folder):
    for work in WORKS:
        if work.fault:
            continue
        body, _, references = text_of(folder / path_of(pdf_url(work))).partition("\nReferences")
        assert named_in(body) == set(work.uses), f"{work.volume.venue} {work.volume.year} {work.key}"
        assert named_in(references) >= set(work.names)
        assert named_in(references) <= set(work.uses + work.names)


def test_the_practice_arxiv_is_read_by_its_lists_and_by_its_records(folder):
    def get(url: str) -> bytes:
        return (folder / unquote(url.partition("://")[2])).read_bytes()

    pages, address = [], arxiv_records.first_address("cs", None)
    while address:
        pages.append(arxiv_records.record_page(get(address), address))
        address = arxiv_records.next_address(pages[-1].token) if pages[-1].token else ""
    assert len(pages) == 2
    harvested = {paper.document_id: paper for page in pages for paper in page.papers}
    months = (arxiv.edition("cs.LG", Period(2019, month)) for month in range(7, 13))
    listed = {paper.document_id: paper for edition in months for paper in arxiv.preprints(edition, get)}
    in_category = {key: p for key, p in harvested.items() if "cs.LG" in p.attributes["categories"].split()}
    assert {key: (p.title, p.authors, p.venue) for key, p in listed.items()} == {
        key: (p.title, p.authors, p.venue) for key, p in in_category.items()
    }
    assert [key for key, paper in listed.items() if paper.is_withdrawn] == ["arxiv:1907.00018"]
    named = [p for p in listed.values() if named_in(p.abstract or harvested[p.document_id].abstract)]
    assert 0 < len(named) < len(listed), "abstracts tell less than papers do"


def hard_pdf(folder: Path, style: str) -> Path:
    """A PDF of a style whose paper used TensorFlow."""
    return next(
        folder / path_of(pdf_url(work))
        for work in WORKS
        if work.style == style and "tensorflow" in work.uses and not work.fault
    )


def test_some_pdfs_break_names_at_the_end_of_a_line(folder):
    with pypdfium2.PdfDocument(hard_pdf(folder, "hyphens")) as document:
        raw = "\n".join(page.get_textpage().get_text_range() for page in document)
    assert "tensorflow" not in raw.partition("References")[0].lower()


def test_some_pdfs_hold_ligatures(folder):
    """Looked up in the font: pdfium itself takes these apart, other readers do not."""
    with pikepdf.open(hard_pdf(folder, "ligatures")) as document:
        fonts = document.pages[0].Resources.Font.values()
        maps = b"".join(font.ToUnicode.read_bytes() for font in fonts if "/ToUnicode" in font)
    assert {b"<FB01>", b"<FB02>"} <= set(re.findall(rb"<FB0\d>", maps.upper()))


def test_what_goes_wrong_on_the_real_web_goes_wrong_here(folder, address):
    broken = {work.fault: path_of(pdf_url(work)) for work in WORKS if work.fault}
    assert set(broken) == {"missing", "image", "html"}
    assert requests.get(f"{address}/{broken['missing']}", timeout=5).status_code == 404
    assert requests.get(f"{address}/{broken['html']}", timeout=5).headers["Content-Type"] == "text/html"
    assert text_of(folder / broken["image"]).strip() == ""


@pytest.mark.parametrize(("venue", "crossover"), [("ICML", 2019), ("AISTATS", 2019), ("CoRL", 2019), ("MLHC", 2020)])
def test_one_framework_overtakes_the_other_once(venue, crossover):
    for volume in volumes():
        if volume.venue == venue:
            only = Counter(work.uses for work in works(volume))
            assert (only["pytorch",] > only["tensorflow",]) == (volume.year >= crossover), volume


def test_every_story_and_word_is_told():
    planned = {story for line in facts()["plan"].values() for story in line.split()}
    assert planned == set(facts()["stories"])
    assert all(re.search("practice|rehears", work.title, re.IGNORECASE) for work in WORKS)
    assert all(len(set(work.authors)) == len(work.authors) for work in WORKS)


@pytest.mark.long
def test_the_same_bytes_every_time(folder, tmp_path):
    web.build(tmp_path)
    first, second = (
        {str(file.relative_to(root)): file.read_bytes() for root in [top] for file in top.rglob("*") if file.is_file()}
        for top in (folder, tmp_path)
    )
    assert first == second


@pytest.mark.parametrize(
    "path", ["proceedings.mlr.press/", "proceedings.mlr.press/v97", "proceedings.mlr.press/v97/?a=b&c"]
)
def test_folders_answer_their_index(address, path):
    assert "Proceedings" in requests.get(f"{address}/{path}", timeout=5).text


def test_pages_answer_without_their_ending_and_unchanged_ones_cost_nothing(address):
    work = WORKS[0]
    page = f"{address}/proceedings.mlr.press/v{work.volume.number}/{work.key}"
    answer = requests.get(page, timeout=5)
    assert work.title in answer.text
    for known in (
        {"If-None-Match": answer.headers["ETag"]},
        {"If-None-Match": f'"other", W/{answer.headers["ETag"]}'},
        {"If-Modified-Since": answer.headers["Last-Modified"]},
    ):
        again = requests.get(f"{page}.html", headers=known, timeout=5)
        assert (again.status_code, again.content) == (304, b"")
    older = {"If-None-Match": '"other"', "If-Modified-Since": answer.headers["Last-Modified"]}
    assert requests.get(page, headers=older, timeout=5).status_code == 200


@pytest.mark.parametrize("path", ["/../secret", "/%2e%2e/secret", "//../secret", "/a/../../secret", "/%00", "/nowhere"])
def test_nothing_outside_the_folder_is_served(tmp_path, path):
    (tmp_path / "secret").write_text("kept")
    (tmp_path / "web").mkdir()
    with web.serve(tmp_path / "web") as address:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=5)
        connection.request("GET", path)  # requests would tidy the dots away
        assert connection.getresponse().status == 404


def test_the_server_is_gone_afterwards(folder):
    with web.serve(folder) as address:
        assert requests.head(f"{address}/proceedings.mlr.press/", timeout=5).status_code == 200
    with pytest.raises(requests.ConnectionError):
        requests.get(address, timeout=5)
