"""The answers: rules of counting, growth, published figures, two sources of one venue, imported series."""

import gzip
import json
from pathlib import Path

import pytest

from tasks import warehouse
from tasks.lake.lake import Lake
from tasks.records import Edition, Period
from tests import ROOT
from tests.lakes import SEEDS, add_edition, document, mention, run, scan, text

PAIR = "framework_a = 'pytorch' and framework_b = 'tensorflow'"


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path)


@pytest.fixture
def ask(lake, tmp_path):
    """Give a function that publishes the lake and asks it; the file is made once a test."""
    target = tmp_path / "mentions.duckdb"

    def publish_and_ask(sql: str, **options: object) -> list[tuple]:
        if options or not target.exists():
            warehouse.publish(lake, SEEDS, target, **options)
        return rows(target, sql)

    return publish_and_ask


def rows(file: Path, sql: str) -> list[tuple]:
    return [tuple(row.values()) for row in warehouse.query(file, sql).to_pylist()]


@pytest.fixture(scope="module")
def labelled(tmp_path_factory) -> Path:
    """Publish one edition of papers that the rules count differently, once for all rules."""
    folder = tmp_path_factory.mktemp("labelled")
    lake = Lake(folder)
    add_edition(lake, "MLHC", 2019, [names for names, _ in LABELS], flags=[flags for _, flags in LABELS])
    return warehouse.publish(lake, SEEDS, folder / "mentions.duckdb").path


LABELS = [
    # What our lexicon finds, and the survey's words and vendor strings in the same text.
    ("pytorch", "pytorch"),
    ("pytorch", "pytorch, facebook ai research"),
    ("-pytorch", "pytorch"),
    ("~pytorch", ""),
    ("?pytorch", "pytorch"),
    ("^pytorch", "pytorch"),
    ("tensorflow", "tensorflow, google.com"),
    ("tensorflow pytorch", "tensorflow, pytorch"),
    ("keras", "keras"),
    ("", "tensorflow"),  # a place that the lexicon took for another sense
    ("", ""),
]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [  # document_count, only PyTorch, only TensorFlow, both
        ("default", (11, 5, 1, 1)),
        ("with_references", (11, 6, 1, 1)),
        ("any_alias_anywhere", (11, 6, 2, 1)),
        ("body_only", (11, 4, 1, 1)),
        ("used_only", (11, 4, 1, 1)),
        ("without_implied", (11, 4, 1, 1)),
        ("all_tracks", (11, 5, 1, 1)),
        ("vendor_affiliated_only", (2, 1, 1, 0)),
        ("survey_2019", (9, 4, 1, 1)),
        ("survey_2019_with_vendors", (11, 5, 2, 1)),
        ("survey_2020", (9, 4, 2, 1)),
        ("survey_later", (11, 5, 3, 1)),
    ],
)
def test_each_rule_counts_as_it_says(labelled, rule, expected):
    columns = "document_count, a_only_count, b_only_count, both_count"
    assert rows(labelled, f"select {columns} from sensitivity where rule = '{rule}' and {PAIR}") == [expected]


def test_every_rule_is_said_and_computed(lake, ask):
    add_edition(lake, "MLHC", 2019, ["pytorch"], flags=["pytorch, fb.com"])
    missing = "select rule from counting_rules where rule not in (select rule from sensitivity) order by rule"
    # The paper is a vendor's, so that rules which leave such papers out take in none, which is no zero.
    assert ask(missing) == [("survey_2019",), ("survey_2020",)]


def test_the_survey_compares_its_own_two_and_others_the_ten_largest(lake, ask):
    frameworks = ["pytorch", "tensorflow", "keras", "jax", "caffe"]
    add_edition(lake, "MLHC", 2019, frameworks, flags=frameworks)
    counts = dict(ask("select rule, count(*) from sensitivity group by rule"))
    assert (counts["default"], counts["any_alias_anywhere"], counts["survey_2019"]) == (20, 20, 2)


def test_all_tracks_are_counted_by_the_one_rule_that_says_so(lake, ask):
    edition = add_edition(lake, "ACL", 2019, ["pytorch", "pytorch"])
    ids = ["pmlr:ACL2019/0", "pmlr:ACL2019/1"]
    rows = [document(edition, id_, track) for id_, track in zip(ids, ("main", "workshop"), strict=True)]
    lake.write_rows("documents", edition, rows)
    counts = dict(ask(f"select rule, a_only_count from sensitivity where {PAIR}"))
    assert (counts["default"], counts["all_tracks"], counts["used_only"]) == (1, 2, 1)


def test_head_to_head_is_the_default_rule(labelled):
    columns = "a_only_count, b_only_count, both_count, neither_count"
    assert rows(labelled, f"select {columns} from head_to_head where {PAIR}") == [(5, 1, 1, 4)]


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        ({2018: 2, 2019: 5}, [(2018, None, None, 2, None), (2019, 2018, 2, 5, 150.0)]),
        ({2018: 0, 2019: 5}, [(2018, None, None, 0, None), (2019, 2018, 0, 5, None)]),  # nothing grows from nothing
        ({2018: 4, 2020: 1}, [(2018, None, None, 4, None), (2020, 2018, 4, 1, -75.0)]),  # 2019 was not collected
    ],
)
def test_growth_is_since_the_previous_collected_year(lake, ask, years, expected):
    for year, count in years.items():
        add_edition(lake, "MLHC", year, ["pytorch"] * count + ["pytorch tensorflow", ""])
    columns = "year, previous_year, previous_only_count, only_count, growth_pct"
    sql = f"select {columns} from growth where framework = 'pytorch' and rival_framework = 'tensorflow' order by year"
    assert ask(sql) == expected


def test_a_year_that_could_not_be_read_is_no_previous_year(lake, ask):
    add_edition(lake, "MLHC", 2017, ["pytorch"] * 2)
    add_edition(lake, "MLHC", 2018, ["pytorch"], status="unreadable")
    add_edition(lake, "MLHC", 2019, ["pytorch"] * 3)
    assert ask("select distinct previous_year from growth where year = 2019") == [(2017,)]


@pytest.mark.parametrize(
    ("sources", "preferred"),
    [
        ({"cvf": (["pytorch"], "complete"), "ecva": (["jax", "jax"], "incomplete")}, "ecva"),  # most readable papers
        ({"cvf": (["pytorch"], "incomplete"), "ecva": (["jax"], "complete")}, "ecva"),  # then the complete one
        ({"cvf": (["pytorch"], "complete"), "ecva": (["jax"], "complete")}, "cvf"),  # then the first by name
    ],
)
def test_a_venue_year_of_two_sources_is_counted_once(lake, ask, sources, preferred):
    for source, (papers, outcome) in sources.items():
        add_edition(lake, "ECCV", 2018, papers, source=source, outcome=outcome)
    counted = len(sources[preferred][0])
    assert ask("select distinct readable_count from framework_mentions_by_year") == [(counted,)]
    assert ask("select distinct document_count from sensitivity where rule in ('default', 'all_tracks')") == [
        (counted,)
    ]
    assert ask(
        f"select distinct a_only_count + b_only_count + both_count + neither_count from head_to_head where {PAIR}"
    ) == [(counted,)]
    assert ask("select source, is_preferred from coverage order by source") == [
        (source, source == preferred) for source in sorted(sources)
    ]
    assert ask("select count(*) from documents") == [(sum(len(papers) for papers, _ in sources.values()),)]


def test_a_source_of_which_nothing_could_be_read_gives_way(lake, ask):
    add_edition(lake, "ECCV", 2018, ["pytorch"] * 5, source="cvf", status="missing")
    add_edition(lake, "ECCV", 2018, ["jax"], source="ecva")
    assert ask("select distinct listed_count, readable_count from framework_mentions_by_year") == [(1, 1)]


def published_survey(venue: str, year: int, value: float, framework: str = "pytorch") -> str:
    return (
        f"from published_vs_measured where source like 'Horace He, The Gradient%' and venue = '{venue}' "
        f"and year = {year} and framework = '{framework}' and metric = 'unique_mention_papers' and value = {value}"
    )


@pytest.mark.parametrize(
    ("venue", "pytorch", "tensorflow"),
    [  # The Gradient, October 2019; the news report that swapped ACL and NAACL is held apart below
        ("CVPR", (82, 280), (116, 125)),
        ("NAACL", (12, 66), (34, 21)),
        ("ACL", (26, 103), (34, 33)),
        ("ICLR", (24, 70), (53, 52)),
        ("ICML", (23, 69), (40, 53)),
    ],
)
def test_the_surveys_table_is_there_as_printed(labelled, venue, pytorch, tensorflow):
    found = rows(
        labelled,
        "select framework, year, value from published_figures where source = 'Horace He, The Gradient, Oct 2019' "
        f"and metric = 'unique_mention_papers' and venue = '{venue}' order by framework, year",
    )
    values = (*pytorch, *tensorflow)
    assert [value for _, _, value in found] == list(values)
    assert [year for _, year, _ in found] == [2018, 2019] * 2


def test_what_is_no_number_is_kept_as_text_alone(labelled):
    found = rows(
        labelled,
        "select count(*) filter (where year is null), count(*) filter (where value is null), count(*), "
        "bool_and(year_printed <> '' and value_printed <> '') from published_figures",
    )
    assert found == [(57, 18, 1247, True)]
    assert rows(labelled, "select distinct year from published_figures where year_printed = '2018-2019'") == [(None,)]


@pytest.mark.parametrize(
    ("papers", "status", "outcome", "measured", "explanation"),
    [
        (["pytorch"] * 82 + [""] * 897, "read", "complete", 82, "agrees"),
        (["pytorch"] * 80, "read", "complete", 80, "other papers: they read 979, we 80"),
        (["pytorch"] * 80, "read", "incomplete", 80, "2018 incomplete: the site answered 503; other papers"),
        (["pytorch"] * 80, "missing", "complete", None, "2018 papers missing: none could be read"),
        (None, None, None, None, "not collected"),
    ],
)
def test_ours_stands_beside_what_was_published(lake, ask, papers, status, outcome, measured, explanation):
    if papers is not None:
        flags = ["pytorch" if name else "" for name in papers]
        add_edition(lake, "CVPR", 2018, papers, source="cvf", status=status, outcome=outcome, flags=flags)
    [(value, difference, said)] = ask(
        f"select measured_value, difference, explanation {published_survey('CVPR', 2018, 82)}"
    )
    assert value == measured
    assert difference == (None if measured is None else measured - 82)
    assert said.startswith(explanation)


def test_why_a_year_was_not_collected_is_said(lake, ask):
    lake.add_run(Edition("cvf", "CVPR", Period(2018)), run("failed", None))
    [(said,)] = ask(f"select explanation {published_survey('CVPR', 2018, 82)}")
    assert said == "2018 not collected: the site answered 503"


def test_a_shortcoming_is_said_once_however_many_sources_were_tried(lake, ask):
    for source in ("cvf", "openreview"):
        for year in (2018, 2019):
            lake.add_run(Edition(source, "CVPR", Period(year)), run("failed", None))
    told = "not collected: the site answered 503"
    assert ask(
        "select distinct explanation from published_vs_measured where venue = 'CVPR' and year_printed = '2018-2019' "
        "and metric = 'growth_pct'"
    ) == [(f"2018 {told}; 2019 {told}",)]


def test_what_another_source_failed_at_explains_nothing(lake, ask):
    add_edition(lake, "CVPR", 2018, ["pytorch"] * 80, source="cvf", flags=["pytorch"] * 80)
    lake.add_run(Edition("cvf", "CVPR", Period(2018)), run("complete", 80) | {"outcome": "incomplete"})
    lake.add_run(Edition("openreview", "CVPR", Period(2018)), run("failed", None))
    [(said,)] = ask(f"select explanation {published_survey('CVPR', 2018, 82)}")
    assert said.startswith("2018 incomplete: the last visit was cut short; other papers")


def test_shares_and_growth_are_held_against_the_same_rule(lake, ask):
    for year, (pytorch, tensorflow) in {2018: (2, 6), 2019: (6, 2)}.items():
        flags = ["pytorch"] * pytorch + ["tensorflow"] * tensorflow
        add_edition(lake, "CVPR", year, flags, source="cvf", flags=flags)
    found = ask(
        "select metric, year_printed, measured_value from published_vs_measured where venue = 'CVPR' "
        "and source = 'Horace He, The Gradient, Oct 2019' and framework = 'pytorch' and metric not like 'unique%' "
        "order by metric, year_printed"
    )
    assert ("growth_pct", "2018-2019", 200.0) in found
    assert ("share_of_pt_plus_tf_pct", "2019", 75.0) in found


def test_mentions_link_to_paper_and_page(lake, ask):
    edition = add_edition(lake, "MLHC", 2019, ["pytorch", "jax", "keras"])
    ids = [f"pmlr:MLHC2019/{number}" for number in range(3)]
    rows = [document(edition, id_) for id_ in ids]
    rows[0]["pdf_url"] = "https://example.org/a.pdf"
    rows[1]["pdf_url"] = "https://example.org/b.pdf"
    lake.write_rows("documents", edition, rows)
    found = [mention(id_, name) for id_, name in zip(ids, ("pytorch", "-jax", "keras"), strict=True)]
    found[1]["evidence_page"] = None  # from the listing's title: no page
    lake.write_rows("mentions", edition, found)
    page = "https://proceedings.mlr.press/x.html"
    assert ask("select framework, evidence_url, is_counted from mentions order by document_id") == [
        ("pytorch", "https://example.org/a.pdf#page=1", True),
        ("jax", page, False),
        ("keras", page, True),
    ]


def links(*rows: tuple[str, str, str, str, bool]) -> list[dict[str, object]]:
    """Lay links out as the dump does: title, arXiv id, address of the PDF, framework, official."""
    return [
        {
            "paper_url": f"https://paperswithcode.com/paper/invented-{number}",
            "paper_title": title,
            "paper_arxiv_id": arxiv_id or None,
            "paper_url_abs": f"https://arxiv.org/abs/{arxiv_id}" if arxiv_id else None,
            "paper_url_pdf": pdf or None,
            "repo_url": f"https://github.com/invented/{number}",
            "is_official": official,
            "mentioned_in_paper": official,
            "mentioned_in_github": False,
            "framework": framework,
        }
        for number, (title, arxiv_id, pdf, framework, official) in enumerate(rows)
    ]


@pytest.mark.parametrize("suffix", ["json", "json.gz"])
def test_a_dump_of_code_links_becomes_a_series_beside_our_own(lake, ask, tmp_path, suffix):
    edition = Edition("pmlr", "MLHC", Period(2019))
    ids = [f"pmlr:MLHC2019/{number}" for number in range(5)]
    rows = [document(edition, id_) | {"title": f"Paper {number}"} for number, id_ in enumerate(ids)]
    rows[1]["attributes"] = [("arxiv", "https://arxiv.org/abs/1907.00001")]
    rows[2]["pdf_url"] = "http://proceedings.mlr.press/v1/two.pdf"
    lake.write_rows("documents", edition, rows)
    lake.write_rows("texts", edition, [text(id_) for id_ in ids])
    lake.write_rows("mentions", edition, [mention(ids[0], "pytorch")])
    dump = links(
        ("PAPER: 0!", "", "", "pytorch", True),
        ("Paper 0", "", "", "pytorch", False),  # a second repository of the same paper
        ("Paper 0", "", "", "tf", False),
        ("another title", "1907.00001v2", "", "pytorch", False),
        ("a third", "", "https://proceedings.mlr.press/v1/two.pdf", "none", True),
        ("Nobody's", "1901.00009", "", "jax", True),
    )
    path = tmp_path / f"links.{suffix}"
    data = json.dumps(dump).encode()
    path.write_bytes(gzip.compress(data) if suffix.endswith("gz") else data)
    assert ask(
        "select series, venue, year, framework, paper_count, linked_count, round(share, 3), named_count, licence "
        "from imported_series order by series, framework",
        papers_with_code=path,
    ) == [
        ("papers_with_code", "MLHC", 2019, "pytorch", 2, 3, 0.667, 1, "CC-BY-SA-4.0"),
        ("papers_with_code", "MLHC", 2019, "tensorflow", 1, 3, 0.333, 0, "CC-BY-SA-4.0"),
        ("papers_with_code_official", "MLHC", 2019, "pytorch", 1, 2, 0.5, 1, "CC-BY-SA-4.0"),
    ]


@pytest.mark.parametrize("content", [None, b"[{", b"not json"])
def test_a_dump_that_cannot_be_read_is_an_error_that_names_the_setting(lake, ask, tmp_path, content):
    path = tmp_path / "links.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(warehouse.WarehouseError, match="MENTIONS_PAPERS_WITH_CODE"):
        ask("select 1", papers_with_code=path)


def test_without_a_dump_there_is_no_series(lake, ask):
    add_edition(lake, "MLHC", 2019, ["pytorch"])
    assert ask("select count(*) from imported_series") == [(0,)]


def test_the_surveys_own_labels_give_the_surveys_own_counts(lake, ask):
    """Labels as the survey kept them, a row a paper, invented: its counting in Python against ours in SQL."""
    papers = [
        {"pytorch"},
        {"pytorch", "tensorflow"},
        {"pytorch", "google brain"},
        {"tensorflow", "keras"},
        {"keras"},
        {"tensorflow", "fb.com"},
        {"pytorch", "keras"},
        set(),
    ]
    vendors = {"google.com", "google brain", "fb.com", "facebook ai research"}
    kept = [labels for labels in papers if not labels & vendors]
    only_pytorch = sum("pytorch" in labels and "tensorflow" not in labels for labels in kept)
    only_tensorflow = sum("tensorflow" in labels and "pytorch" not in labels for labels in kept)
    edition = add_edition(lake, "CVPR", 2018, ["" for _ in papers], source="cvf")
    rows = [scan(f"cvf:CVPR2018/{number}", ",".join(sorted(labels))) for number, labels in enumerate(papers)]
    lake.write_rows("scans", edition, rows)
    found = ask(f"select a_only_count, b_only_count from sensitivity where rule = 'survey_2019' and {PAIR}")
    assert found == [(only_pytorch, only_tensorflow)] == [(2, 1)]


def test_every_published_figure_of_the_shared_folder_is_carried_over(shared):
    ours = ROOT / "sql" / "seeds" / "published_figures.csv"
    assert ours.read_bytes() == (shared / "figures" / "published_figures.csv").read_bytes()
