"""Own the table preferences: settings that admins change in the chat, above those of the settings file."""

from __future__ import annotations

import sqlite3

from lib.settings import Settings, overlay


def read_preferences(db: sqlite3.Connection) -> dict[str, str]:
    """Read what was set in the chat: name as in the settings file to its text."""
    return dict(db.execute("SELECT name, value FROM preferences ORDER BY name").fetchall())


def set_preference(db: sqlite3.Connection, name: str, value: str | None) -> None:
    """Set one from now on; None goes back to the settings file. The caller has checked it with its reader."""
    db.execute("DELETE FROM preferences WHERE name = ?", (name,))
    if value is not None:
        db.execute("INSERT INTO preferences (name, value) VALUES (?, ?)", (name, value))


def in_force(db: sqlite3.Connection, settings: Settings) -> Settings:
    """Give the settings as they hold now: those of the file, with what was set in the chat above them."""
    return overlay(settings, read_preferences(db))
