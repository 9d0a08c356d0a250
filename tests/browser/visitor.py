"""A running demo and a visitor who clicks through it; for the tests of the page, and for README's pictures."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import ElementNotInteractableException, StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.company import ROOT

ADMIN, FRIEND = 1001, 1002
WAY = ("device:", "app:", "new", "menu")  # the verbs on a friend's way to a config, the last step first

CHROMIUM = shutil.which("chromium")
OPTIONS = (
    "headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking"
    " disable-component-update disable-sync window-size=1280,900"
)


def open_browser(language: str = "en") -> webdriver.Chrome:
    """Start Debian's chromium without a window."""
    os.environ["SE_OFFLINE"] = "true"
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for word in OPTIONS.split():
        options.add_argument(f"--{word}")
    options.add_experimental_option("prefs", {"intl.accept_languages": language})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


class Demo:
    """The demo as a process, with its files in `folder`."""

    def __init__(self, folder: Path, language: str = "C", *options: str) -> None:
        environment = {**os.environ, "TMPDIR": str(folder), "LANG": "", "LC_ALL": f"{language}.UTF-8"}
        words = [sys.executable, str(ROOT / "andreyvpn_bot.py"), "demo", "--port", "0", *options]
        self.folder = folder
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
        self.url = self._read_address()

    def _read_address(self) -> str:
        assert self.process.stdout
        for line in self.process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                return found[0]
        raise AssertionError((self.folder / "log").read_text())

    def end(self, number: int = signal.SIGTERM) -> int:
        """End the demo; return its exit code."""
        self.process.send_signal(number)
        code = self.process.wait(timeout=30)
        if self.process.stdout:
            self.process.stdout.close()
        return code

    def captcha(self) -> str | None:
        """Return the digits on the friend's picture; None if there is no picture yet."""
        for database in self.folder.glob("andreyvpn-demo-*/bot_data.db"):
            with (
                suppress(sqlite3.OperationalError),
                closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db,
            ):
                row = db.execute("SELECT captcha_answer FROM users WHERE id = ?", (FRIEND,)).fetchone()
                return str(row[0]) if row and row[0] else None
        return None


class Visitor:
    """A person who uses the page."""

    def __init__(self, browser: webdriver.Chrome, demo: Demo) -> None:
        self.browser, self.demo = browser, demo
        browser.get(demo.url)
        self.wait(lambda: browser.execute_script("return document.body.dataset.ready"), "the page")

    def wait(self, check: Callable[[], Any], what: str, timeout: float = 20) -> Any:
        end = time.monotonic() + timeout
        while True:
            try:
                if found := check():
                    return found
            except (StaleElementReferenceException, ElementNotInteractableException):
                pass  # the page was redrawn meanwhile
            assert time.monotonic() < end, f"{what} did not appear; friend: {self.texts()}; admin: {self.texts(ADMIN)}"
            time.sleep(0.05)

    def find(self, css: str) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, css)

    def texts(self, user: int = FRIEND) -> list[str]:
        script = "return [...document.querySelectorAll(arguments[0])].map((text) => text.textContent)"
        found: list[str] = self.browser.execute_script(script, f'[data-user="{user}"] .text')
        return found

    def sees(self, text: str, user: int = FRIEND, timeout: float = 20) -> None:
        self.wait(lambda: any(text in shown for shown in self.texts(user)), repr(text), timeout)

    def keys(self, user: int, verb: str, part: str = "") -> list[WebElement]:
        """Return the newest message's buttons whose callback begins with a verb and contains a part."""
        script = """const found = [...document.querySelectorAll(arguments[0])];
            return found.filter((key) => key.closest(".message") === found.at(-1).closest(".message"))"""
        contains = f'[data-data*="{part}"]' if part else ""
        found: list[WebElement] = self.browser.execute_script(
            script, f'[data-user="{user}"] [data-data^="{verb}"]{contains}'
        )
        return found

    def tap(self, user: int, verb: str, part: str = "") -> None:
        """Tap the first button with a verb, of the newest message that has any."""
        self.wait(lambda: self.click(self.keys(user, verb, part)[:1]), f"the button {verb}{part}")

    def click(self, found: list[WebElement]) -> bool:
        for element in found:
            self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
            element.click()
        return bool(found)

    def start(self, user: int = FRIEND) -> None:
        """Press START."""
        css = f'[data-user="{user}"] .big-button'
        self.wait(lambda: self.click(self.browser.find_elements(By.CSS_SELECTOR, css)), "the button START")

    def type(self, text: str, user: int = FRIEND) -> None:
        css = f'[data-user="{user}"] textarea'
        self.wait(lambda: self.browser.find_elements(By.CSS_SELECTOR, css), "the input field")
        self.wait(lambda: self.find(css).send_keys(text + Keys.ENTER) is None, "the text in the input field")

    def panel(self) -> dict[str, Any]:
        """Read what the control panel shows."""
        script = """
            const texts = (css) => [...document.querySelectorAll(css)].map((found) => found.textContent);
            return { verdict: document.querySelector("[data-verdict]").dataset.verdict,
              explanation: texts(".explanation")[0], listens: texts("#interface .none code")[0],
              bot: texts('[data-state="bot"]')[0],
              server: texts('[data-state="server"]')[0], database: texts("#database li"), peers: texts("#interface li"),
              ...Object.fromEntries(["waiting", "month", "total"].map((name) =>
                [name, texts(`[data-fact="${name}"]`)[0]])) }"""
        found: dict[str, Any] = self.browser.execute_script(script)
        return found

    def shows(self, check: Callable[[dict[str, Any]], Any], what: str, timeout: float = 20) -> None:
        self.wait(lambda: check(self.panel()), f"{what} in the panel", timeout)

    def perform(self, action: str, wait: bool = True) -> None:
        css = f'[data-action="{action}"][aria-disabled="false"]'
        self.wait(lambda: self.browser.find_elements(By.CSS_SELECTOR, css), f"the button {action}")
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", self.find(css))
        before = self.panel()["explanation"]
        self.find(css).click()
        self.wait(lambda: self.panel()["explanation"] != before, f"the explanation of {action}")
        if wait:
            self.wait(lambda: not self.browser.find_elements(By.CSS_SELECTOR, "#actions.busy"), f"the end of {action}")

    def get_config(self) -> None:
        """Play the main story on both phones: the friend is approved, asks for a config and gets it."""
        for user in (ADMIN, FRIEND):
            self.start(user)
        self.type(self.wait(self.demo.captcha, "the picture"))
        self.tap(ADMIN, f"decide:{FRIEND}:", ":approved")
        steps = list(WAY)

        def has_asked() -> bool:
            for step in steps if not self.keys(ADMIN, "judge:") else ():
                if self.click(self.keys(FRIEND, step)[:1]):
                    del steps[steps.index(step) :]
                    break
            return bool(self.keys(ADMIN, "judge:"))

        self.wait(has_asked, "the request")
        self.tap(ADMIN, "judge:", ":approved")
        self.wait(lambda: self.browser.find_elements(By.CSS_SELECTOR, f'[data-user="{FRIEND}"] .file'), "the file")

    def is_idle(self) -> None:
        """Wait until the bot has answered one more message, and so everything before it."""
        before = len(self.texts(ADMIN))
        self.type("/help", ADMIN)
        self.wait(lambda: len(self.texts(ADMIN)) >= before + 2, "the answer to the admin", timeout=45)
        self.shows(lambda panel: panel["waiting"] == "0", "an empty outbox", timeout=45)

    def emulate(self, command: str, **params: Any) -> None:
        self.browser.execute_cdp_cmd(f"Emulation.{command}", params)


@contextmanager
def visited(browser: webdriver.Chrome, demo: Demo) -> Iterator[Visitor]:
    """Open the page of a demo, check that it causes no errors, and reset the browser afterwards."""
    browser.get_log("browser")
    try:
        yield Visitor(browser, demo)
        errors = [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
        assert errors == []
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
        browser.execute_script("localStorage.clear()")
        browser.get("about:blank")
