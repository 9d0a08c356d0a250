"""Preferences set in the chat override the settings file, and can be reset to it."""

from __future__ import annotations

import sqlite3

from lib.settings import Settings, unreadable
from lib.store.database import wanted_version
from lib.store.preferences import in_force, read_preferences, set_preference
from lib.store.told import forget_old, forget_told, tell_once


def test_it_works(db: sqlite3.Connection, settings: Settings) -> None:
    assert in_force(db, settings) is settings
    set_preference(db, "QUOTA_GB", "1.5")
    set_preference(db, "CLIENT_DNS", "9.9.9.9, 149.112.112.112")
    set_preference(db, "QUIET_HOURS", "23-8")
    now = in_force(db, settings)
    assert (now.quota_bytes, now.client_dns, now.quiet_hours) == (
        1_500_000_000, ("9.9.9.9", "149.112.112.112"), (23, 8)
    )  # fmt: skip
    set_preference(db, "QUOTA_GB", None)
    assert in_force(db, settings).quota_bytes == settings.quota_bytes


def test_a_value_that_is_set_again_takes_the_place_of_the_first(db: sqlite3.Connection) -> None:
    set_preference(db, "MAX_CONFIGS", "5")
    set_preference(db, "MAX_CONFIGS", "7")
    assert read_preferences(db) == {"MAX_CONFIGS": "7"}


def test_a_change_wakes_the_keeper(db: sqlite3.Connection) -> None:
    before = wanted_version(db)
    set_preference(db, "QUOTA_GB", "1")
    changed = wanted_version(db)
    assert changed > before
    set_preference(db, "QUOTA_GB", None)
    assert wanted_version(db) > changed


def test_what_may_not_be_set_in_the_chat_has_no_effect(db: sqlite3.Connection, settings: Settings) -> None:
    set_preference(db, "SERVER_ENDPOINT", "evil.example.org")
    assert in_force(db, settings) == settings


def test_a_thing_is_told_once_until_it_is_forgotten(db: sqlite3.Connection) -> None:
    assert [tell_once(db, "user:1", "quota:80", now) for now in (1, 2)] == [True, False]
    assert tell_once(db, "user:1", "quota:100", 3)
    forget_told(db, "user:1", "quota:8%")
    assert tell_once(db, "user:1", "quota:80", 4)
    assert not tell_once(db, "user:1", "quota:100", 5)
    forget_old(db, 4)
    assert [tell_once(db, "user:1", what, 6) for what in ("quota:80", "quota:100")] == [False, True]


def test_what_this_machine_does_not_understand_gives_way_to_the_file(
    db: sqlite3.Connection, settings: Settings
) -> None:
    set_preference(db, "TIMEZONE", "Asia/Gone")
    set_preference(db, "MAX_CONFIGS", "5")
    now = in_force(db, settings)
    assert (now.timezone, now.max_configs) == (settings.timezone, 5)
    assert unreadable(read_preferences(db)) == ["TIMEZONE"]
