"""A friend's config as admins see it: its page, and pausing, sending again, deleting."""

from __future__ import annotations

import sqlite3

from lib import days
from lib.chat.admin.person import show_person
from lib.chat.admin.person_configs import holdings_of
from lib.chat.notify import decisions_shown
from lib.chat.notify.delivery import deliver
from lib.chat.phrases import full_date, last_seen, size
from lib.chat.rules import why_off
from lib.chat.screens import Actor, Keyboard, done, show, text_button, username_of
from lib.chat.texts import plain
from lib.errors import Refused
from lib.store import audit
from lib.store.config_requests import get_request, mark_issued
from lib.store.configs import Config, find_config, revoke, set_generation, set_paused
from lib.store.counters import last_reading
from lib.store.outbox import Outgoing
from lib.store.server import present_generation
from lib.store.told import forget_told
from lib.store.traffic import Usage, month_of_configs
from lib.store.users import User, get_user

AGAIN_SECONDS = 60  # until the same admin can send the same files again


def show_held(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Show everything but the secrets of a friend's config."""
    config = read_held(db, config_id)
    owner, reading = get_user(db, config.user_id), last_reading(db, config.id)
    used = month_of_configs(db, owner.id, days.month_of(now, actor.zone)).get(config.id, Usage())
    text = actor.say(
        "held",
        name=config.name,
        owner=owner.full_name,
        username=username_of(actor.language, owner),
        state=actor.plain(f"held_is_{_state(db, actor, config, now)}"),
        addresses=", ".join(config.addresses),
        public_key=config.public_key,
        created=full_date(actor.language, config.created_at, actor.zone),
        expiry=expiry_in_words(actor, actor.language, config.expires_at),
        seen=last_seen(actor.language, reading.handshake_at if reading else 0, now),
        download=size(actor.language, used.sent),
        upload=size(actor.language, used.received),
    )
    return show(actor, text, _keyboard(actor, config, owner))


def pause(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Switch a config off until it is resumed; keys and address stay."""
    return _set_paused(db, actor, config_id, now, now)


def resume(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Switch a paused config on again."""
    return _set_paused(db, actor, config_id, None, now)


def _set_paused(
    db: sqlite3.Connection, actor: Actor, config_id: int, paused_at: int | None, now: int
) -> list[Outgoing]:
    config, deed = read_held(db, config_id), "resume" if paused_at is None else "pause"
    if not set_paused(db, config.id, paused_at):
        raise Refused("old_button")
    audit.note(db, now, actor.id, deed, f"config:{config.id}", f"user:{config.user_id}")
    return [
        *done(actor, f"done_held_{deed}"),
        *show_held(db, actor, config.id, now),
        *tell_owner(db, actor, config, f"you_held_{deed}"),
    ]


def send_again(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Send the files once more to the friend, as the server is to be reached now."""
    config = read_held(db, config_id)
    owner, server, subject = get_user(db, config.user_id), present_generation(db), f"config:{config.id}"
    if owner.state != "approved":
        raise Refused("person_outside")
    if not owner.reachable:
        raise Refused("person_unreachable_now")
    if config.live_since is None or server is None:
        raise Refused("held_not_live")
    if config.private_key is None:
        raise Refused("held_without_file")
    if audit.was_done(db, actor.id, "resend", subject, now - AGAIN_SECONDS):
        raise Refused("held_sent_already")
    set_generation(db, config.id, server.number)
    audit.note(db, now, actor.id, "resend", subject, f"user:{owner.id}")
    files = deliver(db, actor.settings, config, owner)
    return [*done(actor, "done_held_send"), *files]


def confirm_revocation(db: sqlite3.Connection, actor: Actor, config_id: int) -> list[Outgoing]:
    """Say what deleting a config means."""
    config = read_held(db, config_id)
    text = actor.say("confirm_held_delete", name=config.name, owner=get_user(db, config.user_id).full_name)
    yes = actor.button("held_delete_now", "held_delete", config.id, style="danger")
    return show(actor, text, [[yes, actor.back("held", config.id)]])


def revoke_held(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Give up a friend's config for good; the request that it came from is over, even where it never arrived."""
    config = read_held(db, config_id)
    revoke(db, config.id, now)
    forget_told(db, f"config:{config.id}")
    edits: list[Outgoing] = []
    if config.request_id is not None and config.live_since is None:
        mark_issued(db, config.request_id)
        edits = decisions_shown.update_request_notices(db, actor.settings, get_request(db, config.request_id))
    audit.note(db, now, actor.id, "revoke", f"user:{config.user_id}", f"config:{config.id}")
    return [
        *done(actor, "done_held_delete"),
        *show_person(db, actor, config.user_id, now),
        *edits,
        *tell_owner(db, actor, config, "you_held_delete"),
    ]


def read_held(db: sqlite3.Connection, config_id: int) -> Config:
    """Read somebody's config; Refused('gone') for one that was given up."""
    config = find_config(db, config_id)
    if config is None:
        raise Refused("gone")
    return config


def tell_owner(db: sqlite3.Connection, actor: Actor, config: Config, key: str, **values: object) -> list[Outgoing]:
    """Tell whoever holds a config what became of it, unless they did it themselves or have no access anyway."""
    owner = get_user(db, config.user_id)
    if owner.id == actor.id or owner.state != "approved":
        return []
    return [decisions_shown.tell_friend(owner, key, name=config.name, **values)]


def expiry_in_words(actor: Actor, language: str, expires_at: int | None) -> str:
    """Name the last day on which a config works."""
    return plain(language, "held_for_ever") if expires_at is None else full_date(language, expires_at - 1, actor.zone)


def _state(db: sqlite3.Connection, actor: Actor, config: Config, now: int) -> str:
    """Name what keeps a config off, or that it is on; what can be changed on its page comes first."""
    owner = get_user(db, config.user_id)
    _, used = holdings_of(db, actor, owner.id, now)
    off = why_off(actor.settings, config, owner, used, now)
    return {"": "made" if config.live_since is None else "on", "quota": "over"}.get(off, off)


def _keyboard(actor: Actor, config: Config, owner: User) -> Keyboard:
    """Offer what can be done with a config; helpers only look."""
    language = actor.language
    back = [
        text_button(language, "refresh", "held", config.id),
        text_button(language, "back", "person", owner.id),
    ]
    if actor.role != "admin":
        return [back]
    pause_or_resume = (
        text_button(language, "held_pause_button", "held_pause", config.id)
        if config.paused_at is None
        else text_button(language, "held_resume_button", "held_resume", config.id)
    )
    send = [text_button(language, "held_send_button", "held_send", config.id)] if config.private_key else []
    return [
        [
            pause_or_resume,
            text_button(language, "held_expiry_button", "held_expiry", config.id),
        ],
        *([send] if send else []),
        [text_button(language, "held_delete_button", "confirm_held_delete", config.id, style="danger")],
        back,
    ]
