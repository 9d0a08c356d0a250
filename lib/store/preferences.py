"""The table preferences: settings that admins change in the chat, which override the settings file."""

from __future__ import annotations

import sqlite3

from lib.settings import Settings, overlay


def read_preferences(db: sqlite3.Connection) -> dict[str, str]:
    """Return what was set in the chat, by the names of the settings file."""
    return dict(db.execute("SELECT name, value FROM preferences ORDER BY name").fetchall())


def set_preference(db: sqlite3.Connection, name: str, value: str | None) -> None:
    """Set a preference that its reader has accepted; None goes back to the settings file."""
    db.execute("DELETE FROM preferences WHERE name = ?", (name,))
    if value is not None:
        db.execute("INSERT INTO preferences (name, value) VALUES (?, ?)", (name, value))


def in_force(db: sqlite3.Connection, settings: Settings) -> Settings:
    """Return the settings in force now: those of the file with the preferences on top."""
    return overlay(settings, read_preferences(db))
