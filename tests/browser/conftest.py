"""Debian's chromium without a window, and a check of the page's accessibility."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from importlib import resources
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from tests.needs import need_tools

CHROMIUM = shutil.which("chromium")
OPTIONS = (
    "headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking"
    " disable-component-update disable-sync window-size=1280,900"
)
CHECK = """
const done = arguments[arguments.length - 1];
const animations = document.getAnimations().filter((animation) => animation.effect.getTiming().iterations !== Infinity);
const place = (node) => node.target + ": " + [...node.any, ...node.all].map((check) => check.message).join("; ");
Promise.allSettled(animations.map((animation) => animation.finished)).then(() =>
  axe.run(document, { resultTypes: ["violations"] })).then((found) => done(found.violations.map(
  (rule) => ({ rule: rule.id, impact: rule.impact, where: rule.nodes.map(place) }))));
"""


@pytest.fixture(scope="session")
def browser() -> Iterator[webdriver.Chrome]:
    need_tools("chromium", "chromedriver")
    os.environ["SE_OFFLINE"] = "true"
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for word in OPTIONS.split():
        options.add_argument(f"--{word}")
    options.add_experimental_option("prefs", {"intl.accept_languages": "en"})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    yield browser
    browser.quit()


@pytest.fixture
def find_violations(browser: webdriver.Chrome) -> Callable[[], list[Any]]:
    """A function that returns the serious and critical accessibility violations that axe-core finds on the page."""
    source = resources.files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")

    def find() -> list[Any]:
        browser.execute_script(source)
        found: list[Any] = browser.execute_async_script(CHECK)
        return [violation for violation in found if violation["impact"] in ("serious", "critical")]

    return find
