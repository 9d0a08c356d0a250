"""What a tap on a decision does, or a reason that was typed: decide, then show where the admin goes on from."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards
from lib.chat.admin import decisions, waiting
from lib.chat.admin.person import show_person
from lib.chat.input import take_line
from lib.chat.notify import decisions_shown
from lib.chat.screens import Actor, Keyboard, done, say_to, show
from lib.errors import Refused
from lib.store.config_requests import get_request
from lib.store.outbox import Outgoing, message_of
from lib.store.users import get_user, name_of, set_awaiting

REASON_LENGTH = 300  # UTF-16 units of what a friend is told with a rejection


def decide(
    db: sqlite3.Connection, actor: Actor, user_id: int, before: str, after: str, origin: str, now: int
) -> list[Outgoing]:
    """Decide on a person. `origin` is where the button stands: "list", "page" (the person's own), or "" (a notice)."""
    if origin not in ("", waiting.LIST, "page"):
        raise Refused("old_button")
    done = _decide(db, actor, user_id, before, after, now)
    if origin == waiting.LIST:
        return done + waiting.overview(db, actor, 0, now)
    if origin == "page":
        return done + show_person(db, actor, user_id, now)
    notice = decisions_shown.user_notice(db, actor.language, get_user(db, user_id))
    return done + _show_here(db, actor, f"user:{user_id}", notice)


def judge(db: sqlite3.Connection, actor: Actor, request_id: int, after: str, origin: str, now: int) -> list[Outgoing]:
    """Decide on a request. `origin` is where the button stands: "list", or "" for a notice."""
    if origin not in ("", waiting.LIST) or after not in ("approved", "rejected"):
        raise Refused("old_button")
    done = _judge(db, actor, request_id, after, now)
    if origin == waiting.LIST:
        return done + waiting.overview(db, actor, 0, now)
    notice = decisions_shown.request_notice(db, actor.language, get_request(db, request_id))
    return done + _show_here(db, actor, f"request:{request_id}", notice)


def _decide(
    db: sqlite3.Connection, actor: Actor, user_id: int, before: str, after: str, now: int, reason: str = ""
) -> list[Outgoing]:
    """Decide on a person, unless the actor is a helper and so is the person."""
    if actor.role == "helper" and user_id not in actor.settings.admin_ids and get_user(db, user_id).helper:
        raise Refused("is_helper")
    messages = decisions.decide_person(db, actor.settings, actor.id, user_id, before, after, now, reason)
    return [*done(actor, f"done_{after}"), *messages]


def _judge(
    db: sqlite3.Connection, actor: Actor, request_id: int, after: str, now: int, reason: str = ""
) -> list[Outgoing]:
    """Decide on a request, unless the actor is a helper and the request is their own."""
    request = get_request(db, request_id)
    if actor.role == "helper" and request.user_id == actor.id and request.state == "pending":
        raise Refused("own_request")
    messages = decisions.decide_request(db, actor.settings, actor.id, request_id, after, now, reason)
    return [*done(actor, f"done_{after}"), *messages]


def _show_here(db: sqlite3.Connection, actor: Actor, subject: str, notice: tuple[str, Keyboard]) -> list[Outgoing]:
    """Show a decision where it was tapped, unless that message is edited anyway.

    The tapped message may be a second copy, sent when Telegram's answer was lost, or so new that its number is not
    noted yet.
    """
    return [] if message_of(db, subject, actor.id) == actor.message_id else show(actor, *notice)


def ask_person_reason(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Let the next message be why a person is rejected."""
    user = get_user(db, user_id)
    if user.state != "pending":
        raise Refused(f"already_{user.state}", who=name_of(db, user.decided_by))
    set_awaiting(db, actor.id, f"reason_person:{user.id}")
    text = actor.say("type_reason_person", name=user.full_name)
    return show(actor, text, [[actor.back("asker", user.id)]])


def ask_request_reason(db: sqlite3.Connection, actor: Actor, request_id: int) -> list[Outgoing]:
    """Let the next message be why a request is rejected."""
    request = get_request(db, request_id)
    if request.state != "pending":
        raise Refused(f"request_already_{request.state}", who=name_of(db, request.decided_by))
    set_awaiting(db, actor.id, f"reason_request:{request.id}")
    text = actor.say("type_reason_request", name=name_of(db, request.user_id), device=request.name)
    return show(actor, text, [[actor.back("request", request.id)]])


def reject_person(db: sqlite3.Connection, actor: Actor, text: str, user_id: int, now: int) -> list[Outgoing]:
    """Reject a person with the reason that was typed."""
    reason = take_line(text, REASON_LENGTH, "bad_reason")
    done = _decide(db, actor, user_id, "pending", "rejected", now, reason)
    return _rejected(db, actor, done, now)


def reject_request(db: sqlite3.Connection, actor: Actor, text: str, request_id: int, now: int) -> list[Outgoing]:
    """Reject a request with the reason that was typed."""
    reason = take_line(text, REASON_LENGTH, "bad_reason")
    done = _judge(db, actor, request_id, "rejected", now, reason)
    return _rejected(db, actor, done, now)


def _rejected(db: sqlite3.Connection, actor: Actor, done: list[Outgoing], now: int) -> list[Outgoing]:
    set_awaiting(db, actor.id, None)
    said = say_to(actor.id, actor.say("rejected_why"), keyboards.to_waiting(actor.language))
    return [said, *done]
