"""Messages about people and requests, and how they change once a decision falls."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards
from lib.chat.screens import Keyboard, button, edit_notices, say_to, tell_staff, username_of
from lib.chat.texts import Markup, plain, say
from lib.settings import Settings
from lib.store.config_requests import ConfigRequest
from lib.store.configs import configs_of
from lib.store.database import get_meta, put_meta
from lib.store.outbox import Outgoing, recipients
from lib.store.users import User, count_users, get_user, name_of

NOTICES_AT_ONCE = 5  # people that wait with a notice each; more of them share one
DIGEST_SECONDS = 3600  # how often that one comes anew, at the bottom of the chat


def announce_user(db: sqlite3.Connection, settings: Settings, user: User, now: int) -> list[Outgoing]:
    """Ask every admin and helper to decide on a person; when a crowd waits, tell how many in one message."""
    if count_users(db, "pending") > NOTICES_AT_ONCE:
        return _announce_crowd(db, settings, now)
    return tell_staff(db, settings, lambda language: user_notice(db, language, user), f"user:{user.id}")


def user_notice(db: sqlite3.Connection, language: str, user: User) -> tuple[str, Keyboard]:
    """Describe a person, what was decided, and the decisions that are open now."""
    text = say(
        language,
        "new_user",
        name=user.full_name,
        username=username_of(language, user),
        id=user.id,
        speaks=user.language,
    )
    if user.decided_by is None:
        return text, keyboards.decide(language, user)
    decided = say(language, f"decided_{user.state}", who=name_of(db, user.decided_by))
    return Markup(text + decided), [*keyboards.decide(language, user), *keyboards.to_waiting(language)]


def _announce_crowd(db: sqlite3.Connection, settings: Settings, now: int) -> list[Outgoing]:
    """Keep one message about everybody who waits up to date, and send it anew from time to time."""
    if 0 <= now - int(get_meta(db, "crowd_told_at") or 0) < DIGEST_SECONDS:
        return update_crowd(db, settings)
    put_meta(db, "crowd_told_at", str(now))
    gone = [Outgoing(chat_id, "deleteMessage", {}, subject="crowd") for chat_id in recipients(db, "crowd")]
    return gone + tell_staff(db, settings, lambda language: crowd_notice(db, language), "crowd")


def crowd_notice(db: sqlite3.Connection, language: str) -> tuple[str, Keyboard]:
    """Tell how many people wait, and the way to them."""
    waiting = count_users(db, "pending")
    return say(language, "crowd", count=waiting), _to_crowd(language, waiting)


def update_crowd(db: sqlite3.Connection, settings: Settings) -> list[Outgoing]:
    """Keep the number right in the message about everybody who waits, where there is one."""
    return edit_notices(db, settings, "crowd", lambda language: crowd_notice(db, language))


def update_user_notices(db: sqlite3.Connection, settings: Settings, user: User) -> list[Outgoing]:
    """Show the decision on a person in every admin's notice."""
    edits = edit_notices(db, settings, f"user:{user.id}", lambda language: user_notice(db, language, user))
    return edits + update_crowd(db, settings)


def announce_request(db: sqlite3.Connection, settings: Settings, request: ConfigRequest) -> list[Outgoing]:
    """Ask every admin and helper to decide on a request, but for whose it is."""
    subject = f"request:{request.id}"
    return tell_staff(db, settings, lambda language: request_notice(db, language, request), subject, request.user_id)


def request_notice(db: sqlite3.Connection, language: str, request: ConfigRequest) -> tuple[str, Keyboard]:
    """Describe a request and what was decided, or the two decisions while it is pending."""
    user = get_user(db, request.user_id)
    text = say(
        language,
        "new_request",
        name=user.full_name,
        username=username_of(language, user),
        id=user.id,
        device=request.name,
        count=len(configs_of(db, user.id)),
    )
    if request.state == "pending":
        return text, keyboards.judge(language, request.id)
    decided = say(language, f"decided_{request.state}", who=name_of(db, request.decided_by))
    return Markup(text + decided), keyboards.to_waiting(language)


def update_request_notices(db: sqlite3.Connection, settings: Settings, request: ConfigRequest) -> list[Outgoing]:
    """Show the decision on a request in every admin's notice."""
    return edit_notices(db, settings, f"request:{request.id}", lambda language: request_notice(db, language, request))


def tell_friend(user: User, key: str, **values: object) -> Outgoing:
    """Tell a friend about a decision, with a button to their menu if they are inside."""
    inside = keyboards.to_menu(user.language) if user.state == "approved" else None
    return say_to(user.id, say(user.language, key, **values), inside)


def tell_asker(
    db: sqlite3.Connection, settings: Settings, user: User, request: ConfigRequest, text: str
) -> list[Outgoing]:
    """Show the decision on a request in the message in which the friend saw it wait, without its Cancel button."""
    keyboard = keyboards.to_menu(user.language)
    if not recipients(db, f"asked:{request.id}"):
        return [say_to(user.id, text, keyboard)]
    return edit_notices(db, settings, f"asked:{request.id}", lambda _: (text, keyboard))


def _to_crowd(language: str, waiting: int) -> Keyboard:
    """The way to everybody who waits."""
    return [[button(plain(language, "waiting_button", count=waiting), "requests", 0)]]
