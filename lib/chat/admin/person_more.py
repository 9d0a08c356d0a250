"""More about a person: their origin, recent events, and rare actions."""

from __future__ import annotations

import sqlite3

from lib.chat.admin import audit_log
from lib.chat.admin.person import note_of, role_of
from lib.chat.apps import AMNEZIA
from lib.chat.phrases import full_date
from lib.chat.rules import is_admin
from lib.chat.screens import Actor, Keyboard, show
from lib.chat.texts import Markup
from lib.store.audit import list_entries
from lib.store.outbox import Outgoing
from lib.store.users import User, get_user

ENTRIES_SHOWN = 3  # of the audit log
NOTE_LINES, NOTE_LENGTH = 6, 500  # of the note; UTF-16 units


def show_more(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Show the details that a person's main page leaves out."""
    user = get_user(db, user_id)
    text = actor.say(
        "person_more",
        name=user.full_name,
        role=role_of(actor, user),
        speaks=user.language,
        came=full_date(actor.language, user.created_at, actor.zone),
        app=AMNEZIA[user.app].name if user.app else actor.plain("person_no_app"),
        note=note_of(actor, user, NOTE_LINES, NOTE_LENGTH),
        deeds=_last_entries(db, actor, user),
    )
    return show(actor, text, _keyboard(actor, user))


def _last_entries(db: sqlite3.Connection, actor: Actor, user: User) -> Markup:
    """Return their recent actions and the decisions about them as text."""
    lines = [f"\n{audit_log.describe(actor, entry)}" for entry in list_entries(db, user.id, ENTRIES_SHOWN)]
    return Markup(actor.say("person_deeds") + "".join(lines)) if lines else Markup("")


def _keyboard(actor: Actor, user: User) -> Keyboard:
    """Return the rare actions that admins have; Delete stands apart, below Back."""
    back = [actor.back("person", user.id)]
    if actor.role != "admin":
        return [back]
    note = actor.button("note_button", "note", user.id)
    log = actor.button("history_button", "history", user.id, 0)
    speed = actor.button("speed_button", "person_speeds", user.id)
    if is_admin(actor, user):
        return [[note, log], [speed], back]
    limit = actor.button("limit_button", "person_limits", user.id)
    appoint = actor.button("appoint_button", "appoint", user.id)
    dismiss = actor.button("dismiss_button", "helper", user.id, "off")
    return [
        [note, log],
        [limit, speed],
        [dismiss if user.helper else appoint] if user.state == "approved" and user.in_telegram else [],
        back,
        [actor.button("expel", "confirm_expel", user.id, style="danger")],
    ]
