"""The survey's way of working, written by us from its description: the named alternative of `benchmarks.pipeline`.

One paper after the other: download it with requests, run pdftotext on it, and search the lower-cased text once for each
word. No delay between requests is added.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urljoin

import requests
from bs4 import BeautifulSoup

WORDS = ("pytorch", "tensorflow", "keras", "google.com", "google brain", "fb.com", "facebook ai research")


def main(mirror: str, *volumes: str) -> None:
    """Count the papers of some volumes that name each word."""
    pages = [requests.get(f"{mirror}/proceedings.mlr.press/{volume}/", timeout=60).text for volume in volumes]
    links = [str(link["href"]) for page in pages for link in BeautifulSoup(page, "lxml").select("a[href$='.pdf']")]
    counts = dict.fromkeys(WORDS, 0)
    with tempfile.TemporaryDirectory() as folder:
        pdf = Path(folder, "paper.pdf")
        for link in links:
            pdf.write_bytes(requests.get(urljoin(mirror, link.replace("https://", "/")), timeout=60).content)
            text = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, check=False).stdout
            lower = text.decode("utf-8", "replace").lower()
            for word in WORDS:
                counts[word] += word in lower
    print(len(links), counts)


if __name__ == "__main__":
    main(*sys.argv[1:])
