"""Clean up after a removed helper, and show the result to the admin who removed them."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards
from lib.chat.commands import friend_commands
from lib.chat.notify.panel_shown import SUBJECT as PANEL
from lib.chat.screens import about, language_of, rewrite, say_to
from lib.chat.texts import Markup, say
from lib.settings import Settings
from lib.store.config_requests import ConfigRequest, get_request
from lib.store.database import put_meta
from lib.store.outbox import Outgoing, forget_notices, message_of
from lib.store.users import User, set_awaiting, set_helper


def end_help(
    db: sqlite3.Connection, settings: Settings, by: int, user: User, asked: ConfigRequest | None
) -> list[Outgoing]:
    """Remove a person as a helper, also when they are blocked: unblocking only restores their VPN.

    Whatever they left open is closed, and `by` is told about it: cards that waited for their decision, a question
    that their next text would have answered, and their own request, which others decide.
    """
    if not user.helper:
        return []
    set_helper(db, user.id, False)
    set_awaiting(db, user.id, None)
    put_meta(db, f"people:{user.id}", None)
    panel, left_open = message_of(db, PANEL, user.id), forget_notices(db, user.id)
    cards = len(left_open) - (panel in left_open)  # the panel asks for no decision
    language = language_of(db, settings, by)
    left = [
        *([say(language, "helper_left_cards", count=cards)] if cards else []),
        *([say(language, "helper_left_question")] if user.awaiting else []),
        *([say(language, f"helper_left_{_fate(db, asked)}", name=asked.name)] if asked else []),
    ]
    text = Markup(say(language, "helper_left", **about(language, user)) + "".join(left))
    told = [say_to(by, text, keyboards.to_waiting(language))] if left else []
    return [
        *(rewrite(user.id, message, say(user.language, "help_over")) for message in left_open),
        *told,
        *friend_commands(user.id),
    ]


def _fate(db: sqlite3.Connection, asked: ConfigRequest) -> str:
    """Return what becomes of a helper's own request: rejected if they were blocked, else waiting or being made."""
    state = get_request(db, asked.id).state
    return "request" if state == "pending" else state
