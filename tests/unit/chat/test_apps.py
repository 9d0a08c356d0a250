"""The apps: each has its words in every language, can be stored, and can be downloaded."""

from __future__ import annotations

from typing import Any

import pytest

from lib.chat.apps import AMNEZIA, WIREGUARD, App
from lib.chat.texts import LANGUAGES
from lib.store.server import note_generation
from lib.store.users import get_user
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk, data_of, text_of

FRIEND = 100


@pytest.mark.parametrize("key", AMNEZIA)
def test_it_works(desk: Desk, key: str) -> None:
    desk.is_let_in(FRIEND)
    (reply,) = desk.taps(FRIEND, "apps")[-1:]
    assert f"app:{key}" in data_of(reply)
    assert f"<b>{AMNEZIA[key].name}</b>" in text_of(reply)
    desk.taps(FRIEND, f"app:{key}")
    assert get_user(desk.db, FRIEND).app == key


@pytest.mark.parametrize("key", AMNEZIA)
def test_a_config_offers_what_the_app_takes(desk: Desk, key: str) -> None:
    desk.is_let_in(FRIEND)
    desk.taps(FRIEND, f"app:{key}")
    config = hold_config(desk.db, FRIEND, desk.now)
    note_generation(desk.db, "server key", {"Jc": "4"}, "vpn.example.org:1", desk.now)
    offered = data_of(desk.taps(FRIEND, f"config:{config}")[-1])
    assert (f"key:{config}" in offered) == AMNEZIA[key].takes_key
    assert "apps" in offered
    (picture,) = desk.taps(FRIEND, f"qr:{config}")[-1:]
    assert picture["attachment"] == f"{AMNEZIA[key].qr}:{config}"


@pytest.mark.parametrize("app", [*AMNEZIA.values(), WIREGUARD], ids=lambda app: app.name)
def test_every_app_has_captions_and_downloads(app: App) -> None:
    texts: list[dict[str, Any]] = [language.TEXTS for language in LANGUAGES.values()]
    captions = {f"qr_caption{app.captions}", f"file_caption{app.captions}"}
    assert [captions - set(known) for known in texts] == [set()] * len(texts)
    assert app.pages
    assert all(page.startswith("https://") for page in app.pages.values())
    assert app.links.count("<a href=") == len(app.pages)
