"""Telegram's own menu of commands: each language has its own, and the switch is described to who can read it."""

from __future__ import annotations

import json

from lib.chat.commands import FRIEND, announce_commands
from lib.chat.texts import LANGUAGES, next_language, plain
from lib.store.database import put_meta
from tests.unit.chat.desk import Desk


def friends_menus(desk: Desk) -> dict[str, dict[str, str]]:
    """Announce the commands; return what friends are shown, by the code of the language ('' for any other)."""
    desk.deliver()
    put_meta(desk.db, "commands", None)
    announce_commands(desk.db, desk.settings, desk.now)
    calls = [json.loads(params) for (params,) in desk.db.execute("SELECT params FROM outbox ORDER BY id")]
    return {
        call.get("language_code", ""): {entry["command"]: entry["description"] for entry in call["commands"]}
        for call in calls
        if call["scope"] == {"type": "all_private_chats"}
    }


def test_it_works(desk: Desk) -> None:
    menus = friends_menus(desk)
    assert menus.keys() == {"", *LANGUAGES}
    assert menus[""] == menus[desk.settings.language]
    assert [tuple(menu) for menu in menus.values()] == [FRIEND] * len(menus)
    assert menus["en"]["start"] == "Menu"


def test_the_switch_is_described_in_the_language_that_it_leads_to(desk: Desk) -> None:
    menus = friends_menus(desk)
    told = {code: menus[code]["language"] for code in LANGUAGES}
    assert told == {code: plain(next_language(code), "command_language") for code in LANGUAGES}
    assert told["ru"] == "Switch to English"
