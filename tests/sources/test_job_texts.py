"""Descriptions as boards send them become plain text in which headings and list items stay lines of their own."""

import datetime as dt
import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.detection.sections import find_sections
from tasks.sources.job_texts import attributes, clean, clean_line, date_of, says_remote

RICH = (
    "<h3>Requirements</h3><ul><li><p>Python &amp; PyTorch</p></li><li>SQL</li></ul>"
    "<p><b>Nice to have</b></p><p>JAX<p>Lua"
)
PLAIN = "Requirements\n\n- Python & PyTorch\n- SQL\n\nNice to have\n\nJAX\n\nLua"


@pytest.mark.parametrize("times", [0, 1, 2])
def test_however_often_entities_are_escaped(times):
    text = RICH
    for _ in range(times):
        text = html.escape(text)
    assert clean(text) == PLAIN


def test_headings_survive_for_the_sections():
    text = clean(RICH)
    sections = find_sections(text, "job_ad")
    assert sections.at(text.index("PyTorch")) == "required"
    assert sections.at(text.index("JAX")) == "nice_to_have"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("One line.\nAnother.\n\n\n\nA paragraph.", "One line.\nAnother.\n\nA paragraph."),
        ("First<p>second &lt;30 hrs&#x2F;wk<p>&quot;third&quot;", 'First\n\nsecond <30 hrs/wk\n\n"third"'),
        ("Less is more: a < b and &lt;3", "Less is more: a < b and <3"),
        ("PhD&nbsp;Experience", "PhD Experience"),
        ("Tensor&shy;Flow, Py\u200bTorch\x00", "TensorFlow, PyTorch"),
        ("<p>a<script>alert('PyTorch')</script>b<style>p {}</style></p>", "ab"),
        ("<p>one<br>two<br/>three</p>", "one\ntwo\nthree"),
        ("<p>Cut off in <strong", "Cut off in"),
        ("MecÃ¡nico de vehÃ­culos", "Mecánico de vehículos"),
        ("MecÃ¡nico de vehÃculos", "Mecánico de vehículos"),
        ("It’s naïve – SÃO PAULO stays", "It’s naïve – SÃO PAULO stays"),
        ("Work.<br/>Please mention the word **TORCH** and tag X when applying to show you've read it (#X).", "Work."),
        ("Mention the word lamp in your letter.", "Mention the word lamp in your letter."),
        ("", None),
        (None, None),
        ("<p> </p>", None),
    ],
)
def test_clean(text, cleaned):
    assert clean(text) == cleaned


@given(st.text(max_size=300))
def test_nothing_a_board_sends_breaks_it(text):
    cleaned = clean(text)
    assert cleaned is None or cleaned == cleaned.strip() != ""
    assert "\n" not in clean_line(text)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-07-13T14:37:36-04:00", dt.date(2026, 7, 13)),
        ("2026-07-13", dt.date(2026, 7, 13)),
        (1_711_403_416_463, dt.date(2024, 3, 25)),
        (1_790_412_915, dt.date(2026, 9, 26)),
        ("soon", None),
        (None, None),
        (True, None),
        (1e300, None),
    ],
)
def test_dates(value, day):
    assert date_of(value) == day


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("Remote (US)", True),
        ("ONSITE or REMOTE", True),
        ("Porto", None),
        ("Porto, on-site", False),
        ("no remote", False),
        ("remote: no", False),
        ("telecommuting welcome", True),
    ],
)
def test_remote(words, verdict):
    assert says_remote(words) is verdict


def test_attributes_keep_what_says_something():
    assert attributes(a="x", b=None, c="", d=["y", None, "z"], e=False, f=dt.date(2030, 1, 2)) == {
        "a": "x", "d": "y, z", "f": "2030-01-02",
    }  # fmt: skip
