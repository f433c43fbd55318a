"""Chromium for tests, as Debian packages it, in the sizes and schemes that people read in."""

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait

from tests import machine

DESKTOP, PHONE = (1280, 900), (390, 844)

QUIET = ("no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
         "disable-component-update", "disable-sync", "disable-default-apps", "hide-scrollbars")  # fmt: skip
"""Chromium as root, and without its own calls home."""


@contextmanager
def chromium(size: tuple[int, int] = DESKTOP, dark: bool = False) -> Iterator[webdriver.Chrome]:
    """Start a browser whose console and network are logged; skips where Chromium is absent."""
    binary, driver = machine.program("chromium", "chromium"), machine.program("chromedriver", "chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = str(binary)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for flag in (*QUIET, "headless", f"user-data-dir={profile}", f"window-size={size[0]},{size[1]}"):
            options.add_argument(f"--{flag}")
        service = webdriver.ChromeService(str(driver), env=os.environ | {"PATH": machine.PATH})
        browser = webdriver.Chrome(options, service)
        browser.set_script_timeout(180)  # axe-core looks at every mark of every chart
        try:
            look_like(browser, size, dark)
            yield browser
        finally:
            browser.quit()


def look_like(browser: webdriver.Chrome, size: tuple[int, int], dark: bool = False, medium: str = "screen") -> None:
    """Give the browser another size and scheme, so that one serves for all."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == PHONE},
    )
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": medium, "features": [scheme]})


def show(browser: webdriver.Chrome, page: Path | str, choice: str = "") -> None:
    """Open a page, from disk or a web server, and wait until its charts are drawn."""
    browser.get("about:blank")  # else a change of the choice alone would not load the page
    browser.get((page.as_uri() if isinstance(page, Path) else page) + choice)
    drawn(browser)


def at_rest(browser: webdriver.Chrome, page: Path) -> None:
    """Show the page as it is before anything is chosen; loads it only where something was."""
    dialog = browser.find_elements("css selector", "#evidence[open]")
    if dialog:
        browser.execute_script("arguments[0].close()", dialog[0])
        WebDriverWait(browser, 10, 0.05).until(lambda _: "papers=" not in browser.current_url)
    if browser.current_url != page.as_uri():
        show(browser, page)


def drawn(browser: webdriver.Chrome) -> None:
    """Wait until the page has drawn every chart."""
    WebDriverWait(browser, 60, 0.05).until(
        lambda browser: browser.execute_script("return document.body.getAttribute('aria-busy')") == "false"
    )


def picture(browser: webdriver.Chrome, file: Path) -> None:
    """Save the whole page as a PNG file, for looking at."""
    height = browser.execute_script("return document.documentElement.scrollHeight")
    width = browser.execute_script("return innerWidth")
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    shot = browser.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
    file.write_bytes(base64.b64decode(shot["data"]))
