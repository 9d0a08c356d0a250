"""`demo` as a visitor meets it: the real bot behind two phones, and a stage with levers. Played by clicking."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import ElementNotInteractableException, StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.company import ROOT

# In one process: the visitors of a file share a demo, and leave it as the next one finds it.
pytestmark = [pytest.mark.browser, pytest.mark.slow(100), pytest.mark.xdist_group("demo")]

ADMIN, FRIEND = 1001, 1002
ENGLISH = {
    "start": "START", "approve": "Approve", "inside": "You are in", "menu": "Menu", "new": "New config",
    "app": "AmneziaWG", "device": "Phone", "asked": "Request for a config", "file": "Open this file",
}  # fmt: skip
RUSSIAN = {
    "start": "НАЧАТЬ", "approve": "Одобрить", "inside": "Вас впустили", "menu": "Меню", "new": "Новый конфиг",
    "app": "AmneziaWG", "device": "Телефон", "asked": "Запрос конфига", "file": "Откройте",
}  # fmt: skip
MB = 1 << 20


class Demo:
    """The demo as a process; what it writes stands in `folder`."""

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
        """End it; give its exit code."""
        self.process.send_signal(number)
        code = self.process.wait(timeout=30)
        if self.process.stdout:
            self.process.stdout.close()
        return code

    def captcha(self) -> str | None:
        """Read what stands on the picture before the friend, if there is one already."""
        for database in self.folder.glob("andreyvpn-demo-*/bot_data.db"):
            with (
                suppress(sqlite3.OperationalError),
                closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db,
            ):
                row = db.execute("SELECT captcha_answer FROM users WHERE id = ?", (FRIEND,)).fetchone()
                return str(row[0]) if row and row[0] else None
        return None


class Visitor:
    """Somebody before the page."""

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
                pass  # it was drawn anew between finding and doing
            assert time.monotonic() < end, f"{what} did not come; friend: {self.says()}; admin: {self.says(ADMIN)}"
            time.sleep(0.05)

    def find(self, css: str) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, css)

    def says(self, user: int = FRIEND) -> list[str]:
        script = "return [...document.querySelectorAll(arguments[0])].map((words) => words.textContent)"
        found: list[str] = self.browser.execute_script(script, f'[data-user="{user}"] .words')
        return found

    def sees(self, text: str, user: int = FRIEND, timeout: float = 20) -> None:
        self.wait(lambda: any(text in words for words in self.says(user)), repr(text), timeout)

    def press(self, text: str, user: int = FRIEND) -> None:
        """Press the newest button whose words contain the text."""

        def look() -> bool:
            keys = self.browser.find_elements(
                By.CSS_SELECTOR, f'[data-user="{user}"] .key, [data-user="{user}"] .large'
            )
            fitting = [key for key in keys if text in key.text]
            if fitting:
                self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", fitting[-1])
                fitting[-1].click()
            return bool(fitting)

        self.wait(look, f"the button {text!r}")

    def type(self, text: str, user: int = FRIEND) -> None:
        css = f'[data-user="{user}"] textarea'
        self.wait(lambda: self.browser.find_elements(By.CSS_SELECTOR, css), "a field to write in")
        self.wait(lambda: self.find(css).send_keys(text + Keys.ENTER) is None, "the writing")

    def stage(self) -> dict[str, Any]:
        """Read the stage as it is shown."""
        script = """
            const words = (css) => [...document.querySelectorAll(css)].map((found) => found.textContent);
            return { verdict: document.querySelector("[data-verdict]").dataset.verdict, look: words(".look")[0],
              bot: words('[data-state="bot"]')[0], server: words('[data-state="server"]')[0], truth: words("#truth li"),
              peers: words("#shadow li"), ...Object.fromEntries(["waiting", "month", "total"].map((name) =>
                [name, words(`[data-fact="${name}"]`)[0]])) }"""
        found: dict[str, Any] = self.browser.execute_script(script)
        return found

    def shows(self, check: Callable[[dict[str, Any]], Any], what: str, timeout: float = 20) -> None:
        self.wait(lambda: check(self.stage()), f"{what} on the stage", timeout)

    def pull(self, lever: str, to_its_end: bool = True) -> None:
        css = f'[data-lever="{lever}"][aria-disabled="false"]'
        self.wait(lambda: self.browser.find_elements(By.CSS_SELECTOR, css), f"the lever {lever}")
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", self.find(css))
        before = self.stage()["look"]
        self.find(css).click()
        self.wait(lambda: self.stage()["look"] != before, f"a word about {lever}")
        if to_its_end:
            self.wait(lambda: not self.browser.find_elements(By.CSS_SELECTOR, "#levers.busy"), f"the end of {lever}")

    def get_config(self, words: dict[str, str]) -> None:
        """Play the main story on both phones."""
        for user in (ADMIN, FRIEND):
            self.press(words["start"], user)
        self.type(self.wait(self.demo.captcha, "the picture"))
        self.press(words["approve"], ADMIN)
        self.sees(words["inside"])
        self.press(words["menu"])
        for step in ("new", "app", "device"):
            self.press(words[step])
        self.sees(words["asked"], ADMIN)
        self.press(words["approve"], ADMIN)
        self.sees(words["file"])

    def emulate(self, command: str, **params: Any) -> None:
        self.browser.execute_cdp_cmd(f"Emulation.{command}", params)


@contextmanager
def visited(browser: webdriver.Chrome, demo: Demo) -> Iterator[Visitor]:
    """Visit a demo, and leave the browser as it was; nothing must have gone wrong in the page."""
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


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, browser: webdriver.Chrome) -> Iterator[Demo]:
    """A demo in which the friend has a config."""
    demo = Demo(tmp_path_factory.mktemp("demo"))
    try:
        with visited(browser, demo) as visitor:
            visitor.get_config(ENGLISH)
            visitor.shows(lambda stage: "live" in str(stage["truth"]), "the config")
        yield demo
    finally:
        demo.end()


@pytest.fixture
def visitor(browser: webdriver.Chrome, demo: Demo) -> Iterator[Visitor]:
    with visited(browser, demo) as visitor:
        yield visitor


def sent(flow: str) -> float:
    """Read how many bytes went down, from words like `↓ 1.5 MB  ↑ 2 KB`."""
    number, unit = re.findall(r"↓ ([\d.,]+) (\w+)", flow)[0]
    return float(number.replace(",", "")) * 1024 ** ["B", "KB", "MB", "GB"].index(unit)


def test_it_works(browser: webdriver.Chrome, tmp_path: Path) -> None:
    demo = Demo(tmp_path)
    try:
        with visited(browser, demo) as visitor:
            visitor.get_config(ENGLISH)
            visitor.shows(lambda stage: "Phone" in str(stage["peers"]), "the peer")
            visitor.shows(lambda stage: "Phone · Annaissued" in stage["truth"], "the issued request")
            assert "10.8.0.2" in visitor.stage()["peers"][0]
            visitor.shows(lambda stage: (stage["verdict"], stage["waiting"]) == ("same", "0"), "peace")
            page = browser.page_source
            assert not re.search(r"[A-Za-z0-9+/]{43}=", page), "no key is ever shown"
    finally:
        assert demo.end() == 0


def test_everything_is_said_in_russian_too(browser: webdriver.Chrome, tmp_path: Path) -> None:
    demo = Demo(tmp_path, "ru_RU")
    try:
        with visited(browser, demo) as visitor:
            visitor.find("#language").click()
            visitor.get_config(RUSSIAN)
            visitor.shows(lambda stage: "выдан" in str(stage["truth"]), "the issued request")
            for lever in ("bot", "bot", "slow", "normal", "online", "offline", "interface", "interface"):
                visitor.pull(lever)
            visitor.find("#guide").click()
            script = """
                const all = (css, words) => [...document.querySelectorAll(css)].map(words);
                return [...all(".bar, #tour, #stage, .seat > h2, .tabs", (part) => part.textContent),
                  ...all("[title]", (part) => part.title),
                  ...all("[aria-label]", (part) => part.getAttribute("aria-label"))].join(" ")"""
            page = re.sub(r"awg0|/stats", "", browser.execute_script(script))
            assert set(re.findall(r"[A-Za-z]{3,}", page)) <= {"AndreyVPN", "Telegram", "English", "VPN"}
    finally:
        demo.end()


def test_a_killed_bot_loses_nothing_and_repeats_nothing(visitor: Visitor) -> None:
    visitor.pull("bot")
    visitor.shows(lambda stage: stage["bot"] == "dead", "the bot's death")
    assert visitor.stage()["verdict"] == "same", "the VPN outlives the bot"
    before = len(visitor.says())
    visitor.type("/configs")
    visitor.wait(lambda: len(visitor.says()) == before + 1, "the message")
    assert "✓✓" not in visitor.browser.find_elements(By.CSS_SELECTOR, f'[data-user="{FRIEND}"] .mine .stamp')[-1].text
    visitor.pull("bot")
    visitor.shows(lambda stage: stage["bot"] == "running", "the bot's return")
    visitor.wait(lambda: len(visitor.says()) == before + 2, "the answer")
    time.sleep(1)
    assert ["My configs" in words for words in visitor.says()[before:]] == [False, True]


def test_an_interface_that_goes_down_comes_back_with_the_same_peers(visitor: Visitor) -> None:
    visitor.shows(lambda stage: stage["verdict"] == "same", "peace")
    visitor.pull("interface")
    visitor.shows(lambda stage: (stage["verdict"], stage["peers"]) == ("gone", []), "the interface's end")
    assert "on its way" in str(visitor.stage()["truth"])
    visitor.sees("out of reach", ADMIN)
    visitor.pull("interface")
    visitor.shows(lambda stage: stage["verdict"] == "same" and "10.8.0.2" in str(stage["peers"]), "the peer")
    visitor.sees("works again", ADMIN)


def test_after_a_reboot_the_peers_are_back_before_the_bot(visitor: Visitor) -> None:
    visitor.pull("reboot", to_its_end=False)
    visitor.shows(lambda stage: (stage["server"], stage["verdict"]) == ("off", "gone"), "the dark")
    visitor.shows(lambda stage: (stage["bot"], len(stage["peers"])) == ("dead", 1), "the peers without the bot")
    visitor.shows(lambda stage: (stage["bot"], stage["server"]) == ("running", "up"), "the bot")


def test_a_friend_downloads_and_the_database_counts_it(visitor: Visitor) -> None:
    before = sent(visitor.stage()["total"])
    visitor.pull("online")
    visitor.shows(lambda stage: sent(stage["total"]) > before + 130 * MB, "the download")
    visitor.pull("offline")
    visitor.wait(lambda: is_silent(visitor), "silence")


def is_silent(visitor: Visitor) -> bool:
    before = [sent(peer) for peer in visitor.stage()["peers"]]
    time.sleep(2)
    return before == [sent(peer) for peer in visitor.stage()["peers"]]


@pytest.mark.parametrize("lever", ["limited", "away"])
def test_what_telegram_does_not_take_waits_and_arrives_once(visitor: Visitor, lever: str) -> None:
    visitor.pull(lever)
    before = len(visitor.says())
    visitor.type("/help")
    if lever == "limited":
        visitor.shows(lambda stage: int(stage["waiting"]) > 0, "the message that waits")
    time.sleep(2)
    assert len(visitor.says()) == before + 1
    visitor.pull("normal")
    visitor.wait(lambda: len(visitor.says()) == before + 2, "the answer", timeout=45)
    visitor.shows(lambda stage: stage["waiting"] == "0", "an empty outbox", timeout=45)
    time.sleep(1)
    assert len(visitor.says()) == before + 2


def test_a_slow_telegram_delays_and_loses_nothing(visitor: Visitor) -> None:
    visitor.pull("slow")
    before, begun = len(visitor.says()), time.monotonic()
    visitor.type("/help")
    visitor.wait(lambda: len(visitor.says()) == before + 2, "the late answer", timeout=40)
    assert time.monotonic() - begun > 2.5
    visitor.pull("normal")


def test_a_new_month_begins_at_zero_and_forgets_nothing(visitor: Visitor) -> None:
    visitor.pull("online")
    visitor.shows(lambda stage: sent(stage["month"]) > 100 * MB, "this month's traffic")
    visitor.pull("offline")
    visitor.pull("month")
    visitor.shows(lambda stage: sent(stage["month"]) < 50 * MB, "the new month", timeout=40)
    assert sent(visitor.stage()["total"]) > 100 * MB
    assert visitor.stage()["verdict"] == "same"
    visitor.sees("Phone", ADMIN)
    visitor.wait(lambda: re.search(r"\b1 \w+,|\w+ 1,", visitor.find('[data-state="clock"]').text), "the 1st")
    visitor.type("/help")
    visitor.sees("/help")


def test_the_tour_leads_through_six_steps_goes_away_and_comes_back(browser: webdriver.Chrome, tmp_path: Path) -> None:
    demo = Demo(tmp_path)
    try:
        with visited(browser, demo) as visitor:
            tour = visitor.find("#tour")
            assert tour.is_displayed()
            assert "Step 1 of 6" in tour.text
            visitor.get_config(ENGLISH)
            visitor.wait(lambda: "Step 5 of 6" in tour.text, "the fifth step")
            visitor.pull("online")
            visitor.wait(lambda: "Step 6 of 6" in tour.text, "the sixth step")
            visitor.pull("bot")
            visitor.pull("bot")
            visitor.wait(lambda: "done" in tour.text, "its end")
            browser.execute_script("arguments[0].click()", visitor.find("#tour .next"))
            assert not tour.is_displayed()
            browser.refresh()
            visitor.wait(lambda: browser.execute_script("return document.body.dataset.ready"), "the page")
            assert not visitor.find("#tour").is_displayed()
            visitor.find("#guide").click()
            assert "Step 1 of 6" in visitor.find("#tour").text
            visitor.find("#tour .round").click()
            assert not visitor.find("#tour").is_displayed()
    finally:
        demo.end()


def test_the_stage_folds_and_stays_folded(visitor: Visitor) -> None:
    visitor.find("#curtain").click()
    assert not visitor.find("#boards").is_displayed()
    visitor.browser.refresh()
    visitor.wait(lambda: visitor.find("#curtain").is_displayed(), "the stage")
    assert visitor.find("#curtain").get_attribute("aria-expanded") == "false"


def test_a_lever_keeps_the_focus_and_answers_the_keyboard(visitor: Visitor) -> None:
    lever = visitor.find('[data-lever="bot"]')
    lever.send_keys(Keys.ENTER)
    visitor.shows(lambda stage: stage["bot"] == "dead", "the bot's death")
    assert visitor.browser.switch_to.active_element == lever
    visitor.wait(lambda: lever.get_attribute("aria-disabled") == "false", "the end of the kill")
    lever.send_keys(Keys.SPACE)
    visitor.shows(lambda stage: stage["bot"] == "running", "the bot's return")


def test_a_narrow_screen_has_the_stage_behind_a_tab(visitor: Visitor) -> None:
    visitor.emulate("setDeviceMetricsOverride", width=360, height=720, deviceScaleFactor=1, mobile=True)
    visitor.wait(lambda: not visitor.find("#stage").is_displayed(), "the narrow page")
    visitor.find("#tabs button:last-child").click()
    assert visitor.find("#stage").is_displayed()
    assert not visitor.find("#phones").is_displayed()
    assert visitor.browser.execute_script("return document.documentElement.scrollWidth") == 360
    visitor.pull("slow")
    visitor.pull("normal")
    visitor.find("#tabs button").click()
    assert visitor.find("#phones").is_displayed()


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("look", ["light", "dark", "narrow", "narrow stage"])
def test_nobody_is_kept_out(visitor: Visitor, find_barriers: Callable[[], list[Any]], look: str, language: str) -> None:
    if look == "dark":
        visitor.emulate("setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    if language == "ru":
        visitor.find("#language").click()
    if look.startswith("narrow"):
        visitor.emulate("setDeviceMetricsOverride", width=360, height=720, deviceScaleFactor=1, mobile=True)
    visitor.find("#guide").click()
    if look == "narrow stage":
        visitor.find("#tabs button:last-child").click()
    barriers = find_barriers()
    assert not barriers, json.dumps(barriers, ensure_ascii=False, indent=1)
