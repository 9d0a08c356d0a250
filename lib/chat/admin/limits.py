"""A person's own limits: traffic per month, number of configs."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace

from lib.chat.admin.person import get_non_admin, limit_in_words, quota_in_words, show_user
from lib.chat.input import ask
from lib.chat.phrases import size
from lib.chat.screens import Actor, Button, button, done, show
from lib.errors import Refused
from lib.store import audit
from lib.store.outbox import Outgoing
from lib.store.users import User, get_user, set_config_limit, set_quota
from lib.values import GIGABYTE, quota

AS_EVERYBODY, NONE = "default", "0"
SIZES = ("10", "50", "100", "500")  # gigabytes
QUOTAS = (AS_EVERYBODY, NONE, *SIZES)
NUMBERS = tuple(map(str, range(1, 11)))
LIMITS = (AS_EVERYBODY, *NUMBERS)


def choose_quota(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Offer monthly limits."""
    user = get_user(db, user_id)
    present = AS_EVERYBODY if user.quota_bytes is None else f"{user.quota_bytes / GIGABYTE:g}"
    keyboard = [
        [_choice(actor.plain("grant_as_everybody"), present, "person_quota", user, AS_EVERYBODY)],
        [_choice(actor.plain("quota_unlimited"), present, "person_quota", user, NONE)],
        [_choice(size(actor.language, int(word) * GIGABYTE), present, "person_quota", user, word) for word in SIZES],
        [actor.button("quota_own", "person_own_quota", user.id)],
        [actor.back("person", user.id)],
    ]
    text = actor.say("person_quotas", name=user.full_name, quota=quota_in_words(actor, user))
    return show(actor, text, keyboard)


def take_quota(db: sqlite3.Connection, actor: Actor, user_id: int, word: str, now: int) -> list[Outgoing]:
    """Set one of the monthly limits that were offered."""
    return _set_quota(db, actor, user_id, None if word == AS_EVERYBODY else int(word) * GIGABYTE, now)


def ask_quota(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Ask for a number of gigabytes."""
    user = get_user(db, user_id)
    question = actor.say("quota_type", name=user.full_name)
    return ask(db, actor, f"person_gb:{user.id}", question, [[actor.back("person", user.id)]])


def take_typed_quota(db: sqlite3.Connection, actor: Actor, text: str, user_id: int, now: int) -> list[Outgoing]:
    """Set the monthly limit that was typed, such as 25, 2.5 or 30 GB."""
    match = re.fullmatch(r"\s*([0-9]+(?:[.,][0-9]+)?)\s*(?:gb|гб)?\s*", text.lower())
    try:
        amount = quota(match[1].replace(",", ".") if match else "")
    except ValueError:
        raise Refused("bad_quota") from None
    return _set_quota(db, actor, user_id, amount, now)


def _set_quota(db: sqlite3.Connection, actor: Actor, user_id: int, amount: int | None, now: int) -> list[Outgoing]:
    user = get_user(db, user_id)
    if user.quota_bytes != amount:
        set_quota(db, user.id, amount)
        audit.note(db, now, actor.id, "quota", f"user:{user.id}", AS_EVERYBODY if amount is None else str(amount))
    user = replace(user, quota_bytes=amount)
    return [*done(actor, "done_quota", quota=quota_in_words(actor, user)), *show_user(db, actor, user, now)]


def choose_limit(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Offer numbers of configs; admins have no limit."""
    user = get_non_admin(db, actor, user_id)
    present = AS_EVERYBODY if user.config_limit is None else str(user.config_limit)
    usual = _choice(actor.plain("grant_as_everybody"), present, "person_limit", user, AS_EVERYBODY)
    numbers = [_choice(word, present, "person_limit", user, word) for word in NUMBERS]
    text = actor.say("person_limits", name=user.full_name, limit=limit_in_words(actor, user))
    return show(actor, text, [[usual], numbers[:5], numbers[5:], [actor.back("person_more", user.id)]])


def take_limit(db: sqlite3.Connection, actor: Actor, user_id: int, word: str, now: int) -> list[Outgoing]:
    """Set how many configs a person may have; those that they already have stay."""
    user, limit = get_non_admin(db, actor, user_id), None if word == AS_EVERYBODY else int(word)
    if user.config_limit != limit:
        set_config_limit(db, user.id, limit)
        audit.note(db, now, actor.id, "limit", f"user:{user.id}", word)
    user = replace(user, config_limit=limit)
    return [*done(actor, "done_limit", limit=limit_in_words(actor, user)), *show_user(db, actor, user, now)]


def _choice(label: str, present: str, verb: str, user: User, word: str) -> Button:
    return button(f"✅ {label}" if word == present else label, verb, user.id, word)
