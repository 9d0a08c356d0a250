"""Decide about a person or a request: the rows that change, and what everybody concerned is told."""

from __future__ import annotations

import sqlite3

from lib.chat.commands import friend_commands
from lib.chat.friend.door import ASK_AGAIN_SECONDS
from lib.chat.keyboards import DECISIONS
from lib.chat.notify import decisions_shown
from lib.chat.phrases import span
from lib.chat.texts import say
from lib.errors import Refused
from lib.settings import Settings
from lib.store import audit
from lib.store.config_requests import get_request, move_request, open_request
from lib.store.outbox import Outgoing, forget_notices
from lib.store.users import User, get_user, move_user, set_helper


def decide_person(
    db: sqlite3.Connection, settings: Settings, by: int, user_id: int, before: str, after: str, reason: str, now: int
) -> list[Outgoing]:
    """Move a person from one state to another in the name of `by`; a rejection may tell them a reason.

    Raises Refused if `before` no longer holds, or if nobody may take this step.
    """
    if after not in DECISIONS.get(before, {}):
        raise Refused("old_button")
    if user_id in settings.admin_ids:
        raise Refused("is_admin")
    move_user(db, user_id, before, after, now, by)
    audit.note(db, now, by, after, f"user:{user_id}", reason or f"was {before}")
    user = get_user(db, user_id)
    revoked = [*_reject_request(db, settings, by, user, now), *_end_help(db, user)] if after == "blocked" else []
    return [*decisions_shown.update_user_notices(db, settings, user), *revoked, _tell_person(user, before, reason)]


def _tell_person(user: User, before: str, reason: str) -> Outgoing:
    if user.state == "rejected":
        key = "you_rejected_why" if reason else "you_rejected"
        return decisions_shown.tell_friend(user, key, span=span(user.language, ASK_AGAIN_SECONDS), reason=reason)
    return decisions_shown.tell_friend(user, "you_unblocked" if before == "blocked" else f"you_{user.state}")


def _reject_request(db: sqlite3.Connection, settings: Settings, by: int, user: User, now: int) -> list[Outgoing]:
    """Reject the open request of a person who is being blocked, so that nobody approves it later by mistake."""
    request = open_request(db, user.id)
    if request is None or request.state != "pending":
        return []
    move_request(db, request.id, "pending", "rejected", now, by)
    return decisions_shown.update_request_notices(db, settings, get_request(db, request.id))


def _end_help(db: sqlite3.Connection, user: User) -> list[Outgoing]:
    """End a blocked person's time as a helper, so that unblocking them gives back the VPN alone."""
    if not user.helper:
        return []
    set_helper(db, user.id, False)
    forget_notices(db, user.id)
    return friend_commands(user.id)


def decide_request(
    db: sqlite3.Connection, settings: Settings, by: int, request_id: int, after: str, reason: str, now: int
) -> list[Outgoing]:
    """Approve or reject a pending request in the name of `by`; the keeper makes and delivers what was approved."""
    move_request(db, request_id, "pending", after, now, by)
    audit.note(db, now, by, after, f"request:{request_id}", reason)
    request = get_request(db, request_id)
    owner = get_user(db, request.user_id)
    key = "request_rejected_why" if reason else f"request_{after}"
    text = say(owner.language, key, name=request.name, reason=reason)
    edits = decisions_shown.update_request_notices(db, settings, request)
    return [*edits, *decisions_shown.tell_asker(db, settings, owner, request, text)]
