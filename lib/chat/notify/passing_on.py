"""Messages for people without Telegram, sent to the admin who passes their files on."""

from __future__ import annotations

import sqlite3

from lib.chat.phrases import labelled
from lib.chat.rules import keeper_of
from lib.chat.screens import Keyboard, button, language_of, say_to, text_button
from lib.chat.texts import say
from lib.settings import Settings
from lib.store.outbox import Outgoing
from lib.store.users import User, name_of


def reader_of(db: sqlite3.Connection, settings: Settings, owner: User) -> tuple[int, str]:
    """Return who reads what concerns a person, and in which language: they, or the admin who passes it on."""
    if owner.in_telegram:
        return owner.id, owner.language
    admin_id = keeper_of(settings, owner)
    return admin_id, language_of(db, settings, admin_id)


def tell_keeper(
    db: sqlite3.Connection, settings: Settings, owner: User, key: str, ways: Keyboard | None = None, **values: object
) -> Outgoing:
    """Notify the admin of a person without Telegram; the button leads to the person unless `ways` are given."""
    admin_id, language = reader_of(db, settings, owner)
    text = say(language, key, owner=owner.full_name, **values)
    return say_to(admin_id, text, ways or [[text_button(language, "to_person", "person", owner.id)]])


def tell_other_keeper(
    db: sqlite3.Connection,
    settings: Settings,
    owner: User,
    by: int,
    key: str,
    ways: Keyboard | None = None,
    **values: object,
) -> list[Outgoing]:
    """Notify the admin of a person without Telegram of a decision, unless `by` is that admin."""
    if keeper_of(settings, owner) == by:
        return []
    return [tell_keeper(db, settings, owner, key, ways, who=name_of(db, by), **values)]


def to_held(config_id: int, name: str) -> Keyboard:
    """The button to the admins' page of a config."""
    return [[button(labelled("🔑", name), "held", config_id)]]
