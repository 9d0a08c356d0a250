"""What happens when an admin or helper taps a decision, or types a reason: decide, then show where to go on."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards
from lib.chat.admin import decisions, waiting
from lib.chat.admin.person import show_person
from lib.chat.input import ask, take_line
from lib.chat.notify import decisions_shown
from lib.chat.screens import Actor, Keyboard, done, say_to, show
from lib.errors import Refused
from lib.store.config_requests import get_request
from lib.store.outbox import Outgoing, message_of
from lib.store.users import get_user, name_of, set_awaiting

REASON_LENGTH = 300  # UTF-16 units


def decide(
    db: sqlite3.Connection, actor: Actor, user_id: int, before: str, after: str, origin: str, now: int
) -> list[Outgoing]:
    """Decide about a person. `origin` is where the button stands: "list", "page" (the person's), or "" (a notice)."""
    if origin not in ("", waiting.LIST, "page"):
        raise Refused("old_button")
    messages = _decide(db, actor, user_id, before, after, "", now)
    if origin == waiting.LIST:
        return messages + waiting.overview(db, actor, 0, now)
    if origin == "page":
        return messages + show_person(db, actor, user_id, now)
    notice = decisions_shown.user_notice(db, actor.language, get_user(db, user_id))
    return messages + _show_here(db, actor, f"user:{user_id}", notice)


def judge(db: sqlite3.Connection, actor: Actor, request_id: int, after: str, origin: str, now: int) -> list[Outgoing]:
    """Decide about a request. `origin` is where the button stands: "list", or "" (a notice)."""
    if origin not in ("", waiting.LIST) or after not in ("approved", "rejected"):
        raise Refused("old_button")
    messages = _judge(db, actor, request_id, after, "", now)
    if origin == waiting.LIST:
        return messages + waiting.overview(db, actor, 0, now)
    notice = decisions_shown.request_notice(db, actor.language, get_request(db, request_id))
    return messages + _show_here(db, actor, f"request:{request_id}", notice)


def _decide(
    db: sqlite3.Connection, actor: Actor, user_id: int, before: str, after: str, reason: str, now: int
) -> list[Outgoing]:
    """Decide about a person, unless both the actor and the person are helpers."""
    if actor.role == "helper" and user_id not in actor.settings.admin_ids and get_user(db, user_id).helper:
        raise Refused("is_helper")
    messages = decisions.decide_person(db, actor.settings, actor.id, user_id, before, after, reason, now)
    return [*done(actor, f"done_{after}"), *messages]


def _judge(db: sqlite3.Connection, actor: Actor, request_id: int, after: str, reason: str, now: int) -> list[Outgoing]:
    """Decide about a request, unless the actor is a helper and it is their own."""
    request = get_request(db, request_id)
    if actor.role == "helper" and request.user_id == actor.id and request.state == "pending":
        raise Refused("own_request")
    messages = decisions.decide_request(db, actor.settings, actor.id, request_id, after, reason, now)
    return [*done(actor, f"done_{after}"), *messages]


def _show_here(db: sqlite3.Connection, actor: Actor, subject: str, notice: tuple[str, Keyboard]) -> list[Outgoing]:
    """Show a decision in the tapped message, unless that one is edited anyway.

    It may be a second copy, sent when Telegram's answer was lost, or so new that its id is not stored yet.
    """
    return [] if message_of(db, subject, actor.id) == actor.message_id else show(actor, *notice)


def ask_person_reason(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Ask why a person is rejected."""
    user = get_user(db, user_id)
    if user.state != "pending":
        raise Refused(f"already_{user.state}", who=name_of(db, user.decided_by))
    question = actor.say("type_reason_person", name=user.full_name)
    return ask(db, actor, f"reason_person:{user.id}", question, "asker", user.id)


def ask_request_reason(db: sqlite3.Connection, actor: Actor, request_id: int) -> list[Outgoing]:
    """Ask why a request is rejected."""
    request = get_request(db, request_id)
    if request.state != "pending":
        raise Refused(f"request_already_{request.state}", who=name_of(db, request.decided_by))
    question = actor.say("type_reason_request", name=name_of(db, request.user_id), device=request.name)
    return ask(db, actor, f"reason_request:{request.id}", question, "request", request.id)


def reject_person(db: sqlite3.Connection, actor: Actor, text: str, user_id: int, now: int) -> list[Outgoing]:
    """Reject a person with the reason that was typed."""
    reason = take_line(text, REASON_LENGTH, "bad_reason")
    return _confirm_rejection(db, actor, _decide(db, actor, user_id, "pending", "rejected", reason, now))


def reject_request(db: sqlite3.Connection, actor: Actor, text: str, request_id: int, now: int) -> list[Outgoing]:
    """Reject a request with the reason that was typed."""
    reason = take_line(text, REASON_LENGTH, "bad_reason")
    return _confirm_rejection(db, actor, _judge(db, actor, request_id, "rejected", reason, now))


def _confirm_rejection(db: sqlite3.Connection, actor: Actor, messages: list[Outgoing]) -> list[Outgoing]:
    set_awaiting(db, actor.id, None)
    return [say_to(actor.id, actor.say("rejected_why"), keyboards.to_waiting(actor.language)), *messages]
