"""Until when a person's config works."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from datetime import date, datetime, timedelta

from lib import days
from lib.chat.admin.person_config import expiry_in_words, read_config, show_page, tell_owner
from lib.chat.input import ask
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
    """Offer for how long a config works from now on."""
    config = read_config(db, config_id)
    keyboard = [
        [actor.button("held_for_ever", "held_until", config.id, NEVER)],
        [button(actor.plain("held_days", days=word), "held_until", config.id, word) for word in SPANS],
        [actor.button("held_own_date", "held_own_date", config.id)],
        [actor.back("held", config.id)],
    ]
    until = expiry_in_words(actor, actor.language, config.expires_at)
    return show(actor, actor.say("held_expiry", name=config.name, until=until), keyboard)


def take_span(db: sqlite3.Connection, actor: Actor, config_id: int, span: str, now: int) -> list[Outgoing]:
    """Let a config work for some days after today, or for ever."""
    if span not in (NEVER, *SPANS):
        raise Refused("old_button")
    last_day = None if span == NEVER else _today(actor, now) + timedelta(days=int(span))
    return _set_expiry(db, actor, config_id, last_day, now)


def ask_date(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Ask for the last day."""
    config = read_config(db, config_id)
    example = f"{_today(actor, now) + timedelta(days=30):%d.%m.%Y}"
    question = actor.say("held_type_date", name=config.name, example=example)
    return ask(db, actor, f"held_date:{config.id}", question, "held", config.id)


def take_date(db: sqlite3.Connection, actor: Actor, text: str, config_id: int, now: int) -> list[Outgoing]:
    """Let a config work until the end of the day that was typed."""
    return _set_expiry(db, actor, config_id, _read_date(actor, text, now), now)


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
    db: sqlite3.Connection, actor: Actor, config_id: int, last_day: date | None, now: int
) -> list[Outgoing]:
    config = read_config(db, config_id)
    owner = get_user(db, config.user_id)
    expires_at = None if last_day is None else days.start_of(last_day + timedelta(days=1), actor.zone)
    set_awaiting(db, actor.id, None)
    told = []
    if set_expiry(db, config.id, expires_at):
        forget_told(db, f"config:{config.id}", "expire%")
        audit.note(db, now, actor.id, "expiry", f"config:{config.id}", str(expires_at or NEVER))
        until = expiry_in_words(actor, owner.language, expires_at)
        told = tell_owner(actor, owner, config, "you_held_until" if expires_at else "you_held_for_ever", until=until)
    return [
        *done(actor, "done_granted"),
        *show_page(db, actor, replace(config, expires_at=expires_at), owner, now),
        *told,
    ]


def _today(actor: Actor, now: int) -> date:
    return datetime.fromtimestamp(now, actor.zone).date()
