"""“Refresh” and “Check again” answer with words when nothing on the screen has changed."""

from __future__ import annotations

import json
import sqlite3

import pytest

from lib.demo.telegram.formatting import parse_text
from lib.store.keeper_notes import Health, write_fact
from lib.store.users import set_language
from tests.unit.chat.configs import hold_config, use
from tests.unit.chat.desk import Desk
from tests.unit.chat.screens import alert

FRIEND = 100
SHOWN = 7  # the id of the message on the screen


def as_shown(rows: list[sqlite3.Row]) -> dict[str, object]:
    """Return the screen as Telegram hands it to the bot with a tap."""
    params = json.loads(next(row["params"] for row in rows if row["method"] != "answerCallbackQuery"))
    (kind,) = {"text", "caption"} & params.keys()
    text = parse_text(params[kind], "HTML", None)[0]
    return {"message_id": SHOWN, "date": 1, kind: text, "reply_markup": params.get("reply_markup", {})}


@pytest.fixture
def config(desk: Desk) -> int:
    """A friend called <&> with a config that has an end, so that the screens have markup to see through."""
    desk.is_let_in(FRIEND, first_name="<&>")
    config_id = hold_config(desk.db, FRIEND, desk.now, "R&D <b>")
    write_fact(desk.db, Health(up=True, since=desk.now - 9000))
    desk.db.execute("UPDATE configs SET expires_at = ?", (desk.now + 86400,))
    return config_id


@pytest.mark.parametrize(
    ("who", "data"),
    [(FRIEND, "trouble:{}"), (FRIEND, "config:{}"), (1, "held:{}"), (1, "person:100"), (1, "outdated")],
)
def test_it_works(desk: Desk, config: int, who: int, data: str) -> None:
    shown = as_shown(desk.taps(who, data.format(config)))
    assert alert(desk.taps(who, data.format(config), shown)) == "Nothing new · 23:26"


def test_a_change_can_be_seen_and_needs_no_words(desk: Desk, config: int) -> None:
    shown = as_shown(desk.taps(FRIEND, f"trouble:{config}"))
    use(desk, config, 9_000, desk.now)
    assert alert(desk.taps(FRIEND, f"trouble:{config}", shown)) == ""
    shown = as_shown(desk.taps(1, f"person:{FRIEND}"))
    desk.taps(1, f"decide:{FRIEND}:approved:blocked:page")
    assert alert(desk.taps(1, f"person:{FRIEND}", shown)) == ""


def test_other_buttons_below_the_same_words_are_a_change(desk: Desk, config: int) -> None:
    shown = as_shown(desk.taps(FRIEND, f"config:{config}"))
    assert alert(desk.taps(FRIEND, f"config:{config}", {**shown, "reply_markup": {}})) == ""


def test_a_way_to_another_screen_is_answered_silently(desk: Desk, config: int) -> None:
    shown = as_shown(desk.taps(FRIEND, f"config:{config}"))
    assert alert(desk.taps(FRIEND, "menu", shown)) == ""


def test_it_is_said_in_the_reader_s_language(desk: Desk, config: int) -> None:
    set_language(desk.db, FRIEND, "ru")
    shown = as_shown(desk.taps(FRIEND, f"trouble:{config}"))
    assert alert(desk.taps(FRIEND, f"trouble:{config}", shown)) == "Ничего нового · 23:26"


@pytest.mark.parametrize("message", [{"message_id": SHOWN, "date": 0}, {"message_id": SHOWN, "date": 1, "text": 7}])
def test_a_message_that_telegram_no_longer_shows_is_no_trouble(
    desk: Desk, config: int, message: dict[str, object]
) -> None:
    assert alert(desk.taps(FRIEND, f"trouble:{config}", message)) == ""
