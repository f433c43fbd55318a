"""What is special about ICLR: nothing but its host; the template is tested with NeurIPS."""

import pytest

from tasks.records import Edition, PageMissing, Period
from tasks.sources.papers import iclr

PAGE = (
    '<html><body><span class="paper-count">1 paper</span><ul><li data-track="conference">'
    f'<a href="/paper_files/paper/2026/hash/{"a" * 32}-Abstract-Conference.html">A Title</a>'
    '<span class="paper-authors">Ann Example</span></li></ul></body></html>'
)


def at(address: str):
    def get(url: str) -> bytes:
        if url != address:
            raise PageMissing(url)
        return PAGE.encode()

    return get


@pytest.mark.parametrize("folder", ["paper_files/paper", "paper"])
def test_a_year_is_read_from_either_address_without_a_front_page(folder):
    get = at(f"https://proceedings.iclr.cc/{folder}/2026")
    (edition,) = [edition for edition in iclr.editions(get) if edition.period == Period(2026)]
    (paper,) = iclr.papers(edition, get)
    assert paper.pdf_url == f"https://proceedings.iclr.cc/paper_files/paper/2026/file/{'a' * 32}-Paper-Conference.pdf"
    assert iclr.stated_count(edition, get) == 1


def test_a_year_before_the_proceedings_is_missing():
    with pytest.raises(PageMissing):
        list(iclr.papers(Edition("iclr", "ICLR", Period(2019), "2019"), at("")))
