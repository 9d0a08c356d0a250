"""Decide about people, requests and helpers: the rows that change, what everybody is told, and what is shown next."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from lib.chat import keyboards, rules
from lib.chat.admin import waiting
from lib.chat.admin.person import get_non_admin, show_user
from lib.chat.commands import friend_commands, helper_commands
from lib.chat.friend.door import ASK_AGAIN_SECONDS
from lib.chat.input import ask, take_line
from lib.chat.notify import decisions_shown
from lib.chat.phrases import span
from lib.chat.screens import Actor, Compose, confirm, done, say_to, show
from lib.chat.texts import say
from lib.errors import Refused
from lib.settings import Settings
from lib.store import audit
from lib.store.config_requests import ConfigRequest, get_request, move_request, open_request
from lib.store.outbox import Outgoing, forget_notices, message_of
from lib.store.users import User, get_user, move_user, name_of, set_helper

REASON_LENGTH = 300  # UTF-16 units


def decide(
    db: sqlite3.Connection, actor: Actor, user_id: int, before: str, after: str, origin: str, now: int
) -> list[Outgoing]:
    """Decide about a person; `origin` is where the button stands."""
    user, messages = _decide(db, actor, user_id, before, after, "", now)
    if origin == keyboards.LIST:
        return messages + waiting.overview(db, actor, 0, now)
    if origin == keyboards.PAGE:
        return messages + show_user(db, actor, user, now)
    return messages + _show_here(db, actor, f"user:{user_id}", decisions_shown.user_notice(db, user))


def judge(db: sqlite3.Connection, actor: Actor, request_id: int, after: str, origin: str, now: int) -> list[Outgoing]:
    """Decide about a request; `origin` is where the button stands."""
    request, messages = _judge(db, actor, request_id, after, "", now)
    if origin == keyboards.LIST:
        return messages + waiting.overview(db, actor, 0, now)
    return messages + _show_here(db, actor, f"request:{request_id}", decisions_shown.request_notice(db, request))


def _show_here(db: sqlite3.Connection, actor: Actor, subject: str, notice: Compose) -> list[Outgoing]:
    """Show a decision in the tapped message, unless that is the actor's own notice, which is edited anyway."""
    return [] if message_of(db, subject, actor.id) == actor.message_id else show(actor, *notice(actor.language))


def ask_person_reason(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Ask why a person is rejected."""
    user = get_user(db, user_id)
    if user.state != "pending":
        raise Refused(f"already_{user.state}", who=name_of(db, user.decided_by))
    question = actor.say("type_reason_person", name=user.full_name)
    return ask(db, actor, f"reason_person:{user.id}", question, [[actor.back("asker", user.id)]])


def ask_request_reason(db: sqlite3.Connection, actor: Actor, request_id: int) -> list[Outgoing]:
    """Ask why a request is rejected."""
    request = get_request(db, request_id)
    if request.state != "pending":
        raise Refused(f"request_already_{request.state}", who=name_of(db, request.decided_by))
    question = actor.say("type_reason_request", name=name_of(db, request.user_id), device=request.name)
    return ask(db, actor, f"reason_request:{request.id}", question, [[actor.back("request", request.id)]])


def reject_person(db: sqlite3.Connection, actor: Actor, text: str, user_id: int, now: int) -> list[Outgoing]:
    """Reject a person with the reason that was typed."""
    reason = take_line(text, REASON_LENGTH, "bad_reason")
    return _rejected(actor, _decide(db, actor, user_id, "pending", "rejected", reason, now)[1])


def reject_request(db: sqlite3.Connection, actor: Actor, text: str, request_id: int, now: int) -> list[Outgoing]:
    """Reject a request with the reason that was typed."""
    reason = take_line(text, REASON_LENGTH, "bad_reason")
    return _rejected(actor, _judge(db, actor, request_id, "rejected", reason, now)[1])


def _rejected(actor: Actor, messages: list[Outgoing]) -> list[Outgoing]:
    return [say_to(actor.id, actor.say("rejected_why"), keyboards.to_waiting(actor.language)), *messages]


def _decide(
    db: sqlite3.Connection, actor: Actor, user_id: int, before: str, after: str, reason: str, now: int
) -> tuple[User, list[Outgoing]]:
    """Decide about a person, as far as the actor's role goes."""
    user = get_user(db, user_id)
    refusal = rules.why_not_decide(actor, user)
    if refusal and (refusal != "decided_by_admin" or before == user.state):  # else somebody was faster
        raise Refused(refusal, who=name_of(db, user.decided_by))
    user, messages = decide_person(db, actor.settings, actor.id, user_id, before, after, reason, now)
    return user, [*done(actor, f"done_{after}"), *messages]


def _judge(
    db: sqlite3.Connection, actor: Actor, request_id: int, after: str, reason: str, now: int
) -> tuple[ConfigRequest, list[Outgoing]]:
    """Decide about a request, unless the actor is a helper and it is their own."""
    request = open_request(db, actor.id) if actor.role == "helper" else None
    if request and request.id == request_id and request.state == "pending":
        raise Refused("own_request")
    decided, messages = decide_request(db, actor.settings, actor.id, request_id, after, reason, now)
    return decided, [*done(actor, f"done_{after}"), *messages]


def decide_person(
    db: sqlite3.Connection, settings: Settings, by: int, user_id: int, before: str, after: str, reason: str, now: int
) -> tuple[User, list[Outgoing]]:
    """Move a person to another state in the name of `by`; return them as they are now, and what everybody is told.

    Raises Refused if `before` no longer holds, or if nobody may take this step.
    """
    if after not in keyboards.DECISIONS.get(before, {}):
        raise Refused("old_button")
    if user_id in settings.admin_ids:
        raise Refused("is_admin")
    move_user(db, user_id, before, after, now, by)
    audit.note(db, now, by, after, f"user:{user_id}", reason or f"was {before}")
    user = get_user(db, user_id)
    ended = [*_reject_request(db, settings, by, user, now), *_end_help(db, user)] if after == "blocked" else []
    edits = decisions_shown.update_user_notices(db, settings, user)
    return user, [*edits, *ended, _tell_person(user, before, reason)]


def _tell_person(user: User, before: str, reason: str) -> Outgoing:
    if user.state == "rejected":
        key = "you_rejected_why" if reason else "you_rejected"
        return decisions_shown.tell_friend(user, key, span=span(user.language, ASK_AGAIN_SECONDS), reason=reason)
    if user.state == "approved" and before != "blocked":
        return decisions_shown.welcome(user)
    return decisions_shown.tell_friend(user, "you_unblocked" if before == "blocked" else f"you_{user.state}")


def _reject_request(db: sqlite3.Connection, settings: Settings, by: int, user: User, now: int) -> list[Outgoing]:
    """Reject the open request of a person who is being blocked, so that nobody approves it later by mistake."""
    request = open_request(db, user.id)
    if request is None or request.state != "pending":
        return []
    move_request(db, request.id, "pending", "rejected", now, by)
    return decisions_shown.update_request_notices(db, settings, get_request(db, request.id))


def decide_request(
    db: sqlite3.Connection, settings: Settings, by: int, request_id: int, after: str, reason: str, now: int
) -> tuple[ConfigRequest, list[Outgoing]]:
    """Approve or reject a pending request in the name of `by`; the keeper makes and delivers what was approved."""
    move_request(db, request_id, "pending", after, now, by)
    audit.note(db, now, by, after, f"request:{request_id}", reason)
    request = get_request(db, request_id)
    owner = get_user(db, request.user_id)
    key = "request_rejected_why" if reason else f"request_{after}"
    text = say(owner.language, key, name=request.name, reason=reason)
    edits = decisions_shown.update_request_notices(db, settings, request)
    return request, [*edits, *decisions_shown.tell_asker(db, settings, owner, request, text)]


def confirm_appointment(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Explain what a helper may do."""
    user = _candidate(db, actor, user_id)
    yes = actor.button("appoint_now", "helper", user.id, "on", style="primary")
    return confirm(actor, actor.say("confirm_appoint", name=user.full_name), yes, "person", user.id)


def set_help(db: sqlite3.Connection, actor: Actor, user_id: int, word: str, now: int) -> list[Outgoing]:
    """Make a friend a helper ("on"), or end their time as one ("off")."""
    user, helper = _candidate(db, actor, user_id), word == "on"
    if user.helper == helper:
        raise Refused("old_button")
    if helper:
        set_helper(db, user.id, True)
    menu = helper_commands(actor.settings, user.id) if helper else _end_help(db, user)
    audit.note(db, now, actor.id, "appoint" if helper else "dismiss", f"user:{user.id}")
    page = show_user(db, actor, replace(user, helper=int(helper)), now)
    told = decisions_shown.tell_friend(user, f"you_help_{word}")
    return [*done(actor, f"done_helper_{word}"), *page, told, *menu]


def _candidate(db: sqlite3.Connection, actor: Actor, user_id: int) -> User:
    """Read somebody inside who is no admin."""
    user = get_non_admin(db, actor, user_id)
    if user.state != "approved":
        raise Refused("person_outside")
    return user


def _end_help(db: sqlite3.Connection, user: User) -> list[Outgoing]:
    """End a person's time as a helper, also when they are blocked: unblocking them only gives back the VPN."""
    if not user.helper:
        return []
    set_helper(db, user.id, False)
    forget_notices(db, user.id)
    return friend_commands(user.id)
