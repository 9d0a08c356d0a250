"""'It does not work': what the bot sees of a friend's own peer, in plain words, and what to do next."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards
from lib.chat.friend.configs import ON_A_PAGE
from lib.chat.paging import page_of
from lib.chat.phrases import full_date_time, span
from lib.chat.rules import over_quota, quota_warning
from lib.chat.screens import Actor, Keyboard, say_to, show, tell_admins, text_button, toast, username_of
from lib.chat.texts import Markup, plain, say
from lib.errors import Refused
from lib.store import audit
from lib.store.config_requests import open_request
from lib.store.configs import Config, configs_of, get_config, is_outdated
from lib.store.counters import Reading, is_online, last_reading
from lib.store.keeper_notes import Health, read_fact, read_troubles
from lib.store.outbox import Outgoing
from lib.store.server import present_generation
from lib.store.users import get_user

COMPLAINT_SECONDS = 3600  # how long after a complaint about a config the admins are not told again
OFF = ("paused", "expired", "down", "quota")  # findings of a config that is not to work at present
LITTLE = 5_000  # bytes: less than any page, more than a handshake and its keepalives


def find(db: sqlite3.Connection, actor: Actor, config: Config, now: int) -> str:
    """Name what is wrong with a config, what only somebody's decision ends first, then the nearest cause.

    A peer's bytes count only what was authentic (receive.go of wireguard-go), so a byte without a handshake means that
    the keys are right and our answer is lost or not understood.
    """
    if config.paused_at is not None:
        return "paused"
    if config.expires_at is not None and config.expires_at <= now:
        return "expired"
    if _is_down(db, config):
        return "down"
    if over_quota(db, actor, now):
        return "quota"
    reading = last_reading(db, config.id)
    if is_outdated(db, config) and not _connected_since_the_change(db, reading):
        return "outdated"
    if reading is None or not (reading.handshake_at or reading.received):
        return "silent"
    if not reading.handshake_at:
        return "no_handshake"
    if not is_online(reading.handshake_at, now):
        return "asleep"
    return "no_traffic" if reading.sent < LITTLE else "fine"


def _is_down(db: sqlite3.Connection, config: Config) -> bool:
    """Tell whether the server can't serve a config: the interface is down, or another peer holds the address."""
    health, taken = read_fact(db, Health), read_troubles(db).get("conflict", "").split(", ")
    return health is None or not health.up or not set(taken).isdisjoint(config.allowed_ips.split(","))


def _connected_since_the_change(db: sqlite3.Connection, reading: Reading | None) -> bool:
    """Tell whether a config of another generation works all the same: its device met the server as it is now."""
    server = present_generation(db)
    return reading is not None and server is not None and reading.handshake_at > server.seen_at


def diagnose(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Show what the bot sees of a config."""
    config = _made_config(db, actor, config_id)
    finding = find(db, actor, config, now)
    text = actor.say("diagnosis", name=config.name, finding=_words(db, actor, config, finding, now))
    return show(actor, text, _keyboard(actor.language, config, finding))


def _keyboard(language: str, config: Config, finding: str) -> Keyboard:
    """What a friend can do about a finding: a fresh file is no remedy for what was switched off."""
    again = [text_button(language, "check_again", "trouble", config.id)]
    if finding not in OFF:
        again.append(
            text_button(language, "renew", "confirm_renew", config.id)
            if config.private_key is None
            else text_button(language, "send_file_anew", "file", config.id)
        )
    return [
        *(keyboards.extension(language, config.id) if finding == "expired" else []),
        again,
        [text_button(language, "tell_admin", "complain", config.id)],
        [text_button(language, "back", "config", config.id), *keyboards.to_menu(language)[0]],
    ]


def choose(db: sqlite3.Connection, actor: Actor, page: int, now: int) -> list[Outgoing]:
    """Ask which device does not work; the only one is looked at straight away, and who has none learns what to do."""
    configs = [config for config in configs_of(db, actor.id) if config.live_since is not None]
    if len(configs) == 1:
        return diagnose(db, actor, configs[0].id, now)
    if not configs:
        return _nothing_yet(db, actor)
    here = page_of(page, len(configs), ON_A_PAGE)
    keyboard = [
        *keyboards.configs(actor.language, here.of(configs), "trouble"),
        *here.buttons("problem"),
        *keyboards.to_menu(actor.language),
    ]
    return show(actor, actor.say("problem"), keyboard)


def _nothing_yet(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Tell who holds nothing that could work how to come to it."""
    request = open_request(db, actor.id)
    if request:
        key = "problem_waiting" if request.state == "pending" else "problem_making"
        return show(actor, actor.say(key, name=request.name), keyboards.to_menu(actor.language))
    ask = [actor.button("new_config", "new", style="primary")]
    return show(actor, actor.say("problem_none"), [ask, *keyboards.to_menu(actor.language)])


def complain(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Tell the admins, with the diagnosis; once an hour for each config."""
    config = _made_config(db, actor, config_id)
    subject = f"config:{config.id}"
    if audit.was_done(db, actor.id, "complain", subject, now - COMPLAINT_SECONDS):
        raise Refused("complained_already")
    finding = find(db, actor, config, now)
    audit.note(db, now, actor.id, "complain", subject, finding)
    user = get_user(db, actor.id)

    def notice(language: str) -> tuple[Markup, Keyboard]:
        seen = plain(language, f"finding_{finding}")
        words = {"name": user.full_name, "username": username_of(language, user), "id": user.id}
        return say(language, "complaint", device=config.name, seen=seen, **words), _to_status(language)

    told = say_to(actor.id, actor.say("complained"), keyboards.to_menu(actor.language))
    return [toast(actor, ""), told, *tell_admins(db, actor.settings, notice, f"complaint:{config.id}")]


def _made_config(db: sqlite3.Connection, actor: Actor, config_id: int) -> Config:
    config = get_config(db, config_id, actor.id)
    if config.live_since is None:
        raise Refused("not_live_yet")
    return config


def _words(db: sqlite3.Connection, actor: Actor, config: Config, finding: str, now: int) -> Markup:
    """Say a finding with its next step."""
    if finding == "quota":
        return Markup(quota_warning(db, actor, now).strip())
    reading = last_reading(db, config.id)
    ago = span(actor.language, now - reading.handshake_at) if reading else ""
    until = full_date_time(actor.language, config.expires_at, actor.zone) if config.expires_at else ""
    return actor.say(f"diagnosis_{finding}", span=ago, until=until)


def _to_status(language: str) -> Keyboard:
    """Where an admin looks next."""
    return [[text_button(language, "status_button", "status")]]
