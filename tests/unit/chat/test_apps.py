"""The apps: each has steps that fit a caption, on every device and in every language, and a download."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import replace
from html import unescape

import pytest

from lib.chat import apps
from lib.chat.apps import AMNEZIA, WIREGUARD, App, app_for, installation, link_to, needed, others, version_for
from lib.chat.devices import PLATFORMS
from lib.chat.notify.delivery import ConfigFiles, deliver, key_message, load_files
from lib.chat.texts import LANGUAGES, plain
from lib.store.configs import get_config
from lib.store.server import Generation, note_generation, present_generation
from lib.store.users import get_user
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk, data_of, text_of

FRIEND = 100
APPS = [*AMNEZIA.values(), WIREGUARD]
PAIRS = [(app, platform) for app in APPS for platform in app.downloads]
NAMES = [f"{app.key}-{platform}" for app, platform in PAIRS]
LONGEST = "A" + "💥" * 31
NEWEST = {"Jc": "4", "RandomTrailers": "on"}


def files_for(
    desk: Desk, app: App, platform: str | None, language: str, name: str = LONGEST, speaks: Mapping[str, str] = NEWEST
) -> ConfigFiles:
    desk.is_let_in(FRIEND)
    config = hold_config(desk.db, FRIEND, desk.now, name, platform=platform)
    parameters = {} if app is WIREGUARD else speaks
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
    link, _ = link_to(app, platform, files.version)
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
        assert others(app, platform, "3.1")
        text = plain(language, key, releases="PAGE")
        assert "PAGE" in text or any(other.name in text for other in others(app, platform, "3.1"))


def test_nobody_is_told_to_delete_an_app_that_may_not_come_back() -> None:
    for language, stem in (("en", r"(delete|remove|offload)"), ("ru", r"(удалите|удалить|выгруз)")):
        words = [(key, text) for key, text in LANGUAGES[language].TEXTS.items() if key.startswith(("steps_", "store_"))]
        told = [text for _, text in words if re.search(stem, text, re.IGNORECASE)]
        assert [text for text in told if "не удаляйте" not in text] == []


def test_an_app_that_does_not_run_on_a_device_is_passed_over(desk: Desk) -> None:
    assert app_for("1.0", "iphone", None, "defaultvpn") is AMNEZIA["defaultvpn"]
    assert app_for("1.0", "android", "defaultvpn", "amneziavpn") is AMNEZIA["amneziavpn"]
    assert app_for("2.0", "router", "amneziavpn").key == "amneziawg"
    assert app_for("plain", "iphone", "amneziavpn") is WIREGUARD
    assert app_for(version_for(desk.settings, None), "mac") is AMNEZIA["amneziawg"]


def test_the_newest_parameters_lead_past_google_play(desk: Desk) -> None:
    app = AMNEZIA["amneziawg"]
    assert "play.google.com" in installation("en", app, "android", "2.0")
    newest = installation("en", app, "android", "3.1")
    assert "amneziawg-android/releases" in newest
    assert ".apk" in newest


OF = {"1.0": {"Jc": "4"}, "2.0": {"Jc": "4", "S4": "12"}, "3.0": {"Jc": "4", "HeaderProtectionKey": "k"}, "3.1": NEWEST}


def test_the_version_in_friends_files_counts_and_not_what_the_server_alone_does(desk: Desk) -> None:
    def version(parameters: Mapping[str, str], **own: str) -> str:
        settings = replace(desk.settings, client_parameters=own)
        return version_for(settings, Generation(1, "key", parameters, "host:1", 0))

    assert [version(OF[of]) for of in OF] == list(OF)
    assert version({}) == "plain"
    assert version({"Jc": "4", "DisableCookies": "on"}) == "1.0", "clients never get that key"
    assert version({"Jc": "4", "I1": "<r 9>"}, I1="off") == "1.0"


@pytest.mark.parametrize(("app", "platform"), PAIRS, ids=NAMES)
def test_a_newer_set_needs_no_older_app(app: App, platform: str) -> None:
    if app is WIREGUARD:
        assert needed(app, platform, "plain") == ""
        return
    found = [needed(app, platform, version) for version in OF]
    assert found[0] == ""
    assert (found[3] is None) == (platform == "router"), "Keenetic's own"
    numbers = [tuple(map(int, since.split("."))) for since in found if since]
    assert numbers == sorted(numbers)
    assert {*apps._SINCE} == {*AMNEZIA}
    assert {*apps._SINCE[app.key]} == {*app.downloads}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_version_to_get_is_told_with_the_app(platform: str, language: str) -> None:
    for app in [app for app in AMNEZIA.values() if platform in app.downloads and platform != "router"]:
        said = {version: installation(language, app, platform, version) for version in OF}
        for version, text in said.items():
            since = needed(app, platform, version)
            assert (f" {since} " in text if since else text == said["1.0"]), (app.key, version)
    assert installation(language, AMNEZIA["amneziawg"], "router", "3.1") == ""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("app", "platform"), PAIRS, ids=NAMES)
def test_a_newest_file_comes_behind_the_version_that_it_needs(
    desk: Desk, app: App, platform: str, language: str
) -> None:
    files = files_for(desk, app, platform, language)
    told = deliver(desk.db, desk.settings, files.config, files.owner)
    if app is WIREGUARD:
        assert [one.attachment is None for one in told] == [False]
        return
    warning, file = told
    assert (warning.attachment, str(file.attachment)[:5]) == (None, "conf:")
    text, since = str(warning.params["text"]), needed(app, platform, "3.1")
    assert (f"{since} " in text and app.name in text and "<a href=" in text) if since else "Keenetic" in text
    assert "{" not in text
    older = files_for(desk, app, platform, language, speaks=OF["2.0"])
    assert len(deliver(desk.db, desk.settings, older.config, older.owner)) == 1, "most apps in use understand 2.0"


def test_while_a_request_waits_a_router_is_told_what_can_not_work(desk: Desk) -> None:
    desk.is_let_in(FRIEND)
    note_generation(desk.db, "server key", NEWEST, "vpn.example.org:1", desk.now)
    text = text_of(desk.taps(FRIEND, "device:router")[1])
    assert "Keenetic can't yet" in text
    assert "catesin/AmneziaWG-MikroTik" in text
    assert "Keenetic" not in text_of(desk.taps(FRIEND, "device:iphone")[-1])


def test_only_apps_that_understand_the_server_are_offered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apps, "_SINCE", {**apps._SINCE, "amneziavpn": dict.fromkeys(PLATFORMS, ("", None))})
    files = files_for(desk, AMNEZIA["amneziawg"], "android", "en")
    assert not any("amneziavpn" in button["callback_data"] for row in files.keyboard for button in row)
    assert app_for("3.1", "android", "amneziavpn") is AMNEZIA["amneziawg"]
    assert app_for("2.0", "android", "amneziavpn") is AMNEZIA["amneziavpn"]
    assert others(AMNEZIA["amneziawg"], "iphone", "3.1") == [AMNEZIA["defaultvpn"]]
    desk.taps(FRIEND, f"steps_with:{files.config.id}:amneziavpn")
    assert get_config(desk.db, files.config.id, FRIEND).app is None


def test_a_key_of_3_0_works_in_an_app_whose_files_do_not(desk: Desk) -> None:
    files = files_for(desk, AMNEZIA["amneziavpn"], "android", "en", speaks=OF["3.0"])
    assert "5.0.1.5" in files.steps
    assert "AmneziaVPN 5.0.0.5 or newer" in str(key_message(desk.db, files).params["caption"])
    newest = files_for(desk, AMNEZIA["amneziavpn"], "android", "en")
    assert "AmneziaVPN 5.0.1.5 or newer" in str(key_message(desk.db, newest).params["caption"])


@pytest.mark.parametrize(("platform", "s4", "offered"), [
    ("windows", "44", True), ("windows", "45", False), ("mac", "45", False), ("linux", "45", False),
    ("android", "45", True), ("iphone", "140", True),
])  # fmt: skip
def test_no_key_is_offered_where_its_packets_would_be_too_large(
    desk: Desk, platform: str, s4: str, offered: bool
) -> None:
    files = files_for(desk, AMNEZIA["amneziavpn"], platform, "en", speaks={"Jc": "4", "S4": s4})
    desk.db.execute("UPDATE configs SET app = 'amneziavpn'")
    data = [button["callback_data"] for row in files.keyboard for button in row]
    assert (f"key:{files.config.id}" in data) == offered
    page = data_of(desk.taps(FRIEND, f"config:{files.config.id}")[-1])
    assert (f"key:{files.config.id}" in page) == offered
    sent = desk.taps(FRIEND, f"key:{files.config.id}")[-1]["attachment"]
    assert sent.startswith("key:" if offered else "conf:"), "an old button sends what works"


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
