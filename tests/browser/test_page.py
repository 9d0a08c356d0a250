"""The page of the local Telegram in a real browser, with a small bot behind it."""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from PIL import Image
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from lib.demo.server import TelegramServer
from tests.stand import Stand

# In one process: they share a browser, which takes longer to start than most of them.
pytestmark = [pytest.mark.browser, pytest.mark.slow(40), pytest.mark.xdist_group("page")]
EVIL = "<img src=x onerror=\"document.title='broken'\"> & co"
PEOPLE = [
    {"id": 5, "first_name": "Anna", "language_code": "en", "role": "friend"},
    {"id": 1, "first_name": EVIL, "language_code": "en", "role": "admin"},
]


class EchoBot(threading.Thread):
    """A simple bot. It waits for `awake` before each poll, so that a test can pause it."""

    def __init__(self, stand: Stand) -> None:
        super().__init__(daemon=True)
        self.stand, self.awake, self.done = stand, threading.Event(), threading.Event()
        self.awake.set()

    def run(self) -> None:
        offset = 0
        while not self.done.is_set():
            self.awake.wait()
            try:
                for update in self.stand.call("getUpdates", offset=offset, timeout=1).get("result", []):
                    offset = update["update_id"] + 1
                    self.handle(update)
            except (requests.RequestException, ValueError):
                self.done.wait(0.05)

    def handle(self, update: dict[str, Any]) -> None:
        if query := update.get("callback_query"):
            self.handle_query(query)
        elif message := update.get("message"):
            self.handle_message(message["chat"]["id"], message)

    def handle_query(self, query: dict[str, Any]) -> None:
        at = {"chat_id": query["from"]["id"], "message_id": query["message"]["message_id"]}
        alert = query["data"] == "alert"
        self.stand.call("answerCallbackQuery", callback_query_id=query["id"], text="heard you", show_alert=alert)
        if query["data"] == "edit":
            self.stand.call("editMessageText", **at, text="edited text")
        if query["data"] == "delete":
            self.stand.call("deleteMessage", **at)

    def handle_message(self, chat_id: int, message: dict[str, Any]) -> None:
        match message["text"]:
            case "/start":
                names = {"edit": "success", "alert": "danger", "delete": "primary"}
                keys = [[{"text": name, "callback_data": name, "style": style} for name, style in names.items()]]
                self.say(chat_id, "<b>Hello</b> <i>you</i>", parse_mode="HTML", reply_markup={"inline_keyboard": keys})
            case "/keys":
                self.say(chat_id, "choose", reply_markup={"keyboard": [["left", {"text": "right", "style": "danger"}]]})
            case "/ask":
                self.say(chat_id, "name?", reply_markup={"force_reply": True, "input_field_placeholder": "your name"})
            case "/files":
                self.send_files(chat_id)
            case text:
                replied = message.get("reply_to_message", {}).get("text", "nothing")
                self.say(chat_id, f"you said {text} to {replied}")

    def say(self, chat_id: int, text: str, **more: Any) -> None:
        self.stand.call("sendMessage", chat_id=chat_id, text=text, **more)

    def send_files(self, chat_id: int) -> None:
        picture = io.BytesIO()
        Image.new("RGB", (600, 300), "teal").save(picture, "PNG")
        base = f"{self.stand.url}/bot{self.stand.token}"
        for method, field, file in (
            ("sendPhoto", "photo", ("a.png", picture.getvalue())),
            ("sendDocument", "document", ("Телефон.conf", b"[Interface]")),
        ):
            requests.post(f"{base}/{method}", data={"chat_id": chat_id}, files={field: file}, timeout=10)


@pytest.fixture
def bot() -> Iterator[EchoBot]:
    with Stand(limits=False, people=PEOPLE) as stand:
        stand.call("setMyCommands", commands=[{"command": "keys", "description": "show keys"}])
        bot = EchoBot(stand)
        bot.start()
        yield bot
        bot.done.set()
        bot.awake.set()


class Page:
    """What a visitor sees and does on the page."""

    def __init__(self, browser: webdriver.Chrome, bot: EchoBot) -> None:
        self.browser, self.bot, self.stand = browser, bot, bot.stand
        browser.get(self.stand.url)
        self.wait(lambda: browser.execute_script("return document.body.dataset.ready"))

    def wait(self, check: Callable[[], Any]) -> Any:
        def attempt() -> Any:
            try:
                return check()
            except StaleElementReferenceException:  # the page was redrawn meanwhile
                return None

        return self.stand.wait(attempt, 10, "a change of the page")

    def all(self, css: str, user: int = 5) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, f'[data-user="{user}"] {css}')

    def one(self, css: str, user: int = 5) -> WebElement:
        found: WebElement = self.wait(lambda: [element for element in self.all(css, user) if element.is_displayed()])[
            -1
        ]
        return found

    def click(self, css: str, user: int = 5) -> None:
        self.wait(lambda: self.one(css, user).click() is None)

    def start(self, user: int = 5) -> None:
        self.click(".big-button", user)
        self.sees("Hello you", user)

    def type(self, text: str) -> None:
        self.one("textarea").send_keys(text + Keys.ENTER)

    def texts(self, user: int = 5) -> list[str]:
        script = "return [...document.querySelectorAll(arguments[0])].map((text) => text.textContent)"
        found: list[str] = self.browser.execute_script(script, f'[data-user="{user}"] .text')
        return found

    def sees(self, text: str, user: int = 5) -> None:
        self.wait(lambda: text in self.texts(user))

    def emulate(self, command: str, **params: Any) -> None:
        self.browser.execute_cdp_cmd(f"Emulation.{command}", params)

    def background(self, css: str) -> str:
        return self.browser.execute_script("return getComputedStyle(arguments[0]).backgroundColor", self.one(css))


@pytest.fixture
def page(browser: webdriver.Chrome, bot: EchoBot) -> Iterator[Page]:
    browser.get_log("browser")
    page = Page(browser, bot)
    yield page
    page.emulate("clearDeviceMetricsOverride")
    page.emulate("setEmulatedMedia", features=[])
    browser.execute_script("localStorage.clear()")
    network = ("Failed to load resource", "ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING")
    errors = [entry for entry in browser.get_log("browser") if not any(word in entry["message"] for word in network)]
    assert errors == []


def test_it_works(page: Page):
    page.start()
    assert page.one(".text strong").text == "Hello"
    page.click(".key.success")
    page.sees("edited text")
    assert page.one(".toast").text == "heard you"
    assert "edited" in page.one(".stamp").text
    assert page.all(".key") == []


def test_everybody_has_a_phone(page: Page):
    page.start()
    page.start(user=1)
    page.type("hi")
    page.sees("you said hi to nothing")
    assert page.texts(user=1) == ["/start", "Hello you"]


def test_names_and_messages_are_never_markup(page: Page):
    page.start()
    page.type(EVIL)
    page.sees(f"you said {EVIL} to nothing")
    assert EVIL in page.one("h2", user=1).text
    assert page.all("img") == []
    assert "broken" not in page.browser.title


def test_a_moment_is_shown_in_the_browsers_own_zone(page: Page):
    page.start()
    page.emulate("setTimezoneOverride", timezoneId="Asia/Tokyo")
    try:
        shown = {"dt": "18 Mar 2022, 00:45", "D": "18 March 2022", "w": "Friday", "t": "00:45", "": "old"}
        for form, words in shown.items():
            moment = f'<tg-time unix="1647531900" format="{form}">old</tg-time>'
            page.bot.say(5, f"until {moment}.", parse_mode="HTML")
            page.sees(f"until {words}.")
        page.bot.say(5, '<tg-time unix="1647531900" format="r">old</tg-time> it was', parse_mode="HTML")
        page.wait(lambda: any(re.fullmatch("[0-9,]+ days ago it was", text) for text in page.texts(5)))
    finally:
        page.emulate("setTimezoneOverride", timezoneId="")


def test_an_alert_stays_until_it_is_confirmed(page: Page):
    page.start()
    page.click(".key.danger")
    assert page.one(".alert p").text == "heard you"
    page.click(".alert button")
    assert page.all(".alert") == []


def test_a_deleted_message_disappears(page: Page):
    page.start()
    page.click(".key.primary")
    page.wait(lambda: page.texts() == ["/start"])


def test_each_style_has_its_own_color(page: Page):
    page.start()
    colors = {page.background(f".key.{style}") for style in ("primary", "success", "danger")}
    assert len(colors) == 3


def test_a_reply_keyboard_sends_the_text_of_its_buttons(page: Page):
    page.start()
    page.type("/keys")
    page.click(".reply-keyboard .key.danger")
    page.sees("you said right to nothing")


def test_a_forced_reply_shows_the_message_it_answers(page: Page):
    page.start()
    page.type("/ask")
    page.one(".replying")
    assert page.one("textarea").get_attribute("placeholder") == "your name"
    page.browser.refresh()
    page.one(".replying")
    page.type("Anna")
    page.sees("you said Anna to name?")
    assert page.all(".replying") == []


def test_the_menu_lists_the_commands(page: Page):
    page.start()
    page.click(".menu")
    page.click(".popup button")
    page.sees("/keys")
    page.sees("choose")


def test_a_slash_suggests_commands(page: Page):
    page.start()
    page.one("textarea").send_keys("/k")
    assert "show keys" in page.one(".popup button").text
    page.one("textarea").send_keys("x")
    assert not page.all(".popup")[-1].is_displayed()


def test_a_photo_can_be_enlarged_and_a_file_saved(page: Page):
    page.start()
    page.type("/files")
    page.click(".photo")
    large = page.wait(lambda: page.browser.find_elements(By.CSS_SELECTOR, "dialog[open] img"))[0]
    page.wait(lambda: large.get_property("naturalWidth") == 600)
    page.browser.find_element(By.CSS_SELECTOR, "dialog button").click()
    file = page.one(".file")
    assert file.get_attribute("download") == "Телефон.conf"
    assert requests.get(file.get_property("href"), timeout=10).content == b"[Interface]"


def test_ticks_show_whether_the_bot_has_received_a_message(page: Page):
    page.start()
    page.wait(lambda: "✓✓" in page.one(".mine .stamp").text)
    page.bot.awake.clear()
    page.stand.wait(lambda: not _polling(page.stand))
    page.type("are you there?")
    page.sees("are you there?")
    assert page.one(".mine:last-child .stamp").text.endswith("✓")
    assert "✓✓" not in page.one(".mine:last-child .stamp").text
    page.bot.awake.set()
    page.sees("you said are you there? to nothing")
    page.wait(lambda: "✓✓" in page.all(".mine .stamp")[-1].text)


def _polling(stand: Stand) -> bool:
    return any(request["status"] is None for request in stand.requests("getUpdates"))


def test_the_activity_of_the_bot_is_shown(page: Page):
    page.start()
    page.stand.call("sendChatAction", chat_id=5, action="typing")
    page.wait(lambda: page.one(".header small").text == "typing…")


def test_the_bot_can_be_blocked_and_unblocked(page: Page):
    page.start()
    page.click(".header .icon-button")
    page.click(".popup.top button")
    page.wait(lambda: page.one(".big-button").text == "UNBLOCK BOT")
    assert not page.stand.call("sendMessage", chat_id=5, text="x")["ok"]
    page.click(".big-button")
    page.one("textarea")
    assert page.stand.call("sendMessage", chat_id=5, text="x")["ok"]


def test_friends_can_be_added_and_stay_after_a_reload(page: Page):
    page.browser.find_element(By.ID, "add-friend").click()
    page.start(user=3001)
    page.browser.refresh()
    page.sees("Hello you", user=3001)


def test_the_page_is_in_both_languages(page: Page):
    page.browser.find_element(By.ID, "language").click()
    assert page.one(".big-button").text == "ЗАПУСТИТЬ"
    assert page.browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == "ru"
    page.browser.refresh()
    page.wait(lambda: page.one(".big-button").text == "ЗАПУСТИТЬ")


def test_people_use_the_language_of_the_page(page: Page):
    page.browser.find_element(By.ID, "language").click()
    page.wait(lambda: {user["language_code"] for user in page.stand.see("users")} == {"ru"})
    assert page.texts() == []


def test_sizes_are_formatted_as_in_the_bot(page: Page):
    script = "import('/texts.js').then((texts) => arguments[0]([999, 1e3, 1.5e6, 2e9].map(texts.size)))"
    assert page.browser.execute_async_script(script) == ["999 B", "1 KB", "1.5 MB", "2 GB"]


def test_new_messages_out_of_view_are_counted_and_one_tap_away(page: Page):
    page.start()
    for number in range(30):
        page.stand.call("sendMessage", chat_id=5, text=f"line {number}")
    page.sees("line 29")
    assert not page.all(".to-newest")[0].is_displayed(), "nothing is out of view at the end"
    page.browser.execute_script("arguments[0].scrollTop = 0", page.one(".chat"))
    page.wait(lambda: page.browser.execute_script("return document.querySelector('.chat').scrollTop === 0"))
    page.stand.call("sendMessage", chat_id=5, text="far below")
    assert page.one(".to-newest").text == "↓ 1"
    page.click(".to-newest")
    page.wait(lambda: not page.all(".to-newest")[0].is_displayed())
    assert page.all(".message")[-1].is_displayed()


def test_a_button_keeps_the_focus_when_its_message_is_edited(page: Page):
    page.start()
    page.one('[data-data="edit"]').send_keys(Keys.ENTER)
    page.sees("edited text")
    assert page.browser.switch_to.active_element.tag_name != "body"


def focused(page: Page) -> str:
    """Return what the focus is on: a button's callback, or its text."""
    script = "const it = document.activeElement; return it.dataset.data || it.textContent || ''"
    found: str = page.browser.execute_script(script)
    return found


def test_a_conversation_is_one_stop_for_tab_with_arrow_keys_inside(page: Page):
    page.start()
    page.type("http://one.example http://two.example")
    page.sees("you said http://one.example http://two.example to nothing")
    stops = """return [...document.querySelectorAll(".chat")].map(
        (chat) => [chat.tabIndex, chat.querySelectorAll('[tabindex="0"]').length])"""
    page.wait(lambda: page.browser.execute_script(stops) == [[-1, 1], [0, 0]])
    page.one(".header .icon-button").send_keys(Keys.TAB)
    assert focused(page) == "edit", "the newest message with buttons"
    for key, reached in (
        (Keys.RIGHT, "alert"), (Keys.RIGHT, "delete"), (Keys.LEFT, "alert"), (Keys.UP, "/start"), (Keys.END, "http://two.example"),
        (Keys.LEFT, "http://one.example"), (Keys.HOME, "/start"), (Keys.DOWN, "delete"), (Keys.DOWN, "http://two.example"),
    ):  # fmt: skip
        page.browser.switch_to.active_element.send_keys(key)
        assert focused(page) == reached, key
    page.browser.switch_to.active_element.send_keys(Keys.TAB)
    assert page.browser.switch_to.active_element == page.one(".menu")
    page.browser.switch_to.active_element.send_keys(Keys.SHIFT, Keys.TAB)
    assert focused(page) == "http://two.example", "where one was"


def test_esc_closes_menus_and_leads_back_to_where_they_were_opened(page: Page):
    page.start()
    page.click(".header .icon-button")
    assert page.one(".popup.top button") == page.browser.switch_to.active_element
    assert page.one(".header .icon-button").get_attribute("aria-expanded") == "true"
    page.browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not page.all(".popup.top")[0].is_displayed()
    assert page.browser.switch_to.active_element == page.one(".header .icon-button")
    page.click(".menu")
    page.one(".footer .popup button").send_keys(Keys.ESCAPE)
    assert not page.all(".footer .popup")[0].is_displayed()
    assert page.browser.switch_to.active_element == page.one(".menu")
    page.one("textarea").send_keys("/k")
    assert page.one(".footer .popup").is_displayed()
    page.one("textarea").send_keys(Keys.ESCAPE)
    assert not page.all(".footer .popup")[0].is_displayed()
    assert page.one("textarea").get_property("value") == "/k"


def test_a_link_to_the_bot_opens_a_new_phone_and_others_open_elsewhere(page: Page):
    page.start()
    link = "https://t.me/andreyvpn_bot?start=abc-1"
    keys = [[{"text": "share", "url": f"https://t.me/share/url?url={link.replace('?', '%3F').replace('=', '%3D')}"}]]
    page.stand.call("sendMessage", chat_id=5, text=link, reply_markup={"inline_keyboard": keys})
    for number, css in enumerate(('.text a[href*="t.me"]', ".key.link"), 3001):
        page.click(css)
        page.wait(lambda user=number: page.texts(user)[:1] == ["/start abc-1"])
    code = "return import('/page.js').then((page) => page.startCode(arguments[0]))"
    for other in ("https://t.me/somebody?start=x", "https://example.org/andreyvpn_bot?start=x", "tg://resolve", ""):
        assert page.browser.execute_script(code, other) is None
    assert len(page.browser.window_handles) == 1


def test_there_is_a_dark_theme(page: Page):
    light = page.background(".phone")
    page.emulate("setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    dark = page.background(".phone")
    assert (light, dark != light) == ("rgb(255, 255, 255)", True)


def test_a_narrow_screen_shows_one_phone_and_counts_unread_messages_of_the_other(page: Page):
    page.emulate("setDeviceMetricsOverride", width=360, height=700, deviceScaleFactor=1, mobile=True)
    page.start()
    assert page.browser.execute_script("return document.documentElement.scrollWidth") == 360
    page.stand.do("send", user_id=5, text="word " * 30)
    page.stand.call("sendMessage", chat_id=5, text="long", reply_parameters={"message_id": 3})
    page.one(".quote")
    assert page.one(".phone").size["width"] == 360
    page.stand.do("send", user_id=1, text="/start")
    tab = page.browser.find_elements(By.CSS_SELECTOR, "#tabs button")[1]
    page.wait(lambda: tab.find_elements(By.CSS_SELECTOR, ".badge"))
    tab.click()
    page.wait(lambda: tab.get_attribute("aria-selected") == "true")
    assert tab.find_elements(By.CSS_SELECTOR, ".badge") == []


def test_nothing_is_missed_while_the_server_is_down(page: Page):
    page.start()
    with page.stand.down():
        page.wait(lambda: page.browser.find_elements(By.CSS_SELECTOR, ".offline"))
        assert page.stand.server
    page.stand.do("send", user_id=5, text="back")
    page.sees("you said back to nothing")
    page.wait(lambda: not page.browser.find_elements(By.CSS_SELECTOR, ".offline"))


def test_a_page_that_stayed_open_changes_nobody_on_the_next_server_of_its_port(page: Page):
    """Otherwise it changes the language of another test's people."""
    before = page.stand.server
    assert before
    before.stop()
    people = [{"id": 7, "first_name": "Вера", "language_code": "ru"}]
    after = TelegramServer(page.stand.token, port=before.port, people=people).start()
    try:
        hint = page.browser.find_element(By.ID, "hint")
        page.wait(lambda: "started anew" in hint.text)
        assert [person.language_code for person in after.state.people.values()] == ["ru"]
        page.browser.refresh()
        page.one(".big-button", user=7)
    finally:
        after.stop()
        before.start()


def test_nothing_is_loaded_from_elsewhere(page: Page):
    page.start()
    script = "return performance.getEntriesByType('resource').map((entry) => entry.name)"
    names: list[str] = page.browser.execute_script(script)
    assert [name for name in names if not name.startswith((page.stand.url, "data:"))] == []
    assert json.dumps(names).count("/control/") > 2
