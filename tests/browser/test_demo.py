"""The demo as a visitor sees it: the real bot behind two phones, and a control panel. All is done by clicking."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.visitor import ADMIN, FRIEND, Demo, Visitor, visited

# In one process: the visitors of a file share a demo, and leave it as the next one finds it.
pytestmark = [pytest.mark.browser, pytest.mark.slow(100), pytest.mark.xdist_group("demo")]

MB = 1 << 20


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, browser: webdriver.Chrome) -> Iterator[Demo]:
    """A running demo in which the friend has a config."""
    demo = Demo(tmp_path_factory.mktemp("demo"))
    try:
        with visited(browser, demo) as visitor:
            visitor.get_config()
            visitor.shows(lambda panel: "live" in str(panel["database"]), "the config")
        yield demo
    finally:
        demo.end()


@pytest.fixture
def visitor(browser: webdriver.Chrome, demo: Demo) -> Iterator[Visitor]:
    with visited(browser, demo) as visitor:
        yield visitor


def sent(traffic: str) -> float:
    """Return the number of bytes sent to a friend, from a text like `↓ 1.5 MB  ↑ 2 KB`."""
    number, unit = re.findall(r"↓ ([\d.,]+) (\w+)", traffic)[0]
    return float(number.replace(",", "")) * 1024 ** ["B", "KB", "MB", "GB"].index(unit)


def test_it_works(browser: webdriver.Chrome, tmp_path: Path) -> None:
    demo = Demo(tmp_path)
    try:
        with visited(browser, demo) as visitor:
            visitor.get_config()
            visitor.shows(lambda panel: "iPhone" in str(panel["peers"]), "the peer")
            visitor.shows(lambda panel: "iPhone · Annaissued" in str(panel["database"]), "the issued request")
            assert "10.8.0.2" in visitor.panel()["peers"][0]
            visitor.shows(lambda panel: (panel["verdict"], panel["waiting"]) == ("same", "0"), "an idle bot")
            page = browser.page_source
            assert not re.search(r"[A-Za-z0-9+/]{43}=", page), "the page shows no key"
    finally:
        assert demo.end() == 0


@contextmanager
def speaking(browser: webdriver.Chrome, languages: str) -> Iterator[None]:
    """Set the browser's preferred languages."""
    agent = browser.execute_script("return navigator.userAgent")
    browser.execute_cdp_cmd("Emulation.setUserAgentOverride", {"userAgent": agent, "acceptLanguage": languages})
    try:
        yield
    finally:
        browser.execute_cdp_cmd("Emulation.setUserAgentOverride", {"userAgent": agent, "acceptLanguage": "en"})


def test_a_russian_visitor_meets_russian_phones_whatever_the_server_speaks(
    browser: webdriver.Chrome, tmp_path: Path
) -> None:
    demo = Demo(tmp_path)
    try:
        with speaking(browser, "ru-RU,ru,en"), visited(browser, demo) as visitor:
            assert visitor.find("html").get_attribute("lang") == "ru"
            assert [title.text for title in browser.find_elements(By.CSS_SELECTOR, ".column > h2")] == [
                "Анна · друг", "Андрей · админ"
            ]  # fmt: skip
            assert visitor.find(f'[data-user="{FRIEND}"] .big-button').text == "ЗАПУСТИТЬ"
            visitor.start()
            visitor.wait(lambda: re.search("[а-яё]", "".join(visitor.texts())), "the bot's Russian")
            visitor.find("#language").click()
            visitor.wait(lambda: "Andrey · admin" in visitor.find(f'[data-user="{ADMIN}"] h2').text, "the admin's name")
            assert "Анна" in visitor.find(f'[data-user="{FRIEND}"] h2').text, "who has written keeps their name"
    finally:
        demo.end()


def test_everything_is_in_russian_too(browser: webdriver.Chrome, tmp_path: Path) -> None:
    demo = Demo(tmp_path, "ru_RU")
    try:
        with visited(browser, demo) as visitor:
            visitor.find("#language").click()
            visitor.get_config()
            visitor.shows(lambda panel: "выдан" in str(panel["database"]), "the issued request")
            twice = ("bot", "bot", "interface", "interface")
            for action in (*twice, "slow", "normal", "online", "offline", "limit", "foreign", "old_1", "old_1", "port"):
                visitor.perform(action)
            visitor.find("#start-tour").click()
            visitor.find("#add-friend").click()
            script = """
                const all = (css, read) => [...document.querySelectorAll(css)].map(read);
                return [...all(".bar, #tour, #panel, .column > h2, .tabs", (part) => part.textContent),
                  ...all("[title]", (part) => part.title),
                  ...all("[aria-label]", (part) => part.getAttribute("aria-label"))].join(" ")"""
            page = re.sub(r"awg0?|/stats", "", browser.execute_script(script))
            names = {"AndreyVPN", "Telegram", "English", "DNS", "VPN", "iPhone"}
            assert set(re.findall(r"[A-Za-z]{3,}", page)) <= names
    finally:
        demo.end()


def test_a_killed_bot_loses_nothing_and_repeats_nothing(visitor: Visitor) -> None:
    visitor.perform("bot")
    visitor.shows(lambda panel: panel["bot"] == "dead", "the end of the bot")
    assert visitor.panel()["verdict"] == "same", "the VPN works without the bot"
    before = len(visitor.texts())
    visitor.type("/configs")
    visitor.wait(lambda: len(visitor.texts()) == before + 1, "the message")
    assert "✓✓" not in visitor.browser.find_elements(By.CSS_SELECTOR, f'[data-user="{FRIEND}"] .mine .stamp')[-1].text
    visitor.perform("bot")
    visitor.shows(lambda panel: panel["bot"] == "running", "the bot's return")
    visitor.wait(lambda: len(visitor.texts()) == before + 2, "the answer")
    visitor.is_idle()
    assert len(visitor.texts()) == before + 2


def test_an_interface_that_goes_down_comes_back_with_the_same_peers(visitor: Visitor) -> None:
    visitor.shows(lambda panel: panel["verdict"] == "same", "the same peers")
    before, log = visitor.texts(ADMIN), visitor.demo.folder / "log"
    visitor.perform("interface")
    visitor.shows(lambda panel: (panel["verdict"], panel["peers"]) == ("gone", []), "the end of the interface")
    assert "on its way" in str(visitor.panel()["database"])
    visitor.wait(lambda: visitor.texts(ADMIN) != before, "the alert")
    before = visitor.texts(ADMIN)
    visitor.perform("interface")
    visitor.shows(lambda panel: panel["verdict"] == "same" and "10.8.0.2" in str(panel["peers"]), "the peer")
    visitor.wait(lambda: visitor.texts(ADMIN) != before, "the end of the alert")
    complaints = [line.partition(" ERROR ")[2] for line in log.read_text().splitlines() if " ERROR " in line]
    assert complaints
    assert len(complaints) == len(set(complaints)), "one line for a reason, not one for each round"


def test_after_a_reboot_the_peers_are_back_before_the_bot(visitor: Visitor) -> None:
    visitor.perform("reboot", wait=False)
    visitor.shows(lambda panel: (panel["server"], panel["verdict"]) == ("off", "gone"), "the server being off")
    visitor.shows(lambda panel: (panel["bot"], len(panel["peers"])) == ("dead", 1), "the peers without the bot")
    visitor.shows(lambda panel: (panel["bot"], panel["server"]) == ("running", "up"), "the bot")


def test_a_friend_downloads_and_the_database_counts_it(visitor: Visitor) -> None:
    before = sent(visitor.panel()["total"])
    visitor.perform("online")
    visitor.shows(lambda panel: sent(panel["total"]) > before + 130 * MB, "the download")
    visitor.perform("offline")
    visitor.wait(lambda: is_silent(visitor), "silence")


def is_silent(visitor: Visitor) -> bool:
    """Return True if only the ages of the handshakes change."""
    before = visitor.panel()["peers"]
    visitor.shows(lambda panel: panel["peers"] != before, "the next second")
    return [sent(peer) for peer in before] == [sent(peer) for peer in visitor.panel()["peers"]]


@pytest.mark.parametrize("mode", ["limited", "away"])
def test_messages_wait_for_telegram_and_arrive_once(visitor: Visitor, mode: str) -> None:
    visitor.perform(mode)
    before = len(visitor.texts())
    visitor.type("/help")
    if mode == "limited":
        visitor.shows(lambda panel: int(panel["waiting"]) > 0, "the waiting message")
    visitor.wait(lambda: len(visitor.texts()) == before + 1, "the question")
    visitor.perform("normal")
    visitor.wait(lambda: len(visitor.texts()) == before + 2, "the answer", timeout=45)
    visitor.is_idle()
    assert len(visitor.texts()) == before + 2


def test_a_slow_telegram_delays_messages_but_loses_none(visitor: Visitor) -> None:
    visitor.perform("slow")
    before, started = len(visitor.texts()), time.monotonic()
    visitor.type("/help")
    visitor.wait(lambda: len(visitor.texts()) == before + 2, "the late answer", timeout=40)
    assert time.monotonic() - started > 2.5
    visitor.perform("normal")


def test_a_new_month_begins_at_zero_and_keeps_the_total(visitor: Visitor) -> None:
    visitor.perform("online")
    visitor.shows(lambda panel: sent(panel["month"]) > 100 * MB, "this month's traffic")
    visitor.perform("offline")
    visitor.perform("month")
    visitor.shows(lambda panel: sent(panel["month"]) < 50 * MB, "the new month", timeout=40)
    assert sent(visitor.panel()["total"]) > 100 * MB
    assert visitor.panel()["verdict"] == "same"
    visitor.sees("Phone", ADMIN)
    visitor.wait(lambda: re.search(r"\b1 \w+,|\w+ 1,", visitor.find('[data-state="clock"]').text), "the 1st")
    visitor.type("/help")
    visitor.sees("/help")


def test_the_tour_has_six_steps_and_can_be_closed_and_restarted(browser: webdriver.Chrome, tmp_path: Path) -> None:
    demo = Demo(tmp_path)
    try:
        with visited(browser, demo) as visitor:
            tour = visitor.find("#tour")
            assert tour.is_displayed()
            assert "Step 1 of 6" in tour.text
            visitor.get_config()
            visitor.wait(lambda: "Step 5 of 6" in tour.text, "the fifth step")
            assert "no handshake yet" in visitor.panel()["peers"][0], "the friend's device is off"
            visitor.perform("online")
            visitor.wait(lambda: "Step 6 of 6" in tour.text, "the sixth step")
            visitor.perform("bot")
            visitor.perform("bot")
            visitor.wait(lambda: "done" in tour.text, "the end of the tour")
            browser.execute_script("arguments[0].click()", visitor.find("#tour .next"))
            assert not tour.is_displayed()
            browser.refresh()
            visitor.wait(lambda: browser.execute_script("return document.body.dataset.ready"), "the page")
            assert not visitor.find("#tour").is_displayed()
            visitor.find("#start-tour").click()
            assert "Step 1 of 6" in visitor.find("#tour").text
            visitor.find("#tour .icon-button").click()
            assert not visitor.find("#tour").is_displayed()
    finally:
        demo.end()


def out_of_view(visitor: Visitor) -> list[str]:
    """Return the important elements of the page that are out of view."""
    parts = ".action, .explanation, [data-verdict], .panel h3, #database dd, .input-row, #tour button"
    script = """return [...document.querySelectorAll(arguments[0])].filter((part) => {
        const box = part.getBoundingClientRect();
        return box.bottom > innerHeight || box.top < 0 || box.right > innerWidth }).map((part) => part.outerHTML)"""
    found: list[str] = visitor.browser.execute_script(script, parts)
    return found


def test_at_1366_by_768_all_that_matters_is_in_view(visitor: Visitor) -> None:
    visitor.emulate("setDeviceMetricsOverride", width=1366, height=768, deviceScaleFactor=1, mobile=False)
    visitor.find("#start-tour").click()
    for language in ("en", "ru"):
        phones = visitor.browser.find_elements(By.CSS_SELECTOR, ".phone")
        assert [phone.size["height"] > 580 for phone in phones[:2]] == [True, True]
        assert out_of_view(visitor) == [], language
        visitor.find("#language").click()


@pytest.mark.parametrize("width", [1200, 1270, 1280, 1440])
def test_both_phones_fit_beside_the_panel(visitor: Visitor, width: int) -> None:
    visitor.emulate("setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
    phones = "const it = document.querySelector('#phones'); return it.scrollWidth - it.clientWidth"
    assert visitor.browser.execute_script(phones) == 0


def test_a_collapsed_panel_stays_collapsed(visitor: Visitor) -> None:
    visitor.find("#panel-toggle").click()
    assert not visitor.find("#panel-columns").is_displayed()
    visitor.browser.refresh()
    visitor.wait(lambda: visitor.find("#panel-toggle").is_displayed(), "the panel")
    assert visitor.find("#panel-toggle").get_attribute("aria-expanded") == "false"


def test_a_button_keeps_the_focus_and_works_with_the_keyboard(visitor: Visitor) -> None:
    button = visitor.find('[data-action="bot"]')
    button.send_keys(Keys.ENTER)
    visitor.shows(lambda panel: panel["bot"] == "dead", "the end of the bot")
    assert visitor.browser.switch_to.active_element == button
    visitor.wait(lambda: button.get_attribute("aria-disabled") == "false", "the end of the action")
    button.send_keys(Keys.SPACE)
    visitor.shows(lambda panel: panel["bot"] == "running", "the bot's return")


def test_on_a_narrow_screen_the_panel_has_a_tab(visitor: Visitor) -> None:
    visitor.emulate("setDeviceMetricsOverride", width=360, height=720, deviceScaleFactor=1, mobile=True)
    visitor.wait(lambda: not visitor.find("#panel").is_displayed(), "the narrow page")
    visitor.find("#tabs button:last-child").click()
    assert visitor.find("#panel").is_displayed()
    assert not visitor.find("#phones").is_displayed()
    assert visitor.browser.execute_script("return document.documentElement.scrollWidth") == 360
    visitor.perform("slow")
    visitor.perform("normal")
    visitor.find("#tabs button").click()
    assert visitor.find("#phones").is_displayed()


def test_a_port_that_changes_is_told_to_the_admin_with_a_way_to_send_everybody_new_files(visitor: Visitor) -> None:
    visitor.perform("online")
    visitor.perform("port")
    visitor.shows(lambda panel: panel["listens"] == "awg0:51821", "the new port")
    visitor.wait(lambda: is_silent(visitor), "devices that are off")
    before = sent(visitor.panel()["total"])
    visitor.perform("online")
    assert is_silent(visitor), "a file with the old port gets no handshake"
    limit = visitor.find('[data-action="limit"]')
    assert limit.get_attribute("aria-disabled") == "true", "nor can it use up a limit"
    visitor.tap(ADMIN, "outdated")
    visitor.tap(ADMIN, "confirm_rollout")
    visitor.tap(ADMIN, "rollout:")
    visitor.wait(lambda: limit.get_attribute("aria-disabled") == "false", "the new file")
    visitor.perform("offline")
    visitor.perform("online")
    visitor.shows(lambda panel: sent(panel["total"]) > before + 130 * MB, "the download with the new file")


def test_a_peer_added_by_hand_stays_and_is_shown_to_the_admin(visitor: Visitor) -> None:
    visitor.perform("foreign")
    visitor.shows(lambda panel: "10.8.0.200 Anna laptop · added by hand" in str(panel["peers"]), "the peer")
    visitor.wait(lambda: visitor.keys(ADMIN, "foreign"), "the news")
    assert visitor.panel()["verdict"] == "same", "what the bot does not know it does not touch"


def switch_off(visitor: Visitor, number: int, name: str) -> None:
    """Switch a device that was added by hand off; add it first if necessary."""
    switch = visitor.find(f'[data-action="old_{number}"]')
    if not switch.is_displayed():
        visitor.perform("foreign")
    visitor.wait(lambda: switch.get_attribute("aria-pressed") == "true", "the device that is on")
    assert switch.text == name
    visitor.perform(f"old_{number}")
    visitor.wait(lambda: switch.get_attribute("aria-pressed") == "false", "the device that is off")
    assert "This device is off" in visitor.panel()["explanation"]


def test_devices_from_before_the_bot_have_switches_on_every_screen(visitor: Visitor) -> None:
    for number, name in enumerate(("Anna laptop", "Boris phone", "Vera tablet"), 1):
        switch_off(visitor, number, name)
    visitor.emulate("setDeviceMetricsOverride", width=1366, height=768, deviceScaleFactor=1, mobile=False)
    for language in ("en", "ru"):
        assert out_of_view(visitor) == [], language
        visitor.find("#language").click()
    visitor.emulate("setDeviceMetricsOverride", width=360, height=720, deviceScaleFactor=1, mobile=True)
    visitor.find("#tabs button:last-child").click()
    assert visitor.browser.execute_script("return document.documentElement.scrollWidth") == 360
    visitor.perform("old_2")
    assert "This device is on again" in visitor.panel()["explanation"]


def test_a_friend_whose_limit_is_used_up_is_told_and_their_config_rests(
    browser: webdriver.Chrome, tmp_path: Path
) -> None:
    demo = Demo(tmp_path)
    try:
        with visited(browser, demo) as visitor:
            visitor.get_config()
            visitor.perform("limit")
            visitor.sees("is used up: the VPN is off")
            visitor.sees("Telegram keeps working meanwhile")
            visitor.shows(lambda panel: "only Telegram" in str(panel["database"]), "the config's rest")
            visitor.shows(lambda panel: panel["verdict"] == "same", "what the database says")
    finally:
        demo.end()


def test_an_invitation_tapped_on_a_phone_is_followed_on_a_new_one(visitor: Visitor) -> None:
    columns = visitor.browser.find_elements(By.CSS_SELECTOR, ".column")
    visitor.tap(ADMIN, "invitations")
    visitor.tap(ADMIN, "invite")
    visitor.tap(ADMIN, "invite_for")
    visitor.wait(lambda: not visitor.keys(ADMIN, "invite_for"), "the question for whom it is")
    visitor.type("Boris", ADMIN)
    css = f'[data-user="{ADMIN}"] .text a[href*="t.me/"]'
    visitor.wait(lambda: visitor.browser.find_elements(By.CSS_SELECTOR, css), "the link")
    link = visitor.browser.find_elements(By.CSS_SELECTOR, css)[-1:]
    start = "/start " + (link[0].get_attribute("href") or "").partition("start=")[2]
    windows = visitor.browser.window_handles
    visitor.wait(lambda: visitor.click(link), "the link")
    visitor.wait(lambda: visitor.texts(3001)[:1] == [start], "the new phone")
    visitor.wait(lambda: len(visitor.texts(3001)) > 1, "the bot's welcome")
    assert len(visitor.browser.find_elements(By.CSS_SELECTOR, ".column")) == len(columns) + 1
    assert visitor.browser.window_handles == windows
    visitor.shows(lambda panel: re.search(r"Borisapproved", str(panel["database"])), "who was invited")


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("look", ["light", "dark", "narrow", "narrow panel"])
def test_the_page_is_accessible(
    visitor: Visitor, find_violations: Callable[[], list[Any]], look: str, language: str
) -> None:
    if look == "dark":
        visitor.emulate("setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    if language == "ru":
        visitor.find("#language").click()
    if look.startswith("narrow"):
        visitor.emulate("setDeviceMetricsOverride", width=360, height=720, deviceScaleFactor=1, mobile=True)
    visitor.find("#start-tour").click()
    if look == "narrow panel":
        visitor.find("#tabs button:last-child").click()
    violations = find_violations()
    assert not violations, json.dumps(violations, ensure_ascii=False, indent=1)
