"""The apps: each has steps that fit a caption, on every device and in every language, and a download."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from html import unescape

import pytest

from lib.chat.apps import AMNEZIA, WIREGUARD, App, app_for, installation, link_to, others
from lib.chat.devices import PLATFORMS
from lib.chat.notify.delivery import ConfigFiles, load_files
from lib.chat.texts import LANGUAGES, plain
from lib.store.configs import get_config
from lib.store.server import Generation, note_generation, present_generation
from lib.store.users import get_user
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk

FRIEND = 100
APPS = [*AMNEZIA.values(), WIREGUARD]
PAIRS = [(app, platform) for app in APPS for platform in app.downloads]
NAMES = [f"{app.key}-{platform}" for app, platform in PAIRS]
LONGEST = "A" + "💥" * 31
NEWEST = {"Jc": "4", "RandomTrailers": "on"}


def files_for(desk: Desk, app: App, platform: str | None, language: str, name: str = LONGEST) -> ConfigFiles:
    desk.is_let_in(FRIEND)
    config = hold_config(desk.db, FRIEND, desk.now, name, platform=platform)
    parameters = {} if app is WIREGUARD else NEWEST
    note_generation(desk.db, "server key", parameters, "vpn.example.org:1", desk.now)
    wish = {"app": None if app is WIREGUARD else app.key}
    owner = replace(get_user(desk.db, FRIEND), language=language)
    return load_files(desk.db, desk.settings, replace(get_config(desk.db, config, FRIEND), **wish), owner)


def units(html: str) -> int:
    """Return the length of a caption as Telegram counts it: in UTF-16 units, without markup."""
    return len(unescape(re.sub(r"<[^>]+>", "", html)).encode("utf-16-le")) // 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("app", "platform"), PAIRS, ids=NAMES)
def test_it_works(desk: Desk, app: App, platform: str, language: str) -> None:
    files = files_for(desk, app, platform, language)
    assert files.app is app
    caption = files.steps
    assert units(caption) <= 1024
    assert "{" not in caption
    link, _ = link_to(app, platform, files.server)
    assert link in caption
    assert caption.count("<a href=") == (1 if link else 2 * (app.key == "amneziawg")), "one link, to the right place"
    assert ("Server 1" in caption or "Сервер 1" in caption) == (app.family == "vpn")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_for_an_unknown_device_asks_which_one_it_is(desk: Desk, language: str) -> None:
    files = files_for(desk, AMNEZIA["amneziavpn"], None, language)
    data = [button["callback_data"] for row in files.keyboard for button in row]
    assert data == [*(f"steps_on:{files.config.id}:{platform}" for platform in PLATFORMS), "menu"]
    assert "<a" not in files.steps


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("app", "platform"), PAIRS, ids=NAMES)
def test_where_a_store_may_lack_an_app_something_else_helps(app: App, platform: str, language: str) -> None:
    key = f"store_{app.key}_{platform}"
    assert (key in LANGUAGES[language].TEXTS) == (platform in app.may_lack)
    if platform in app.may_lack:
        assert others(app, platform)
        text = plain(language, key, releases="PAGE")
        assert "PAGE" in text or any(other.name in text for other in others(app, platform))


def test_nobody_is_told_to_delete_an_app_that_may_not_come_back() -> None:
    for language, stem in (("en", r"(delete|remove|offload)"), ("ru", r"(удалите|удалить|выгруз)")):
        words = [(key, text) for key, text in LANGUAGES[language].TEXTS.items() if key.startswith(("steps_", "store_"))]
        told = [text for _, text in words if re.search(stem, text, re.IGNORECASE)]
        assert [text for text in told if "не удаляйте" not in text] == []


def test_an_app_that_does_not_run_on_a_device_is_passed_over(desk: Desk) -> None:
    server = Generation(1, "key", {"Jc": "4"}, "host:1", 0)
    assert app_for(server, "iphone", None, "defaultvpn") is AMNEZIA["defaultvpn"]
    assert app_for(server, "android", "defaultvpn", "amneziavpn") is AMNEZIA["amneziavpn"]
    assert app_for(server, "router", "amneziavpn").key == "amneziawg"
    assert app_for(replace(server, parameters={}), "iphone", "amneziavpn") is WIREGUARD
    assert app_for(None, "mac") is AMNEZIA["amneziawg"]


def test_the_newest_parameters_lead_past_google_play(desk: Desk) -> None:
    old = Generation(1, "key", {"Jc": "4"}, "host:1", 0)
    app = AMNEZIA["amneziawg"]
    assert "play.google.com" in installation("en", app, "android", old)
    newest = installation("en", app, "android", replace(old, parameters=NEWEST))
    assert "amneziawg-android/releases" in newest
    assert ".apk" in newest


def test_every_page_is_a_secure_address() -> None:
    pages = [one.page for app in APPS for one in app.downloads.values() if one]
    assert [page for page in pages if not page.startswith("https://")] == []


@pytest.mark.parametrize(("platform", "scans"), [("iphone", True), ("android", True), ("windows", False), (None, True)])
def test_only_what_has_a_camera_is_offered_a_code(desk: Desk, platform: str | None, scans: bool) -> None:
    assert files_for(desk, AMNEZIA["amneziawg"], platform, "en").has_qr == scans
    assert present_generation(desk.db)


def test_every_device_has_a_button_and_a_name() -> None:
    for language, platform in itertools.product(LANGUAGES, PLATFORMS):
        assert plain(language, f"name_{platform}") in plain(language, f"device_{platform}")
