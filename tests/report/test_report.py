"""The report in a real browser: drawn from disk, from a point to its evidence, hostile input, who can read it."""

import csv
import json
import re
import shutil
import time
from importlib.resources import files
from pathlib import Path

import duckdb
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

from tasks import report, warehouse
from tasks.report.evidence import evidence
from tasks.report.page import address as page_address
from tests import published
from tests.browsers import DESKTOP, PHONE, at_rest, chromium, drawn, look_like, show
from tests.commands import environment, run
from tests.servers import serving

DRAWN = {"shares", "venue", "pair", "arxiv", "jobs", "together", "ratio", "portion", "counts", "coverage"}
MONTHS = "framework_mentions_by_month"
BEFORE_THE_OTHERS = DRAWN - {"arxiv", "jobs"}
"""Charts that need neither that table nor those of `published.EXTRA_TABLES`."""
AXE = "axe.run(arguments[0], {resultTypes: ['violations']}).then((found) => arguments[1](found.violations))"
BYTES_MAX = 2_000_000


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    return published.whole(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="module")
def page(file) -> Path:
    return report.write(file, file.parent / "report")


@pytest.fixture(scope="module")
def one_browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def browser(one_browser):
    yield one_browser
    assert errors(one_browser) == []


def errors(browser) -> list[str]:
    return [line["message"] for line in browser.get_log("browser") if line["level"] in ("SEVERE", "WARNING")]


def figures(browser) -> set[str]:
    found = browser.find_elements(By.CSS_SELECTOR, ".figure:has(.chart svg path)")
    return {figure.get_attribute("data-chart") for figure in found}


def papers(browser, table: str, row: str) -> list[str]:
    """Ask for the papers of the table's first row that reads so; give the list's entries."""
    figure = browser.find_element(By.ID, f"figure-{table}")
    behind = figure.find_element(By.CSS_SELECTOR, ".behind")
    if not behind.get_attribute("open"):
        behind.find_element(By.TAG_NAME, "summary").click()
    button = f"button[aria-label='Papers of {row}']"
    WebDriverWait(browser, 10, 0.05).until(lambda _: figure.find_elements(By.CSS_SELECTOR, button))
    # By script: a sticky heading may cover the button, which a person would scroll away from under it.
    browser.execute_script("arguments[0].click()", figure.find_element(By.CSS_SELECTOR, button))
    return listed(browser)


def listed(browser) -> list[str]:
    note = browser.find_element(By.ID, "evidence-note")
    WebDriverWait(browser, 10, 0.05).until(lambda _: "document" in note.text)
    return [item.text for item in browser.find_elements(By.CSS_SELECTOR, "#papers li")]


def test_every_chart_is_drawn_from_disk(page, browser):
    show(browser, page)
    assert figures(browser) == DRAWN


def test_the_page_works_from_a_web_server(page, browser):
    with serving(page.parent) as web:
        show(browser, web.address)
        assert figures(browser) == DRAWN
        assert [path for path, status in web.requests if status != 200] == []


@pytest.mark.long
def test_tables_that_are_not_there_yet_say_so(tmp_path, browser):
    page = report.write(
        published.without(published.small(tmp_path), *published.EXTRA_TABLES, MONTHS), tmp_path / "report"
    )
    show(browser, page)
    assert figures(browser) == BEFORE_THE_OTHERS
    assert browser.find_element(By.CSS_SELECTOR, "#figure-arxiv .note").text == "No data yet."
    assert "nothing was released" in browser.find_element(By.ID, "changes").text


def test_no_request_leaves_the_folder(page, browser):
    browser.get_log("performance")
    show(browser, page)
    papers(browser, "shares", "pytorch, ICML, 2019")
    messages = [json.loads(line["message"])["message"] for line in browser.get_log("performance")]
    asked = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    assert len(asked) > 5
    assert [url for url in asked if not url.startswith((page.parent.as_uri(), "about:", "data:"))] == []


def test_a_click_on_a_point_leads_to_its_sentences(page, browser):
    show(browser, page, "#frameworks=jax&venue=ICML")
    point = browser.find_element(By.CSS_SELECTOR, "#chart-venue path[aria-roledescription=point][aria-label*='2019']")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", point)
    point.click()
    assert [item.splitlines()[1] for item in listed(browser)] == ["We use jax."]
    item = browser.find_element(By.CSS_SELECTOR, "#papers li")
    assert item.find_element(By.TAG_NAME, "a").get_attribute("href").startswith("https://proceedings.mlr.press")
    assert "used · body · page 1 · pmlr:ICML2019/5" in item.text


def test_the_papers_of_a_pair_are_those_that_name_only_one(page, browser):
    at_rest(browser, page)
    found = papers(browser, "pair", "PyTorch and TensorFlow, ICML, 2019")
    assert [re.search(r"Only \w+", item)[0] for item in found] == ["Only PyTorch", "Only PyTorch", "Only TensorFlow"]


def test_a_month_leads_to_its_preprints_and_ads(page, browser):
    at_rest(browser, page)
    (preprint,) = papers(browser, "arxiv", "pytorch, cs.LG, 2018-01")
    assert preprint.startswith("On arxiv:1801.00000")
    browser.find_element(By.ID, "close").click()
    assert len(papers(browser, "jobs", "pytorch, all, 2018-06")) == 2
    browser.find_element(By.ID, "close").click()
    point = browser.find_element(
        By.CSS_SELECTOR, "#chart-arxiv path[aria-label='tensorflow, cs.LG, 2018-03: 25.0% (1 of 4)']"
    )
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", point)
    point.click()
    assert [item.splitlines()[0] for item in listed(browser)] == ["On arxiv:1803.00002"]


def test_a_published_figure_that_we_have_nothing_for_says_so(page, browser):
    at_rest(browser, page)
    browser.execute_script("openPapers({framework: 'pytorch', venue: 'CVPR', year: 2018, is_published: true})")
    assert listed(browser) == []
    note = browser.find_element(By.ID, "evidence-note").text
    assert "nothing of this was collected" in note
    assert "Horace He" in note


def test_the_papers_asked_for_last_are_shown(page, browser):
    """A first list that comes late must not stand below the heading of the second."""
    at_rest(browser, page)
    browser.execute_script(
        "openPapers({framework: 'pytorch', venue: 'ICML', year: 2019});"
        "openPapers({framework: 'caffe', venue: 'AISTATS', year: 2018})"
    )
    assert [item.splitlines()[0] for item in listed(browser)] == ["On pmlr:AISTATS2018/1"]


def test_a_line_breaks_where_a_year_is_missing(page, browser):
    """AISTATS 2019 failed: what joins 2018 to 2020 is dotted, and no solid line goes there."""
    show(browser, page, "#venue=AISTATS&frameworks=pytorch")
    lines = browser.find_elements(By.CSS_SELECTOR, "#chart-venue .mark-line path")
    reach = {line.get_attribute("stroke-dasharray"): line.get_attribute("d").count("L") for line in lines}
    assert reach.pop("1.5,4") == 1
    assert set(reach.values()) <= {0}


def test_it_prints_whole(page, browser):
    """Paper is narrower than the screen that the charts were drawn for."""
    at_rest(browser, page)
    try:
        look_like(browser, DESKTOP, medium="print")
        widths = browser.execute_script(
            "document.body.style.width = '600px'; return [...document.querySelectorAll('.chart svg')].map("
            "(svg) => [svg.getBoundingClientRect().right, svg.closest('.figure').getBoundingClientRect().right])"
        )
    finally:
        browser.execute_script("document.body.style.width = ''")
        look_like(browser, DESKTOP)
    assert len(widths) == len(DRAWN)
    assert all(svg <= figure for svg, figure in widths)


def test_a_notice_stands_above_the_page_and_below_every_figure(file, tmp_path):
    shutil.copy(file, tmp_path / "mentions.duckdb")
    tmp_path.joinpath("notice.txt").write_text("Invented <i>figures</i>\n")
    text = report.write(tmp_path / "mentions.duckdb", tmp_path / "report").read_text()
    assert text.count("Invented &lt;i&gt;figures&lt;/i&gt;") >= 2 + len(DRAWN)


def test_a_link_to_the_papers_opens_them(page, browser):
    show(browser, page)
    papers(browser, "shares", "jax, ICML, 2019")
    link = browser.execute_script("return location.hash")
    show(browser, page, link)
    assert len(listed(browser)) == 1
    assert browser.find_element(By.ID, "evidence-title").text == "jax, ICML, 2019"


def test_choices_survive_a_reload(page, browser):
    show(browser, page)
    browser.find_element(By.CSS_SELECTOR, "#choice-frameworks input[value=keras]").click()
    browser.find_element(By.CSS_SELECTOR, "#choice-venues input[value=ICML]").click()
    Select(browser.find_element(By.ID, "choice-rule")).select_by_value("survey_2019")
    drawn(browser)
    before = browser.execute_script("return [location.hash, document.getElementById('chart-shares').textContent]")
    browser.refresh()
    drawn(browser)
    after = browser.execute_script("return [location.hash, document.getElementById('chart-shares').textContent]")
    assert after == before
    assert "ICML" not in after[1]
    assert not browser.find_element(By.CSS_SELECTOR, "#choice-frameworks input[value=keras]").is_selected()
    assert Select(browser.find_element(By.ID, "choice-rule")).first_selected_option.text == "survey_2019"
    assert browser.find_element(By.CSS_SELECTOR, "[data-meaning=rule]").text == "Plain substrings."


@pytest.mark.parametrize(
    "hash_",
    [
        "#venue=__proto__&rule=nonsense",
        "#frameworks=&papers=%7B%22year%22:1%7D",
        "#papers=%7B",
        '#papers={"framework":"No such","year":2019}',
        '#papers={"date":"no day"}',
    ],
)
def test_a_link_that_is_wrong_shows_what_it_can(page, browser, hash_):
    show(browser, page, hash_)
    assert {"pair", "coverage"} <= figures(browser)


def test_a_hostile_title_stays_text(page, browser):
    at_rest(browser, page)
    found = papers(browser, "shares", "pytorch, ICML, 2019")
    assert published.HOSTILE in found[0]
    assert "We use " + published.HOSTILE in found[0]
    assert browser.title == "Framework Mentions"
    assert browser.find_elements(By.CSS_SELECTOR, "#papers img, #papers script") == []
    links = [a.get_attribute("href") for a in browser.find_elements(By.CSS_SELECTOR, "#papers li > a")]
    assert len(links) == len(found) - 1, "an address that is no http(s) is no link"


def test_the_policy_admits_no_inline_script(page, browser):
    at_rest(browser, page)
    browser.execute_script(
        "const script = document.createElement('script'); script.textContent = 'document.title = 1';"
        "document.head.append(script)"
    )
    assert browser.title == "Framework Mentions"
    assert any("Content Security Policy" in line for line in errors(browser))


def test_the_csv_file_has_the_rows_of_the_chart(page, browser, tmp_path):
    show(browser, page, "#frameworks=jax&venues=ICML")
    folder = {"behavior": "allow", "downloadPath": str(tmp_path)}
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", folder)
    browser.find_element(By.CSS_SELECTOR, "#figure-shares .csv").click()
    target = tmp_path / "shares-2026-11-01.csv"
    WebDriverWait(browser, 10, 0.05).until(lambda _: target.is_file() and target.stat().st_size)
    with target.open(newline="") as text:
        rows = [(row["framework"], row["venue"], row["year"], row["mentioning_count"]) for row in csv.DictReader(text)]
    assert rows == [("jax", "ICML", "2018", "0"), ("jax", "ICML", "2019", "1")]


def test_text_that_a_spreadsheet_would_run_is_quoted(page, browser):
    at_rest(browser, page)
    assert browser.execute_script("""return csv([{a: '=HYPERLINK("x")', b: -1}])""") == (
        'a,b\r\n"\'=HYPERLINK(""x"")",-1\r\n'
    )


@pytest.mark.long
@pytest.mark.parametrize(("size", "dark"), [(PHONE, True), (DESKTOP, False)])
def test_everybody_can_read_it(page, browser, size, dark):
    look_like(browser, size, dark)
    show(browser, page, "#frameworks=pytorch")  # a row of a table is as good as ten
    browser.execute_script("for (const details of document.querySelectorAll('details')) details.open = true")
    axe = files("axe_core_python").joinpath("axe.min.js").read_text("utf-8")
    browser.execute_script(axe)
    for step in ("page", "evidence"):
        if step == "evidence":
            papers(browser, "shares", "pytorch, ICML, 2019")
        part = "#evidence" if step == "evidence" else "html"
        found = browser.execute_async_script(AXE, part)
        bad = [(rule["id"], [node["target"] for node in rule["nodes"]][:5]) for rule in found]
        assert [rule["id"] for rule in found if rule["impact"] in ("serious", "critical")] == [], bad
    width = browser.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1], "nothing hangs over the edge"
    assert width[1] == size[0]


def test_the_keyboard_reaches_the_papers_and_comes_back(page, browser):
    from selenium.webdriver.common.keys import Keys

    show(browser, page)
    browser.find_element(By.CSS_SELECTOR, "#figure-shares summary").send_keys(Keys.ENTER)
    opened = "#figure-shares details[open] td button"  # its rows are laid when it opens, a turn of the loop later
    button = WebDriverWait(browser, 10, 0.05).until(lambda _: browser.find_element(By.CSS_SELECTOR, opened))
    button.send_keys(Keys.ENTER)
    listed(browser)
    browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not browser.find_element(By.ID, "evidence").is_displayed()
    assert browser.switch_to.active_element == button


def test_evidence_lists_as_many_documents_as_the_figure_counts(file):
    found = {}
    for key, rows in evidence(file):
        found[key, "abstract"] = sum(row.get("in_abstract", False) for row in rows)
        found[key, "full_text"] = sum(row.get("in_full_text", True) for row in rows)
    sql = """
        select venue, year::varchar as period, framework, 'full_text' as text_scope, mentioning_count
        from framework_mentions_by_year
        union all
        select venue, strftime(month, '%Y-%m'), framework, text_scope, mentioning_count
        from framework_mentions_by_month
    """
    counts = {
        ((row["venue"], row["period"], row["framework"]), row["text_scope"]): row["mentioning_count"]
        for row in warehouse.query(file, sql).to_pylist()
    }
    assert {"ICML", "cs.LG", "hacker_news", "all"} <= {key[0] for (key, _), count in counts.items() if count}
    assert {key: count for key, count in found.items() if count} == {
        key: count for key, count in counts.items() if count
    }


def test_a_new_report_leaves_the_page_that_is_open_alone(file, tmp_path):
    builds = []
    for _ in range(3):
        page = report.write(file, tmp_path / "report")
        builds.append(re.search(r"build-\w+", page.read_text())[0])
        assert not list(page.parent.glob(".*"))
    assert {path.name for path in page.parent.iterdir()} == {"index.html", *builds[1:]}


def test_charts_are_drawn_once_and_again_where_what_was_drawn_is_damaged(file, tmp_path):
    def legends() -> set[str]:
        build = re.search(r"build-\w+", report.write(file, tmp_path / "report").read_text())[0]
        return set(re.findall('"title":"(Leader|Ahead)"', (tmp_path / "report" / build / "base.js").read_text()))

    def change(old: str, new: str) -> None:
        for kept in (tmp_path / "report").glob("build-*/charts-*.json"):
            kept.write_text(kept.read_text().replace(old, new))

    assert legends() == {"Leader"}
    change("Leader", "Ahead")
    assert legends() == {"Ahead"}, "of the report before"
    change("{", "")
    assert legends() == {"Leader"}


def test_an_address_leads_nowhere_else_and_is_the_same_in_the_page(page, browser):
    at_rest(browser, page)
    names = ["cs.LG", "../../etc", "a/b", "Ünïcode 🙂", "~7e"]
    paths = [page_address("evidence", name) for name in names]
    assert all(re.fullmatch(r"evidence/[\w~-]+", path, re.ASCII) for path in paths)
    assert browser.execute_script("return arguments[0].map((name) => address('evidence', name))", names) == paths


def test_frameworks_look_different_and_keep_their_looks(file):
    from tasks.report.looks import looks

    names = [f"f{number}" for number in range(40)]
    assert len(set(looks(names).values())) == len(looks(names))
    assert looks(["pytorch"])["pytorch"] == looks(names)["pytorch"]


@pytest.mark.long
def test_report_writes_page_and_pictures(file, tmp_path):
    shutil.copy(file, tmp_path / "mentions.duckdb")
    done = run("report", "--images", env=environment(tmp_path))
    assert done.returncode == 0, done.stderr
    assert str(tmp_path / "report" / "index.html") in done.stdout
    pictures = {path.name for path in (tmp_path / "report" / "pictures").iterdir()}
    assert pictures == {f"{name}.{ending}" for name in DRAWN for ending in ("svg", "png")}
    assert "release 2026-11-01" in (tmp_path / "report" / "pictures" / "pair.svg").read_text()


def test_a_report_that_cannot_be_written_leaves_the_old_one(file, tmp_path):
    page = report.write(file, tmp_path / "report")
    before = sorted(page.parent.rglob("*"))
    broken = shutil.copy(file, tmp_path / "broken.duckdb")
    with duckdb.connect(str(broken)) as connection:
        connection.execute("alter table mentions drop column evidence")
    with pytest.raises(warehouse.WarehouseError, match="evidence"):
        report.write(Path(broken), page.parent)
    assert sorted(page.parent.rglob("*")) == before


def test_report_without_a_published_file_says_what_to_do(tmp_path):
    done = run("report", env=environment(tmp_path))
    assert (done.returncode, "mentions publish" in done.stderr) == (1, True)


@pytest.mark.long
def test_the_page_stays_small_at_a_hundred_thousand_papers(tmp_path, browser):
    file = published.large(tmp_path)
    page = report.write(file, tmp_path / "report")
    with serving(page.parent) as web:
        started = time.monotonic()
        show(browser, web.address)
        seconds = time.monotonic() - started
        files_asked = [page if path == "/" else page.parent / path.lstrip("/") for path, _ in web.requests]
    assert figures(browser) >= {"shares", "venue", "pair", "arxiv", "jobs", "together", "coverage"}
    assert sum(path.stat().st_size for path in files_asked) < BYTES_MAX
    assert seconds < 30
    with duckdb.connect(str(file), read_only=True) as connection:
        assert connection.execute("select count(*) from documents where kind = 'paper'").fetchone() == (100_000,)
