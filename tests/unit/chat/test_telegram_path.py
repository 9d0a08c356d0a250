"""Wherever it is said that a VPN is off, it is also said that Telegram works, exactly while it does."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest

from lib.chat.notify.reminders import remind
from lib.store import telegram_only
from lib.store.keeper_notes import Health, write_fact
from lib.store.preferences import read_preferences
from lib.store.users import set_quota
from tests.unit.chat.configs import hold_config, use
from tests.unit.chat.desk import NOON, Desk, text_of

FRIEND = 100
WORKS = "Telegram keeps working meanwhile"


@pytest.fixture
def config(desk: Desk) -> int:
    desk.is_let_in(FRIEND)
    write_fact(desk.db, Health(up=True, since=NOON - 9000))
    config = hold_config(desk.db, FRIEND, desk.now)
    use(desk, config, 3_000_000_000)
    return config


def over(db: sqlite3.Connection, config: int, now: int) -> None:
    set_quota(db, FRIEND, 1_000_000_000)


def expired(db: sqlite3.Connection, config: int, now: int) -> None:
    db.execute("UPDATE configs SET expires_at = ? WHERE id = ?", (now - 60, config))


SCREENS = {over: ("menu", "stats", "config:1", "trouble:1"), expired: ("config:1", "trouble:1")}


@pytest.mark.parametrize("why", [over, expired])
def test_it_works(desk: Desk, config: int, why: Callable[..., None]) -> None:
    why(desk.db, config, desk.now)
    shown = {screen: text_of(desk.taps(FRIEND, screen)[-1]) for screen in SCREENS[why]}
    assert [screen for screen, text in shown.items() if WORKS in text] == []
    telegram_only.keep(desk.db, [config])
    shown = {screen: text_of(desk.taps(FRIEND, screen)[-1]) for screen in SCREENS[why]}
    assert [screen for screen, text in shown.items() if WORKS not in text] == []


@pytest.mark.parametrize("why", [over, expired])
@pytest.mark.parametrize("reaches", [True, False])
def test_the_notice_says_it(desk: Desk, config: int, why: Callable[..., None], reaches: bool) -> None:
    why(desk.db, config, desk.now)
    telegram_only.keep(desk.db, [config] if reaches else [])
    (message,) = remind(desk.db, desk.settings, desk.now)
    assert (WORKS in str(message.params["text"])) == reaches


def test_what_is_used_of_it_is_shown_to_both(desk: Desk, config: int) -> None:
    assert "Telegram while off" not in text_of(desk.taps(FRIEND, "stats")[-1])
    moved = [(config, 2_000_000, 10_000_000)]
    telegram_only.add_telegram(desk.db, moved, desk.now - 60, desk.now, desk.settings.timezone)
    assert "Telegram while off: 12.0 MB of 200 MB" in text_of(desk.taps(FRIEND, "stats")[-1])
    assert "Telegram while off: 12.0 MB of 200 MB" in text_of(desk.taps(1, f"held:{config}")[-1])


def test_an_admin_switches_it_off_and_on(desk: Desk) -> None:
    assert "works" in text_of(desk.taps(1, "setting:TELEGRAM_WHEN_OFF")[-1])
    desk.taps(1, "set:TELEGRAM_WHEN_OFF:1")
    assert read_preferences(desk.db) == {"TELEGRAM_WHEN_OFF": "no"}
    desk.taps(1, "unset:TELEGRAM_WHEN_OFF")
    assert read_preferences(desk.db) == {}
