"""Until when a friend's config works."""

from __future__ import annotations

import re
import sqlite3
from datetime import date, datetime, timedelta

from lib import days
from lib.chat.admin.person_config import expiry_in_words, read_held, show_held, tell_owner
from lib.chat.screens import Actor, button, done, show
from lib.errors import Refused
from lib.store import audit
from lib.store.configs import set_expiry
from lib.store.outbox import Outgoing
from lib.store.told import forget_told
from lib.store.users import get_user, set_awaiting

SPANS = ("7", "30", "90")  # days
NEVER = "never"
LAST_YEAR = 2099


def choose_expiry(db: sqlite3.Connection, actor: Actor, config_id: int) -> list[Outgoing]:
    """Offer the days until which a config shall work."""
    config = read_held(db, config_id)
    spans = [button(actor.plain("held_days", days=int(word)), "held_until", config.id, word) for word in SPANS]
    keyboard = [
        [actor.button("held_for_ever", "held_until", config.id, NEVER)],
        spans,
        [actor.button("held_own_date", "held_own_date", config.id)],
        [actor.back("held", config.id)],
    ]
    until = expiry_in_words(actor, actor.language, config.expires_at)
    return show(actor, actor.say("held_expiry", name=config.name, until=until), keyboard)


def take_span(db: sqlite3.Connection, actor: Actor, config_id: int, span: str, now: int) -> list[Outgoing]:
    """Let a config work for some days after today, or for ever."""
    if span not in (NEVER, *SPANS):
        raise Refused("old_button")
    if span == NEVER:
        return _set_expiry(db, actor, config_id, None, now)
    last = _today(actor, now) + timedelta(days=int(span))
    return _set_expiry(db, actor, config_id, _end_of(actor, last), now)


def ask_date(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Let the next message be the last day."""
    config = read_held(db, config_id)
    set_awaiting(db, actor.id, f"held_date:{config.id}")
    example = (_today(actor, now) + timedelta(days=30)).strftime("%d.%m.%Y")
    return show(
        actor, actor.say("held_type_date", name=config.name, example=example), [[actor.back("held", config.id)]]
    )


def take_date(db: sqlite3.Connection, actor: Actor, text: str, config_id: int, now: int) -> list[Outgoing]:
    """Let a config work until the end of the day that was typed."""
    return _set_expiry(db, actor, config_id, _end_of(actor, _read_date(actor, text, now)), now)


def _read_date(actor: Actor, text: str, now: int) -> date:
    """Read DD.MM.YYYY, today or later; Refused('bad_date') for anything else."""
    match = re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", text.strip())
    try:
        day = date(int(match[3]), int(match[2]), int(match[1])) if match else date.min
    except ValueError:
        day = date.min
    if not _today(actor, now) <= day or day.year > LAST_YEAR:
        raise Refused("bad_date")
    return day


def _set_expiry(
    db: sqlite3.Connection, actor: Actor, config_id: int, expires_at: int | None, now: int
) -> list[Outgoing]:
    config = read_held(db, config_id)
    set_awaiting(db, actor.id, None)
    answer = done(actor, "done_granted")
    if not set_expiry(db, config.id, expires_at):
        return [*answer, *show_held(db, actor, config.id, now)]
    forget_told(db, f"config:{config.id}", "expire%")
    until = expiry_in_words(actor, get_user(db, config.user_id).language, expires_at)
    audit.note(db, now, actor.id, "expiry", f"config:{config.id}", str(expires_at or NEVER))
    key = "you_held_for_ever" if expires_at is None else "you_held_until"
    told = tell_owner(db, actor, config, key, **({} if expires_at is None else {"until": until}))
    return [*answer, *show_held(db, actor, config.id, now), *told]


def _today(actor: Actor, now: int) -> date:
    return datetime.fromtimestamp(now, actor.zone).date()


def _end_of(actor: Actor, day: date) -> int:
    return days.start_of(day + timedelta(days=1), actor.zone)
