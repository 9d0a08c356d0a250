"""A person's config as admins see it: its page, and pausing, expiry, sending again, deletion."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo

from lib import days
from lib.chat.admin.person import show_user
from lib.chat.admin.person_ways import what_helps
from lib.chat.admin.taking_back import way_back_of
from lib.chat.input import ask
from lib.chat.notify import decisions_shown, telegram_path
from lib.chat.notify.delivery import deliver, hand_over
from lib.chat.notify.passing_on import reader_of, tell_other_keeper, to_held
from lib.chat.phrases import down_and_up, end_date, full_date, last_seen, local_date, span
from lib.chat.rules import this_month, why_off
from lib.chat.screens import Actor, Keyboard, button, confirm, done, show, username_of
from lib.chat.texts import Markup, escaped, plain
from lib.errors import Refused
from lib.store import audit
from lib.store.config_requests import get_request, mark_issued
from lib.store.configs import Config, find_config, revoke, set_expiry, set_generation, set_paused
from lib.store.outbox import Outgoing
from lib.store.server import present_generation
from lib.store.told import forget_told
from lib.store.users import User, get_user

AGAIN_SECONDS = 60  # until the same admin can send the same files again
NEVER = "never"
DAYS = ("7", "30", "90")
SPANS = (NEVER, *DAYS)
LAST_YEAR = 2099


def show_config(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Show everything about a person's config but its secrets."""
    return _show_page(db, actor, *_read(db, config_id), now)


def _show_page(db: sqlite3.Connection, actor: Actor, config: Config, owner: User, now: int) -> list[Outgoing]:
    """Show the page of a config whose row the caller has read, or has just changed."""
    month = this_month(db, actor, owner.id, now)
    one = month.get(config.id)
    off = why_off(actor.settings, config, owner, month.used.total, now)
    state = {"": "made" if config.live_since is None else "on", "quota": "over"}.get(off, off)
    wrong, ways = what_helps(db, actor, one, owner, month.used.total, now)
    text = actor.say(
        "held",
        name=config.name,
        owner=_owner_in_words(actor, owner),
        state=actor.plain(f"held_is_{state}"),
        addresses=", ".join(config.addresses),
        public_key=config.public_key,
        created=local_date(actor.language, config.created_at, actor.zone),
        expiry=_expiry_in_words(actor, config.expires_at),
        seen=last_seen(actor.language, one.reading.handshake_at, now, off),
        wrong=wrong,
        **down_and_up(actor.language, one.used),
    )
    text = Markup(text + telegram_path.used_this_month(db, actor, owner, now))
    return show(actor, text, [ways, *_keyboard(db, actor, config, owner, off)])


def pause(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Turn a config off until it is resumed; it keeps its keys and address."""
    return _set_paused(db, actor, config_id, now, now)


def resume(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Turn a paused config on again."""
    return _set_paused(db, actor, config_id, None, now)


def _set_paused(db: sqlite3.Connection, actor: Actor, config_id: int, since: int | None, now: int) -> list[Outgoing]:
    (config, owner), action = _read(db, config_id), "resume" if since is None else "pause"
    if not set_paused(db, config.id, since):
        raise Refused("old_button")
    audit.note(db, now, actor.id, action, f"config:{config.id}", f"user:{owner.id}")
    page = _show_page(db, actor, replace(config, paused_at=since), owner, now)
    return [*done(actor, f"done_held_{action}"), *page, *_tell_owner(db, actor, owner, config, f"you_held_{action}")]


def choose_expiry(db: sqlite3.Connection, actor: Actor, config_id: int) -> list[Outgoing]:
    """Offer expiry times for a config, counted from now."""
    config, _ = _read(db, config_id)
    keyboard = [
        [actor.button("held_for_ever", "held_until", config.id, NEVER)],
        [button(span(actor.language, int(word) * days.DAY), "held_until", config.id, word) for word in DAYS],
        [actor.button("held_own_date", "held_own_date", config.id)],
        [actor.back("held", config.id)],
    ]
    until = _expiry_in_words(actor, config.expires_at)
    return show(actor, actor.say("held_expiry", name=config.name, until=until), keyboard)


def take_span(db: sqlite3.Connection, actor: Actor, config_id: int, length: str, now: int) -> list[Outgoing]:
    """Set a config to expire some days after today, or never."""
    last = None if length == NEVER else _today(actor, now) + timedelta(days=int(length))
    return _set_expiry(db, actor, config_id, last, now)


def ask_date(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Ask for the last day."""
    config, _ = _read(db, config_id)
    example = f"{_today(actor, now) + timedelta(days=30):%d.%m.%Y}"
    question = actor.say("held_type_date", name=config.name, example=example)
    return ask(db, actor, f"held_date:{config.id}", question, [[actor.back("held", config.id)]])


def take_date(db: sqlite3.Connection, actor: Actor, text: str, config_id: int, now: int) -> list[Outgoing]:
    """Set a config to expire at the end of the typed day, DD.MM.YYYY: today or later."""
    match = re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", text.strip())
    try:
        day = date(int(match[3]), int(match[2]), int(match[1])) if match else date.min
    except ValueError:
        day = date.min
    if not _today(actor, now) <= day or day.year > LAST_YEAR:
        raise Refused("bad_date")
    return _set_expiry(db, actor, config_id, day, now)


def _set_expiry(db: sqlite3.Connection, actor: Actor, config_id: int, last: date | None, now: int) -> list[Outgoing]:
    config, owner = _read(db, config_id)
    expires_at = end_of(last, actor.zone)
    told = change_expiry(db, actor, config, owner, expires_at, now)
    until, config = last_day(actor.language, expires_at, actor.zone), replace(config, expires_at=expires_at)
    return [*done(actor, "done_expiry", until=until), *_show_page(db, actor, config, owner, now), *told]


def end_of(last: date | None, zone: tzinfo) -> int | None:
    """Return the end of a config's last day; None means never."""
    return None if last is None else days.start_of(last + timedelta(days=1), zone)


def change_expiry(
    db: sqlite3.Connection, actor: Actor, config: Config, owner: User, expires_at: int | None, now: int
) -> list[Outgoing]:
    """Set when a config expires, `None` means never; return what its owner is told."""
    if not set_expiry(db, config.id, expires_at):
        return []
    forget_told(db, f"config:{config.id}", "expire%")
    audit.note(db, now, actor.id, "expiry", f"config:{config.id}", str(expires_at or NEVER))
    language = reader_of(db, actor.settings, owner)[1]
    until = {"until": end_date(language, expires_at, actor.zone)} if expires_at else {}
    return _tell_owner(db, actor, owner, config, "you_held_until" if until else "you_held_for_ever", **until)


def last_day(language: str, expires_at: int | None, zone: tzinfo) -> str:
    """Return a config's expiry date for use in a plain-text sentence."""
    if expires_at is None:
        return plain(language, "held_without_end")
    return plain(language, "held_with_end", until=full_date(language, expires_at - 1, zone))


def _today(actor: Actor, now: int) -> date:
    return datetime.fromtimestamp(now, actor.zone).date()


def send_again(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Send the files again, with current server details, to their owner, or here if they can't be reached."""
    (config, owner), server, subject = _read(db, config_id), present_generation(db), f"config:{config_id}"
    if owner.state != "approved":
        raise Refused("person_outside")
    if config.live_since is None or server is None:
        raise Refused("held_not_live")
    if config.private_key is None:
        raise Refused("held_without_file")
    if audit.was_done(db, actor.id, "resend", subject, AGAIN_SECONDS, now):
        raise Refused("held_sent_already")
    set_generation(db, config.id, server.number)
    audit.note(db, now, actor.id, "resend", subject, f"user:{owner.id}")
    if owner.reachable:
        return [*done(actor, "done_held_send"), *deliver(db, actor.settings, config, owner)]
    return [*done(actor, "done_held_hand"), *hand_over(db, actor.settings, config, owner, actor.id)]


def confirm_deletion(db: sqlite3.Connection, actor: Actor, config_id: int) -> list[Outgoing]:
    """Explain what deleting a config means."""
    config, owner = _read(db, config_id)
    text = actor.say("confirm_held_delete", name=config.name, owner=owner.full_name)
    yes = actor.button("held_delete_now", "held_delete", config.id, style="danger")
    return confirm(actor, text, yes, "held", config.id)


def delete_config(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Delete a person's config permanently; this closes its request, even if the config was never delivered."""
    config, owner = _read(db, config_id)
    revoke(db, config.id, now)
    forget_told(db, f"config:{config.id}")
    told = _tell_owner(db, actor, owner, config, "you_held_delete")
    if config.request_id is not None and config.live_since is None:
        mark_issued(db, config.request_id)
        told = decisions_shown.update_request_notices(db, actor.settings, get_request(db, config.request_id)) + told
    audit.note(db, now, actor.id, "revoke", f"user:{owner.id}", f"config:{config.id}")
    return [*done(actor, "done_held_delete"), *show_user(db, actor, owner, now), *told]


def _read(db: sqlite3.Connection, config_id: int) -> tuple[Config, User]:
    """Return any person's config and its owner; Refused('gone') for a deleted one."""
    config = find_config(db, config_id)
    if config is None:
        raise Refused("gone")
    return config, get_user(db, config.user_id)


def _tell_owner(
    db: sqlite3.Connection, actor: Actor, owner: User, config: Config, key: str, **values: object
) -> list[Outgoing]:
    """Notify a config's owner of a change, unless they made it themselves or have no access anyway."""
    if owner.id == actor.id or owner.state != "approved":
        return []
    if not owner.in_telegram:
        ways = None if key == "you_held_delete" else to_held(config.id, config.name)
        values = {**values, "name": config.name}
        return tell_other_keeper(db, actor.settings, owner, actor.id, f"{key}_there", ways, **values)
    return [decisions_shown.tell_friend(owner, key, name=config.name, **values)]


def _owner_in_words(actor: Actor, owner: User) -> Markup:
    """Return a config's owner as text; a person without Telegram has no username."""
    if not owner.in_telegram:
        return escaped(f"📵 {owner.full_name}")
    return actor.say("held_owner", owner=owner.full_name, username=username_of(actor.language, owner))


def _expiry_in_words(actor: Actor, expires_at: int | None) -> Markup:
    """Return a config's expiry as text."""
    if expires_at is None:
        return actor.say("held_without_end")
    return actor.say("held_with_end", until=end_date(actor.language, expires_at, actor.zone))


def _keyboard(db: sqlite3.Connection, actor: Actor, config: Config, owner: User, off: str) -> Keyboard:
    """Return the actions on a config; helpers get none. `off` is the reason why it is off, or ''."""
    back = [actor.button("refresh", "held", config.id), actor.back("person", config.user_id)]
    if actor.role != "admin":
        return [back]
    pause = actor.button("held_pause_button", "held_pause", config.id)
    resume = actor.button("held_resume_button", "held_resume", config.id)
    send = "held_send_button" if owner.reachable else "held_hand_button"
    return [
        [pause if config.paused_at is None else resume, actor.button("held_expiry_button", "held_expiry", config.id)],
        [actor.button(send, "held_send", config.id)] if config.private_key else [],
        way_back_of(db, actor, config, off),
        back,
        [actor.button("held_delete_button", "confirm_held_delete", config.id, style="danger")],
    ]
