import csv
import multiprocessing
import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.reading.html import read_html
from tasks.reading.normalisation import normalise
from tasks.reading.pdf import read_pdf
from tasks.reading.pool import ReaderPool
from tasks.reading.results import Limits, Reading
from tasks.settings import Settings
from tests import ROOT, pdfs
from tests.marks import long_but

SHARED = ROOT.parent / "shared"
# Small enough that a bad file is stopped at once, large enough for a good one: an idle worker takes up 190 MB.
SETTINGS = Settings(readers=2, reader_seconds=6, reader_memory_bytes=512 * 2**20, document_pages_max=30)


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    with ReaderPool(SETTINGS) as readers:
        yield readers


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> Path:
    return pdfs.write_pdf(tmp_path_factory.mktemp("good") / "good.pdf")


# ------------------------------------------------------------------------------------------------------- normalisation


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("in Py-\r\nTorch now", "in PyTorch now"),
        ("in Tensor\ufffeFlow now", "in TensorFlow now"),
        ("in Ten\x02sorFlow now", "in TensorFlow now"),
        ("in Ke\u00ad\nras now", "in Keras now"),
        (
            "scikit\ufffelearn, see scikit-learn",
            "scikit-learn, see scikit-learn",
        ),  # the document writes it so elsewhere
        ("to pre-\ntrain; we pretrain", "to pretrain; we pretrain"),
        ("a Keras-\nbased net", "a Keras-based net"),
        ("a non\ufffeTheano net", "a non-Theano net"),
        ("in Caffe\ufffewritten nets: Caffe was written", "in Caffe-written nets: Caffe was written"),  # both are words
        ("the tensor or flow in Tensor-\nFlow", "the tensor or flow in TensorFlow"),  # in this case neither is
        ("for k\ufffemeans", "for k-means"),
        ("on COVID\ufffe19", "on COVID-19"),
        ("2009-\n2012, a -\nb, - -\nCNN", "2009-\n2012, a -\nb, - -\nCNN"),
        ("N \ufffe (d)", "N  (d)"),
        ("e\ufb03cient, \ufb01rst o\ufb00", "efficient, first off"),
        ("scikit\u2010learn and Py\u00adTorch", "scikit-learn and PyTorch"),
        ("a\x00b \x0c c\x0bd", "a b   c d"),
        ("half \ud835 pair", "half ? pair"),
    ],
)
def test_normalise_mends_what_a_line_broke(page, text):
    assert normalise([page]) == (text, (0,))


@pytest.mark.parametrize(
    ("pages", "text", "starts"),
    [
        ([], "", ()),
        ([""], "", (0,)),
        (["one", "", "three"], "one\n\nthree", (0, 4, 5)),
        (["with Py-", "Torch we"], "with PyTorch we", (0, 7)),
        (["with Py-\r\n", "Torch we", "end"], "with PyTorch we\nend", (0, 7, 16)),
        (["a Keras-", "based net"], "a Keras-based net", (0, 8)),
        (["pages 3-", "5"], "pages 3-\n5", (0, 9)),
    ],
)
def test_normalise_says_where_pages_begin(pages, text, starts):
    assert normalise(pages) == (text, starts)


@given(
    st.lists(st.text(st.sampled_from("ab C-\n\r\f\v\x02\x03\x04\ufffe\u00ad\ufb01\ud800é5"), max_size=30), max_size=5)
)
def test_normalise_bears_everything(pages):
    text, starts = normalise(pages)
    assert len(starts) == len(pages)
    assert list(starts) == sorted(starts)
    assert not starts or (starts[0] == 0 and starts[-1] <= len(text))
    assert not re.search("[\x00-\x08\x0b-\x1f\ufffe\u00ad]", text)
    text.encode()


@given(st.lists(st.text("abcdefg .", min_size=1, max_size=30), min_size=1, max_size=5))
def test_normalise_leaves_plain_pages_as_they_are(pages):
    text, starts = normalise(pages)
    assert text == "\n".join(pages)
    assert [text[start:][: len(page)] for start, page in zip(starts, pages, strict=True)] == pages


# ----------------------------------------------------------------------------------------------------------- documents


def test_pages_are_read_in_order_with_their_offsets(pool, tmp_path):
    path = pdfs.write_pdf(tmp_path / "three.pdf", ["First page, Ten-\nsorFlow", "Second page", "Third page"])
    reading = pool.submit(path).result()
    assert reading == Reading("First page, TensorFlow\nSecond page\nThird page", (0, 23, 35), None)


def junk_before(path: Path) -> Path:
    path.write_bytes(b"HTTP junk\r\n" * 9 + pdfs.write_pdf(path).read_bytes())
    return path


@pytest.mark.parametrize("write", [junk_before, lambda path: pdfs.write_encrypted(path, user="")])
def test_odd_but_readable(pool, tmp_path, write):
    assert pool.submit(write(tmp_path / "odd.pdf")).result() == Reading(pdfs.GOOD_TEXT, (0,), None)


def cut(path: Path, share: float) -> Path:
    """Cut a PDF made for the web, whose directory stands in front: pdfium finds text in what is left."""
    pdfs.write_pdf(path, [f"{pdfs.GOOD_TEXT} {page}" for page in range(20)])
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.save(path, linearize=True)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    return path


def bytes_in(content: bytes):
    return lambda path: (path.write_bytes(content), path)[1]


BAD = {
    "empty": (bytes_in(b""), "empty file"),
    "other": (bytes_in(b"\x89PNG\r\n" * 999), "not a PDF"),
    "html": (bytes_in(b"\r\n<!-- x -->\n<!DOCTYPE html><title>Sign in</title>"), "HTML instead of a PDF"),
    "fake": (bytes_in(b"%PDF-1.7\n" + b"nothing " * 99), "damaged: not readable as a PDF"),
    "password": (lambda path: pdfs.write_encrypted(path, user="secret"), "encrypted"),
    "half": (lambda path: cut(path, 0.5), "damaged: .*"),
    "end missing": (lambda path: cut(path, 0.98), "damaged: cut short"),
    "scan": (pdfs.write_image_only, r"no text \(image only\)"),
    "long": (lambda path: pdfs.write_pdf(path, ["Keras"] * 31), r"too many pages \(31\)"),
    "absent": (lambda path: path, "cannot be opened: No such file or directory"),
    "flate bomb": (
        lambda path: pdfs.write_flate_bomb(path, 400 * 2**20),
        r"the reader crashed \(SIGABRT\)|out of memory",
    ),
    "form in itself": (
        lambda path: pdfs.write_content(path, b"/0 Do", [b"/0 Do /0 Do"]),
        r"the reader crashed \(SIG\w+\)",
    ),
    "endless": (lambda path: pdfs.write_slow(path), "took longer than 6 s"),
}


@pytest.mark.parametrize("name", long_but(BAD, *(BAD.keys() - {"endless"})))
def test_a_bad_file_costs_itself_alone(pool, good, tmp_path, name):
    write, problem = BAD[name]
    bad = pool.submit(write(tmp_path / "bad.pdf"))
    beside = [pool.submit(good) for _ in range(4)]
    reading = bad.result(timeout=90)
    assert re.fullmatch(problem, reading.problem or "")
    assert (reading.text, reading.page_starts, reading.is_read) == ("", (), False)
    assert all(future.result(timeout=90).text == pdfs.GOOD_TEXT for future in beside)


def test_limits_of_size_and_characters(good):
    limits = Limits.of(SETTINGS)
    assert read_pdf(good, limits).is_read
    assert read_pdf(good, Limits(**vars(limits) | {"file_bytes": 99})).problem == "too large (0 MB)"
    assert read_pdf(good, Limits(**vars(limits) | {"characters": 9})).problem == "too much text"


# ---------------------------------------------------------------------------------------------------------------- pool


def workers() -> set[int]:
    return {process.pid for process in multiprocessing.active_children()}


def wait_until_busy(worker: int) -> None:
    """Wait until a worker that was idle has computed for 0.1 s."""

    def ticks() -> int:
        return int(Path(f"/proc/{worker}/stat").read_text().rsplit(")")[-1].split()[11])

    start = ticks()
    while ticks() < start + 10:
        select.select([], [], [], 0.01)


def test_a_killed_reader_costs_its_document_alone(good, tmp_path):
    slow, others = pdfs.write_slow(tmp_path / "slow.pdf"), workers()
    with ReaderPool(Settings(readers=1)) as pool:
        assert pool.submit(good).result().is_read
        (worker,) = workers() - others
        future = pool.submit(slow)
        wait_until_busy(worker)
        os.kill(worker, signal.SIGKILL)
        assert future.result(timeout=90).problem == "out of memory (the reader was killed)"
        assert pool.submit(good).result(timeout=90).is_read


def test_a_reader_killed_between_documents_costs_nothing(good):
    others = workers()
    with ReaderPool(SETTINGS) as pool:
        for _ in range(2):
            assert pool.submit(good).result(timeout=90).is_read
            for worker in workers() - others:
                os.kill(worker, signal.SIGKILL)
        assert all(pool.submit(good).result(timeout=90).is_read for _ in range(3))


def test_leaving_by_an_exception_cancels_what_waits(good, tmp_path):
    slow = pdfs.write_slow(tmp_path / "slow.pdf")
    with pytest.raises(KeyboardInterrupt), ReaderPool(Settings(readers=1)) as pool:  # noqa: PT012
        futures = [pool.submit(slow), pool.submit(good)]
        raise KeyboardInterrupt
    assert all(future.cancelled() for future in futures)


def test_a_document_can_be_cancelled(good, tmp_path):
    slow = pdfs.write_slow(tmp_path / "slow.pdf")
    with ReaderPool(Settings(readers=1)) as pool:
        future = pool.submit(slow)
        assert future.cancel()
        assert pool.submit(good).result(timeout=90).is_read


PROGRAM = """
import multiprocessing
import sys
from pathlib import Path
print("main imported", flush=True)
from tasks.reading.pool import ReaderPool
from tasks.settings import Settings

if __name__ == "__main__":
    with ReaderPool(Settings(readers=2)) as pool:
        good, slow = map(Path, sys.argv[1:])
        assert pool.submit(good).result().is_read
        futures = [pool.submit(slow), pool.submit(slow)]
        print(*(process.pid for process in multiprocessing.active_children()), flush=True)
        sys.stdin.read()
"""


def test_readers_end_with_a_killed_program_and_never_import_its_main_module(good, tmp_path):
    slow = pdfs.write_slow(tmp_path / "slow.pdf")
    (tmp_path / "program.py").write_text(PROGRAM)
    program = subprocess.Popen(
        [sys.executable, tmp_path / "program.py", good, slow],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with program:
        assert program.stdout.readline() == "main imported\n"
        workers = [os.pidfd_open(int(pid)) for pid in program.stdout.readline().split()]
        assert len(workers) == 2
        program.kill()
    for worker in workers:
        assert select.select([worker], [], [], 10)[0], "a reader outlives its program"
        os.close(worker)


def test_importing_is_light():
    heavy = ["prefect", "duckdb", "pyarrow", "pydantic", "requests", "pypdfium2"]
    code = f"import sys, tasks.reading.pool; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True) == "[]\n"


# ---------------------------------------------------------------------------------------------------------------- HTML


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (b"", ""),
        (b"<!-- nothing -->", ""),
        (
            "<p>Py<b>Torch</b> &amp; JAX\n caf\u00e9&nbsp;crème</p><p>next</p>".encode(),
            "PyTorch & JAX café crème\n\nnext",
        ),
        (b"one<br>two<ul><li>three<li>four</ul>five", "one\ntwo\n\nthree\n\nfour\n\nfive"),
        (b"<head><title>T</title><style>p{}</style></head><body>a<script>Keras</script> b", "a b"),
        (b"<table><tr><td>a<td>b<tr><td>c</table>", "a b\n\nc"),
        (b'<meta charset="iso-8859-1"><p>caf\xe9</p>', "café"),
        ("<p>caf\u00e9</p>".encode("utf-16"), "café"),
        (b"a <p hidden>b</p> c\0d", "a cd"),
        (b"<div>" * 1000 + b"deep", "deep"),
        (b"Ten&shy;sorFlow", "TensorFlow"),
    ],
)
def test_read_html(html, text):
    assert read_html(html) == text


# ---------------------------------------------------------------------------------------------------------- real input

# What the truth's labels stand for in a text, where not the label itself.
WORDS = {"scikit-learn": "scikit-learn|sklearn", "torch_any": r"\btorch\b", "autograd_lib": "autograd"}


@pytest.mark.skipif(not (SHARED / "truth").exists(), reason="needs the real papers in ../shared")
def test_every_name_that_pdftotext_finds_in_real_papers():
    web = SHARED / "web/proceedings.mlr.press"
    with ReaderPool(Settings()) as pool, (SHARED / "truth/mlhc_mentions.csv").open() as rows:
        wanted = [(row["volume"], row["paper_id"], row["framework"]) for row in csv.DictReader(rows)]
        papers = {(volume, paper): pool.submit(web / volume / paper / f"{paper}.pdf") for volume, paper, _ in wanted}
        texts = {key: future.result().text.lower() for key, future in papers.items()}
    missing = [row for row in wanted if not re.search(WORDS.get(row[2], re.escape(row[2])), texts[row[:2]])]
    assert len(wanted) == 72
    assert not missing
