"""Notices about waiting people and requests, and their updates once a decision is made."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from lib.chat import keyboards
from lib.chat.screens import Keyboard, about, button, edit_notices, say_to, tell_staff
from lib.chat.texts import Markup, plain, say
from lib.settings import Settings
from lib.store.config_requests import ConfigRequest
from lib.store.configs import Config, configs_of, is_connected
from lib.store.database import get_meta, put_meta
from lib.store.namesakes import namesakes_of
from lib.store.outbox import Outgoing, recipients
from lib.store.users import User, count_users, get_user, name_of

NOTICES_AT_ONCE = 5  # people who wait with a notice each; more of them share one
DIGEST_SECONDS = 3600  # how often that one is sent again, at the bottom of the chat
Notice = Callable[[str], tuple[Markup, Keyboard]]
"""Renders a notice in a language, from data that has already been read."""


def announce_user(db: sqlite3.Connection, settings: Settings, user: User, now: int) -> list[Outgoing]:
    """Ask every admin and helper to decide on a person; if many wait, send one message with the count."""
    if count_users(db, "pending") > NOTICES_AT_ONCE:
        return _announce_crowd(db, settings, now)
    return tell_staff(db, settings, user_notice(db, user), f"user:{user.id}")


def user_notice(db: sqlite3.Connection, user: User, origin: str = keyboards.NOTICE, *, works: bool = False) -> Notice:
    """Describe a person: the decision, whether their VPN works yet, and the available decisions."""
    who = name_of(db, user.decided_by)
    alike = namesakes_of(db, user)[:1] if user.state == "pending" else []

    def notice(language: str) -> tuple[Markup, Keyboard]:
        text = say(language, "new_user", **about(language, user, alone=True), speaks=user.language)
        for other in alike:
            text = Markup(text + say(language, "namesake", **about(language, other)))
        if user.said:
            text = Markup(text + say(language, "asker_said", text=user.said))
        if user.decided_by is None:
            return text, keyboards.decide(language, user, origin)
        decided = say(language, f"decided_{user.state}", who=who)
        connected = say(language, "decided_works") if works else ""
        return Markup(text + decided + connected), [*keyboards.decide(language, user), *keyboards.to_waiting(language)]

    return notice


def _announce_crowd(db: sqlite3.Connection, settings: Settings, now: int) -> list[Outgoing]:
    """Keep one message about all waiting people up to date, and resend it from time to time."""
    if 0 <= now - int(get_meta(db, "crowd_told_at") or 0) < DIGEST_SECONDS:
        return update_crowd(db, settings)
    put_meta(db, "crowd_told_at", str(now))
    gone = [Outgoing(chat_id, "deleteMessage", {}, subject="crowd") for chat_id in recipients(db, "crowd")]
    return gone + tell_staff(db, settings, _crowd_notice(db), "crowd")


def _crowd_notice(db: sqlite3.Connection) -> Notice:
    """Describe how many people are waiting, with a button to the list."""
    waiting = count_users(db, "pending")
    return lambda language: (
        say(language, "crowd", count=waiting),
        [[button(plain(language, "waiting_button", count=waiting), "requests", 0)]],
    )


def update_crowd(db: sqlite3.Connection, settings: Settings) -> list[Outgoing]:
    """Update the count in the message about waiting people, if there is one."""
    return edit_notices(db, settings, "crowd", _crowd_notice(db))


def update_user_notices(db: sqlite3.Connection, settings: Settings, user: User) -> list[Outgoing]:
    """Show the decision on a person in every notice about them."""
    return edit_user_notices(db, settings, user) + update_crowd(db, settings)


def edit_user_notices(db: sqlite3.Connection, settings: Settings, user: User) -> list[Outgoing]:
    """Show a person as they are now in every notice about them alone."""
    return edit_notices(db, settings, f"user:{user.id}", user_notice(db, user))


def show_first_connection(db: sqlite3.Connection, settings: Settings, user: User) -> list[Outgoing]:
    """Update every notice about a person: their first device has connected."""
    return edit_notices(db, settings, f"user:{user.id}", user_notice(db, user, works=True))


def announce_request(db: sqlite3.Connection, settings: Settings, request: ConfigRequest) -> list[Outgoing]:
    """Ask every admin and helper, except the requester, to decide on a request."""
    return tell_staff(db, settings, request_notice(db, request), f"request:{request.id}", request.user_id)


def request_notice(db: sqlite3.Connection, request: ConfigRequest, origin: str = keyboards.NOTICE) -> Notice:
    """Describe a request with its decision, or with both decision buttons while it is pending."""
    user, who = get_user(db, request.user_id), name_of(db, request.decided_by)
    held, works = len(configs_of(db, user.id)), request.state == "issued" and is_connected(db, request.id)

    def notice(language: str) -> tuple[Markup, Keyboard]:
        text = say(language, "new_request", **about(language, user), device=request.name, count=held)
        if request.state == "pending":
            return text, keyboards.judge(language, request.id, origin)
        decided = say(language, f"decided_{request.state}", who=who)
        connected = say(language, "decided_works") if works else ""
        return Markup(text + decided + connected), keyboards.to_waiting(language)

    return notice


def update_request_notices(db: sqlite3.Connection, settings: Settings, request: ConfigRequest) -> list[Outgoing]:
    """Show the decision on a request in every notice about it."""
    return edit_notices(db, settings, f"request:{request.id}", request_notice(db, request))


def welcome(user: User, key: str, more: Keyboard) -> Outgoing:
    """Notify a newly approved person, and offer a config for each kind of device, and what else there is."""
    ways = [*keyboards.devices(user.language, "device"), *more, *keyboards.to_menu(user.language)]
    return say_to(user.id, say(user.language, key), ways)


def tell_friend(user: User, key: str, **values: object) -> Outgoing:
    """Notify a friend of a decision, with a button to their menu if they have access."""
    inside = keyboards.to_menu(user.language) if user.state == "approved" else None
    return say_to(user.id, say(user.language, key, **values), inside)


def tell_asker(
    db: sqlite3.Connection, settings: Settings, user: User, request: ConfigRequest, text: str
) -> list[Outgoing]:
    """Show the decision in the message where the requester saw it waiting, without the Cancel button."""
    notice = (text, keyboards.to_menu(user.language))
    subject = asked_subject(request.id)
    return edit_notices(db, settings, subject, lambda _: notice) or [say_to(user.id, *notice, subject=subject)]


def show_ready(db: sqlite3.Connection, settings: Settings, request_id: int, config: Config) -> list[Outgoing]:
    """Update the message that said that a config is being made, just before its file arrives below."""

    def notice(language: str) -> tuple[Markup, Keyboard]:
        return say(language, "config_ready", name=config.name), keyboards.to_config(language, config.id, config.name)

    return edit_notices(db, settings, asked_subject(request_id), notice)


def asked_subject(request_id: int) -> str:
    """Return the subject of the message in which a friend sees their request."""
    return f"asked:{request_id}"
