"""Debian's chromium without a window, and a check of the page's accessibility."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import resources
from typing import Any

import pytest
from selenium import webdriver

from tests.browser.visitor import open_browser
from tests.needs import need_tools

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
    browser = open_browser()
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
