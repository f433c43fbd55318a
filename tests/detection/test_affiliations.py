"""Domains of authors' addresses, as papers print them."""

import pytest

from tasks.detection.affiliations import email_domains


@pytest.mark.parametrize(
    ("text", "domains"),
    [
        ("Ann Author ann@example.org", ("example.org",)),
        ("{ann, bob.b}@cs.example.edu", ("cs.example.edu",)),
        ("(ann|bob)@Example.COM and eve [at] labs.example.com", ("example.com", "labs.example.com")),
        ("{ann,\nbob} @ example.org", ("example.org",)),
        ("ann@example.org, bob@example.org", ("example.org",)),
        ("Accuracy @ top 5. See github.com/x", ()),
        ("mAP@0.5 and P@10 and recall@k", ()),
        ("ann@localhost", ()),
        ("", ()),
    ],
)
def test_domains_are_read(text, domains):
    assert email_domains(text) == domains


def test_only_the_first_page_counts():
    text = "ann@one.org\nlater eve@two.org"
    assert email_domains(text, (0, 12)) == ("one.org",)


def test_a_page_of_nothing_but_dots_and_at_signs_takes_no_time():
    assert email_domains("a@" + "a-" * 50_000 + "@" + "." * 50_000) == ()
