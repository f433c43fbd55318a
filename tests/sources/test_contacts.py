"""What is published of an ad holds no e-mail address and no telephone number, however people write them."""

import duckdb
import pytest

from tests import ROOT

MACROS = ROOT / "sql" / "macros.sql"


@pytest.fixture(scope="module")
def without_contacts():
    with duckdb.connect() as connection:
        connection.execute(MACROS.read_text("utf-8"))
        yield lambda words: connection.execute("select without_contacts(?)", [words]).fetchone()[0]


@pytest.mark.parametrize(
    "contact",
    [
        "ann.example+jobs@sub.lumen.example", "jürgen@lumen.example", "ann＠lumen.example", "ann @lumen.example",
        "ann@ lumen.example", "ann @ lumen . example", "ann [at] lumen [dot] example", "ann(at)lumen(dot)com",
        "ann <at> lumen <dot> com", "ann[@]lumen[.]com", "ann AT lumen DOT com", "ann -at- lumen -dot- com",
        "ann _at_ lumen _dot_ com", 'ann "at" lumen "dot" com', "ann dot example at lumen dot io",
        "ann a t lumen d o t com", "a n n @ l u m e n . c o m", "ann&#64;lumen.com", "ann%40lumen.com",
        "ann at lumen.tech", "ann (a) lumen.de", "ann arroba lumen.es", "jobs@ (our domain)", "jobs@[company].com",
    ],
)  # fmt: skip
def test_addresses_go(without_contacts, contact):
    assert without_contacts(f"Write PyTorch to {contact} now") == "Write PyTorch to [contact removed] now"


@pytest.mark.parametrize(
    "contact",
    [
        "+351 912 345 678", "+351912345678", "(+351) 912 345 678", "+44 (0)20 7946 0958", "0044 20 7946 0958",
        "+49 (0) 30 / 9018 20", "030 / 901820", "030/901820", "(030) 901820", "0171 1234567", "07700900123",
        "01.23.45.67.89", "08-123 456 78", "03-1234-5678", "(555) 010-0199", "(555)010-0199", "555.010.0199",
        "555–010–0199", "555 - 010 - 0199", "5550100199", "1-800-555-0199", "1 (800) 555-0199", "98765 43210",
        "138 0013 8000", "(11) 91234-5678", "912 345 678", "912 34 56 78", "912345678", "＋351 912 345 678",
        "tel. 555 0199", "call me at 555-0199", "WhatsApp: 55 501 99", "phone: 5550100199",
    ],
)  # fmt: skip
def test_numbers_go(without_contacts, contact):
    assert without_contacts(f"Write PyTorch to {contact} now") == "Write PyTorch to [contact removed] now"


@pytest.mark.parametrize(
    "words",
    [
        "PyTorch 1.13.1, CUDA 11.8 and Python 3.10.12 (arXiv 1912.01703)",
        "$150,000 - $200,000, or 60 000 - 80 000 SEK, or EUR 60.000 - 80.000",
        "10,000,000 users, 175000000 parameters, learning rates 0.001 0.0001",
        "2019-2024, 01/02/2024, 2024-01-02, 10:30 - 11:30, 24/7, 2x 3090 4090",
        "recall@10, NDCG @ k, experience @ scale, engineer at Acme, good at tf.keras",
        "call 3 times, 100-2000 GPUs, ISO 27001, look-at-this, dot products",
    ],
)
def test_other_words_and_figures_stay(without_contacts, words):
    assert without_contacts(words) == words
