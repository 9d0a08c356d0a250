"""Clean up after a removed admin, and tell the others."""

from __future__ import annotations

import sqlite3

from lib.chat.screens import Keyboard, tell_admins, text_button
from lib.chat.texts import Markup, say
from lib.settings import Settings
from lib.store import audit, invitations
from lib.store.outbox import Outgoing


def end_invitations(db: sqlite3.Connection, settings: Settings, now: int) -> list[Outgoing]:
    """Revoke the open invitations of former admins, so that their links stop working."""
    ended = invitations.end_of_others(db, settings.admin_ids, now)
    if not ended:
        return []
    for one in ended:
        audit.note(db, now, None, "uninvite", f"invitation:{one.id}")

    def notice(language: str) -> tuple[Markup, Keyboard]:
        text = say(language, "invitations_ended", names=", ".join(one.name for one in ended), count=len(ended))
        return text, [[text_button(language, "to_invitations", "invitations", 0)]]

    return tell_admins(db, settings, notice)
