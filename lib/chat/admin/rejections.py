"""Reject a person or a request, with one of the common reasons, a typed one, or none, chosen on the card itself."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards, rules
from lib.chat.admin import decisions, waiting
from lib.chat.input import ask, take_line
from lib.chat.notify import decisions_shown
from lib.chat.screens import Actor, Button, Compose, say_to, show
from lib.chat.texts import Markup
from lib.errors import Refused
from lib.store.config_requests import ConfigRequest, get_request
from lib.store.outbox import Outgoing
from lib.store.users import User, get_user, name_of

REASON_LENGTH = 300  # UTF-16 units
PERSON_REASONS = tuple(reason[1:] for reason in rules.PERSON_REASONS)
REQUEST_REASONS = tuple(reason[1:] for reason in rules.REQUEST_REASONS)


def choose_person_reason(db: sqlite3.Connection, actor: Actor, user_id: int, origin: str) -> list[Outgoing]:
    """Show the reasons for rejecting a person, below the card's text."""
    user = _pending_user(db, user_id)
    common = [_common(actor, "reject_as", user.id, reason, origin) for reason in PERSON_REASONS]
    other = actor.button("why_other", "why_person", user.id, origin)
    none = actor.button("why_none", "decide", user.id, "pending", "rejected", origin, style="danger")
    rows = [common, [other, none], [waiting.back_to_person(actor, user.id, origin)]]
    return _show_reasons(actor, decisions_shown.user_notice(db, user), rows, f"user:{user.id}", origin)


def choose_request_reason(db: sqlite3.Connection, actor: Actor, request_id: int, origin: str) -> list[Outgoing]:
    """Show the reasons for rejecting a request, below the card's text."""
    request = _pending_request(db, request_id)
    common = [_common(actor, "turn_down_as", request.id, reason, origin) for reason in REQUEST_REASONS]
    other = actor.button("why_other", "why_request", request.id, origin)
    none = actor.button("why_none", "judge", request.id, "rejected", origin, style="danger")
    rows = [common, [other, none], [actor.back("request", request.id, origin)]]
    return _show_reasons(actor, decisions_shown.request_notice(db, request), rows, f"request:{request.id}", origin)


def _common(actor: Actor, verb: str, number: int, reason: str, origin: str) -> Button:
    return actor.button(f"why_{reason}", verb, number, reason, origin, style="danger")


def _show_reasons(actor: Actor, notice: Compose, rows: list[list[Button]], subject: str, origin: str) -> list[Outgoing]:
    """Show the reasons in the same message; it remains a card, edited if another admin decides first."""
    text = Markup(notice(actor.language)[0] + actor.say("choose_reason"))
    return show(actor, text, rows, subject=waiting.card_subject(subject, origin))


def reject_person_as(
    db: sqlite3.Connection, actor: Actor, user_id: int, reason: str, origin: str, now: int
) -> list[Outgoing]:
    """Reject a person with one of the common reasons."""
    settled = decisions.settle_person(db, actor, user_id, _no(f":{reason}"), now)
    return decisions.show_decided(db, actor, *settled, origin, now)


def reject_request_as(
    db: sqlite3.Connection, actor: Actor, request_id: int, reason: str, origin: str, now: int
) -> list[Outgoing]:
    """Reject a request with one of the common reasons."""
    settled = decisions.settle_request(db, actor, request_id, _no(f":{reason}"), now)
    return decisions.show_judged(db, actor, *settled, origin, now)


def ask_person_reason(db: sqlite3.Connection, actor: Actor, user_id: int, origin: str) -> list[Outgoing]:
    """Ask why a person is rejected; a card becomes the question and remains a card."""
    user = _pending_user(db, user_id)
    question = actor.say("type_reason_person", name=user.full_name)
    back = [[waiting.back_to_person(actor, user.id, origin)]]
    subject = waiting.card_subject(f"user:{user.id}", origin)
    return ask(db, actor, f"reason_person:{user.id}", question, back, subject=subject)


def ask_request_reason(db: sqlite3.Connection, actor: Actor, request_id: int, origin: str) -> list[Outgoing]:
    """Ask why a request is rejected; a card becomes the question and remains a card."""
    request = _pending_request(db, request_id)
    question = actor.say("type_reason_request", name=name_of(db, request.user_id), device=request.name)
    back = [[actor.back("request", request.id, origin)]]
    subject = waiting.card_subject(f"request:{request.id}", origin)
    return ask(db, actor, f"reason_request:{request.id}", question, back, subject=subject)


def reject_person(db: sqlite3.Connection, actor: Actor, text: str, user_id: int, now: int) -> list[Outgoing]:
    """Reject a person with the reason that was typed."""
    reason = take_line(text, REASON_LENGTH, "bad_reason")
    return _rejected(actor, decisions.settle_person(db, actor, user_id, _no(reason), now)[1])


def reject_request(db: sqlite3.Connection, actor: Actor, text: str, request_id: int, now: int) -> list[Outgoing]:
    """Reject a request with the reason that was typed."""
    reason = take_line(text, REASON_LENGTH, "bad_reason")
    return _rejected(actor, decisions.settle_request(db, actor, request_id, _no(reason), now)[1])


def _no(reason: str) -> decisions.Step:
    return decisions.Step("pending", "rejected", reason)


def _rejected(actor: Actor, messages: list[Outgoing]) -> list[Outgoing]:
    return [say_to(actor.id, actor.say("rejected_why"), keyboards.to_waiting(actor.language)), *messages]


def _pending_user(db: sqlite3.Connection, user_id: int) -> User:
    user = get_user(db, user_id)
    if user.state != "pending":
        raise Refused(f"already_{user.state}", who=name_of(db, user.decided_by))
    return user


def _pending_request(db: sqlite3.Connection, request_id: int) -> ConfigRequest:
    request = get_request(db, request_id)
    if request.state != "pending":
        raise Refused(f"request_already_{request.state}", who=name_of(db, request.decided_by))
    return request
