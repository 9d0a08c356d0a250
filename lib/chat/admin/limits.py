"""A person's own limits: traffic per month, speed, number of configs."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace

from lib.chat.admin.person import get_non_admin, limit_in_words, quota_in_words, show_user, speed_in_words
from lib.chat.input import ask
from lib.chat.notify.decisions_shown import tell_friend
from lib.chat.notify.passing_on import reader_of, tell_other_keeper
from lib.chat.phrases import size, speed
from lib.chat.rules import speed_of
from lib.chat.screens import Actor, Button, button, done, show
from lib.errors import Refused
from lib.store import audit
from lib.store.outbox import Outgoing
from lib.store.users import User, get_user, set_config_limit, set_quota, set_speed
from lib.values import GIGABYTE, MEGABIT, quota
from lib.values import speed as read_speed

AS_EVERYBODY, NONE = "default", "0"
SIZES = ("10", "50", "100", "500")  # gigabytes
QUOTAS = (AS_EVERYBODY, NONE, *SIZES)
RATES = ("5", "10", "20", "50", "100")  # Mbit/s
SPEEDS = (AS_EVERYBODY, NONE, *RATES)
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


def choose_speed(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Offer speed limits."""
    user = get_user(db, user_id)
    present = AS_EVERYBODY if user.speed_kbit is None else f"{user.speed_kbit / MEGABIT:g}"
    rates = [_choice(speed(actor.language, int(word) * MEGABIT), present, "person_speed", user, word) for word in RATES]
    offers = [*rates, actor.button("quota_own", "person_own_speed", user.id)]
    keyboard = [
        [_choice(actor.plain("grant_as_everybody"), present, "person_speed", user, AS_EVERYBODY)],
        [_choice(actor.plain("speed_unlimited"), present, "person_speed", user, NONE)],
        *(offers[at : at + 2] for at in range(0, len(offers), 2)),
        [actor.back("person_more", user.id)],
    ]
    return show(actor, actor.say("person_speeds", name=user.full_name, speed=speed_in_words(actor, user)), keyboard)


def take_speed(db: sqlite3.Connection, actor: Actor, user_id: int, word: str, now: int) -> list[Outgoing]:
    """Set one of the speed limits that were offered."""
    return _set_speed(db, actor, user_id, None if word == AS_EVERYBODY else int(word) * MEGABIT, now)


def ask_speed(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Ask for a number of Mbit/s."""
    user = get_user(db, user_id)
    question = actor.say("speed_type", name=user.full_name)
    return ask(db, actor, f"person_mbit:{user.id}", question, [[actor.back("person_speeds", user.id)]])


def take_typed_speed(db: sqlite3.Connection, actor: Actor, text: str, user_id: int, now: int) -> list[Outgoing]:
    """Set the speed limit that was typed, such as 15, 2.5 or 30 Mbit/s."""
    match = re.fullmatch(r"\s*([0-9]+(?:[.,][0-9]+)?)\s*(?:mbit/s|mbit|mbps|мбит/с|мбит)?\s*", text.lower())
    try:
        kbit = read_speed(match[1].replace(",", ".") if match else "")
    except ValueError:
        raise Refused("bad_own_speed") from None
    return _set_speed(db, actor, user_id, kbit, now)


def _set_speed(db: sqlite3.Connection, actor: Actor, user_id: int, kbit: int | None, now: int) -> list[Outgoing]:
    user = get_user(db, user_id)
    told = list[Outgoing]()
    if set_speed(db, user.id, kbit):
        audit.note(db, now, actor.id, "speed", f"user:{user.id}", AS_EVERYBODY if kbit is None else str(kbit))
        told = _tell_speed(db, actor, user, kbit)
    user = replace(user, speed_kbit=kbit)
    return [*done(actor, "done_speed", speed=speed_in_words(actor, user)), *show_user(db, actor, user, now), *told]


def _tell_speed(db: sqlite3.Connection, actor: Actor, user: User, own: int | None) -> list[Outgoing]:
    """Notify a friend whose speed changes, unless they changed it themselves or have no access anyway."""
    kbit = speed_of(actor.settings, own)
    if kbit == speed_of(actor.settings, user.speed_kbit) or user.id == actor.id or user.state != "approved":
        return []
    what, limit = "limited" if kbit else "free", speed(reader_of(db, actor.settings, user)[1], kbit)
    if user.in_telegram:
        return [tell_friend(user, f"you_speed_{what}", speed=limit)]
    return tell_other_keeper(db, actor.settings, user, actor.id, f"you_speed_{what}_there", speed=limit)


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
