"""Texts from people who wait for a decision: the last one is shown on their card."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from lib.chat.input import take_line
from lib.chat.notify.decisions_shown import edit_user_notices
from lib.chat.screens import Actor, say_to
from lib.errors import Refused
from lib.store.outbox import Outgoing
from lib.store.users import note_said

LENGTH = 200  # UTF-16 units
TEXTS = 3  # of one person; the last one stands on the card


def take_words(db: sqlite3.Connection, actor: Actor, typed: str) -> list[Outgoing]:
    """Put a text on the person's card, in place of the one before."""
    if actor.person.said_count >= TEXTS:
        raise Refused("said_enough", count=TEXTS)
    text = take_line(typed, LENGTH, "bad_saying")
    note_said(db, actor.id, text)
    told = say_to(actor.id, actor.say("said", text=text))
    return [told, *edit_user_notices(db, actor.settings, replace(actor.person, said=text))]
