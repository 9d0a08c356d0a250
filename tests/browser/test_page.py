"""The page of the local Telegram in a real browser, with a small bot behind it."""

from __future__ import annotations

import io
import json
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

from tests.stand import Stand

# In one process: they share a browser, which takes longer to start than most of them.
pytestmark = [pytest.mark.browser, pytest.mark.slow(40), pytest.mark.xdist_group("page")]
EVIL = "<img src=x onerror=\"document.title='broken'\"> & co"
CAST = [
    {"id": 5, "first_name": "Anna", "language_code": "en", "role": "friend"},
    {"id": 1, "first_name": EVIL, "language_code": "en", "role": "admin"},
]


class EchoBot(threading.Thread):
    """A bot of a few words. It waits for `awake` before each poll, so that a test can let it sleep."""

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
            self.tapped(query)
        elif message := update.get("message"):
            self.told(message["chat"]["id"], message)

    def tapped(self, query: dict[str, Any]) -> None:
        at = {"chat_id": query["from"]["id"], "message_id": query["message"]["message_id"]}
        alert = query["data"] == "alert"
        self.stand.call("answerCallbackQuery", callback_query_id=query["id"], text="heard you", show_alert=alert)
        if query["data"] == "edit":
            self.stand.call("editMessageText", **at, text="edited text")
        if query["data"] == "delete":
            self.stand.call("deleteMessage", **at)

    def told(self, chat_id: int, message: dict[str, Any]) -> None:
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
    with Stand(limits=False, cast=CAST) as stand:
        stand.call("setMyCommands", commands=[{"command": "keys", "description": "show keys"}])
        bot = EchoBot(stand)
        bot.start()
        yield bot
        bot.done.set()
        bot.awake.set()


class Page:
    """What a visitor sees and does."""

    def __init__(self, browser: webdriver.Chrome, bot: EchoBot) -> None:
        self.browser, self.bot, self.stand = browser, bot, bot.stand
        browser.get(self.stand.url)
        self.wait(lambda: browser.execute_script("return document.body.dataset.ready"))

    def wait(self, check: Callable[[], Any]) -> Any:
        def look() -> Any:
            try:
                return check()
            except StaleElementReferenceException:  # it was drawn anew between finding and looking
                return None

        return self.stand.wait(look, 10, "a change of the page")

    def all(self, css: str, user: int = 5) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, f'[data-user="{user}"] {css}')

    def one(self, css: str, user: int = 5) -> WebElement:
        found: WebElement = self.wait(lambda: [element for element in self.all(css, user) if element.is_displayed()])[
            -1
        ]
        return found

    def click(self, css: str, user: int = 5) -> None:
        self.wait(lambda: self.one(css, user).click() is None)

    def begin(self, user: int = 5) -> None:
        self.click(".large", user)
        self.sees("Hello you", user)

    def type(self, text: str) -> None:
        self.one("textarea").send_keys(text + Keys.ENTER)

    def says(self, user: int = 5) -> list[str]:
        script = "return [...document.querySelectorAll(arguments[0])].map((words) => words.textContent)"
        found: list[str] = self.browser.execute_script(script, f'[data-user="{user}"] .words')
        return found

    def sees(self, text: str, user: int = 5) -> None:
        self.wait(lambda: text in self.says(user))

    def emulate(self, command: str, **params: Any) -> None:
        self.browser.execute_cdp_cmd(f"Emulation.{command}", params)

    def colour(self, css: str) -> str:
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
    page.begin()
    assert page.one(".words strong").text == "Hello"
    page.click(".key.success")
    page.sees("edited text")
    assert page.one(".toast").text == "heard you"
    assert "edited" in page.one(".stamp").text
    assert page.all(".key") == []


def test_everybody_has_a_phone(page: Page):
    page.begin()
    page.begin(user=1)
    page.type("hi")
    page.sees("you said hi to nothing")
    assert page.says(user=1) == ["/start", "Hello you"]


def test_names_and_words_are_never_markup(page: Page):
    page.begin()
    page.type(EVIL)
    page.sees(f"you said {EVIL} to nothing")
    assert EVIL in page.one("h2", user=1).text
    assert page.all("img") == []
    assert "broken" not in page.browser.title


def test_an_alert_must_be_agreed_to(page: Page):
    page.begin()
    page.click(".key.danger")
    assert page.one(".alert p").text == "heard you"
    page.click(".alert button")
    assert page.all(".alert") == []


def test_a_deleted_message_disappears(page: Page):
    page.begin()
    page.click(".key.primary")
    page.wait(lambda: page.says() == ["/start"])


def test_styles_have_their_colours(page: Page):
    page.begin()
    colours = {page.colour(f".key.{style}") for style in ("primary", "success", "danger")}
    assert len(colours) == 3


def test_reply_keys_send_their_text(page: Page):
    page.begin()
    page.type("/keys")
    page.click(".board .key.danger")
    page.sees("you said right to nothing")


def test_a_forced_reply_names_what_it_answers(page: Page):
    page.begin()
    page.type("/ask")
    page.one(".replying")
    assert page.one("textarea").get_attribute("placeholder") == "your name"
    page.browser.refresh()
    page.one(".replying")
    page.type("Anna")
    page.sees("you said Anna to name?")
    assert page.all(".replying") == []


def test_the_menu_offers_commands(page: Page):
    page.begin()
    page.click(".menu")
    page.click(".list button")
    page.sees("/keys")
    page.sees("choose")


def test_a_slash_offers_commands(page: Page):
    page.begin()
    page.one("textarea").send_keys("/k")
    assert "show keys" in page.one(".list button").text
    page.one("textarea").send_keys("x")
    assert not page.all(".list")[-1].is_displayed()


def test_a_picture_opens_large_and_a_file_can_be_saved(page: Page):
    page.begin()
    page.type("/files")
    page.click(".photo")
    large = page.wait(lambda: page.browser.find_elements(By.CSS_SELECTOR, "dialog[open] img"))[0]
    page.wait(lambda: large.get_property("naturalWidth") == 600)
    page.browser.find_element(By.CSS_SELECTOR, "dialog button").click()
    file = page.one(".file")
    assert file.get_attribute("download") == "Телефон.conf"
    assert requests.get(file.get_property("href"), timeout=10).content == b"[Interface]"


def test_ticks_tell_whether_the_bot_has_taken_a_message(page: Page):
    page.begin()
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


def test_busyness_is_shown(page: Page):
    page.begin()
    page.stand.call("sendChatAction", chat_id=5, action="typing")
    page.wait(lambda: page.one(".head small").text == "typing…")


def test_blocking_and_unblocking(page: Page):
    page.begin()
    page.click(".head .round")
    page.click(".list.top button")
    page.wait(lambda: page.one(".large").text == "UNBLOCK BOT")
    assert not page.stand.call("sendMessage", chat_id=5, text="x")["ok"]
    page.click(".large")
    page.one("textarea")
    assert page.stand.call("sendMessage", chat_id=5, text="x")["ok"]


def test_more_friends_can_come_and_stay_after_a_reload(page: Page):
    page.browser.find_element(By.ID, "more").click()
    page.begin(user=3001)
    page.browser.refresh()
    page.sees("Hello you", user=3001)


def test_the_page_speaks_both_languages(page: Page):
    page.browser.find_element(By.ID, "language").click()
    assert page.one(".large").text == "НАЧАТЬ"
    assert page.browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == "ru"
    page.browser.refresh()
    page.wait(lambda: page.one(".large").text == "НАЧАТЬ")


def test_the_phones_speak_the_language_of_the_page_from_then_on(page: Page):
    page.browser.find_element(By.ID, "language").click()
    page.wait(lambda: {user["language_code"] for user in page.stand.see("users")} == {"ru"})
    assert page.says() == []


def test_bytes_are_counted_as_the_bot_counts_them(page: Page):
    script = "import('/words.js').then((words) => arguments[0]([999, 1e3, 1.5e6, 2e9].map(words.size)))"
    assert page.browser.execute_async_script(script) == ["999 B", "1 KB", "1.5 MB", "2 GB"]


def test_what_arrives_below_is_announced_and_one_tap_away(page: Page):
    page.begin()
    for number in range(30):
        page.stand.call("sendMessage", chat_id=5, text=f"line {number}")
    page.sees("line 29")
    assert not page.all(".newer")[0].is_displayed(), "who is at the end sees it come"
    page.browser.execute_script("arguments[0].scrollTop = 0", page.one(".talk"))
    page.wait(lambda: page.browser.execute_script("return document.querySelector('.talk').scrollTop === 0"))
    page.stand.call("sendMessage", chat_id=5, text="far below")
    assert page.one(".newer").text == "↓ 1"
    page.click(".newer")
    page.wait(lambda: not page.all(".newer")[0].is_displayed())
    assert page.all(".message")[-1].is_displayed()


def test_a_button_keeps_the_focus_when_its_message_is_edited(page: Page):
    page.begin()
    page.one('[data-data="edit"]').send_keys(Keys.ENTER)
    page.sees("edited text")
    assert page.browser.switch_to.active_element.tag_name != "body"


def test_the_dark_theme_is_dark(page: Page):
    light = page.colour(".phone")
    page.emulate("setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    dark = page.colour(".phone")
    assert (light, dark != light) == ("rgb(255, 255, 255)", True)


def test_a_narrow_screen_shows_one_phone_and_counts_the_other(page: Page):
    page.emulate("setDeviceMetricsOverride", width=360, height=700, deviceScaleFactor=1, mobile=True)
    page.begin()
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


def test_what_happened_while_the_line_was_down_is_shown(page: Page):
    page.begin()
    with page.stand.down():
        page.wait(lambda: page.browser.find_elements(By.CSS_SELECTOR, ".offline"))
        assert page.stand.server
    page.stand.do("send", user_id=5, text="back")
    page.sees("you said back to nothing")
    page.wait(lambda: not page.browser.find_elements(By.CSS_SELECTOR, ".offline"))


def test_nothing_is_fetched_from_elsewhere(page: Page):
    page.begin()
    script = "return performance.getEntriesByType('resource').map((entry) => entry.name)"
    names: list[str] = page.browser.execute_script(script)
    assert [name for name in names if not name.startswith((page.stand.url, "data:"))] == []
    assert json.dumps(names).count("/control/") > 2
