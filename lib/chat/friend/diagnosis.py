"""“Not working?”: what the bot sees of a friend's own peer, in plain words, and what to do next."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards, rules
from lib.chat.friend.configs import ON_A_PAGE
from lib.chat.notify import telegram_path
from lib.chat.notify.tickets_shown import announce_ticket
from lib.chat.paging import page_of
from lib.chat.phrases import end_date, span, speed
from lib.chat.rules import ring, speed_of, this_month, wants_more
from lib.chat.screens import Actor, Button, Keyboard, say_to, show
from lib.chat.texts import Markup
from lib.chat.ways import offer, side_of
from lib.errors import Refused
from lib.settings import Settings
from lib.store import tickets
from lib.store.config_requests import open_request
from lib.store.configs import Config
from lib.store.counters import LITTLE, ONLINE_SECONDS, is_online, read_signs
from lib.store.keeper_notes import read_state
from lib.store.outbox import Outgoing
from lib.store.outdated import is_outdated
from lib.store.server import present_generation
from lib.store.users import User
from lib.store.views.summaries import ConfigSummary, Summary

OFF = ("paused", "expired", "down", "quota")  # findings that a fresh file does not help against
DISGUISED = ("silent", "no_handshake", "cut", "asleep", "no_traffic")  # findings that a disguise may help against


def why_off(db: sqlite3.Connection, settings: Settings, config: Config, owner: User, used: int, now: int) -> str:
    """Return what keeps a config from working: one of OFF, or ''."""
    off = rules.why_off(settings, config, owner, used, now)
    return "down" if off in ("", "quota") and _is_down(db, config) else off


def _is_down(db: sqlite3.Connection, config: Config) -> bool:
    """Return True if the server can't serve a config: the interface is down, or another peer has its address."""
    health, incident = read_state(db)
    conflict = incident.lasting.get("conflict") if incident else None
    taken = conflict.detail.split(", ") if conflict else []
    return health is None or not health.up or not set(taken).isdisjoint(config.allowed_ips.split(","))


def find(db: sqlite3.Connection, settings: Settings, one: ConfigSummary, owner: User, used: int, now: int) -> str:
    """Return what is wrong with a config: first what only a decision can fix, then the nearest cause.

    A peer's bytes count only what was authentic (receive.go of wireguard-go), so a byte without a handshake means that
    the keys are right and our answer is lost or not understood.
    """
    _, received, sent, handshake_at = one.reading
    if off := why_off(db, settings, one.config, owner, used, now):
        return off
    if is_outdated(db, one.config) and not _connected_since_the_change(db, handshake_at):
        return "outdated"
    if not handshake_at:
        return "no_handshake" if received else "silent"
    if not is_online(handshake_at, now):
        return "cut" if _still_calls(db, one.config, handshake_at, now) else "asleep"
    return "no_traffic" if sent < LITTLE or _nothing_flows(db, one.config, now) else "fine"


def after_trials(
    db: sqlite3.Connection, actor: Actor, one: ConfigSummary, owner: User, used: int, now: int
) -> tuple[str, list[Button]]:
    """Return what is wrong with a config, and the button of another disguise where one may help.

    It is `blocked` if all were tried without success.
    """
    finding = find(db, actor.settings, one, owner, used, now)
    if finding not in DISGUISED:
        return finding, []
    ways = offer(db, actor, one.config, side_of(owner))
    return ("blocked", []) if ways is None else (finding, ways)


def _nothing_flows(db: sqlite3.Connection, config: Config, now: int) -> bool:
    """Return True if for minutes no more than keepalives has gone to a device that is online."""
    return now - read_signs(db, config.id).flowed_at > ONLINE_SECONDS


def _still_calls(db: sqlite3.Connection, config: Config, handshake_at: int, now: int) -> bool:
    """Return True if a device that is no longer online still calls: its packets come, our answers don't arrive."""
    heard_at = read_signs(db, config.id).heard_at
    return heard_at > handshake_at + ONLINE_SECONDS and now - heard_at < ONLINE_SECONDS


def _connected_since_the_change(db: sqlite3.Connection, handshake_at: int) -> bool:
    """Return True if an outdated config works all the same: its device has met the server as it is now."""
    server = present_generation(db)
    return server is not None and handshake_at > server.seen_at


def diagnose(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Show what the bot sees of a config."""
    month = this_month(db, actor, actor.id, now)
    return _show(db, actor, month, _made(month, config_id), now)


def _show(db: sqlite3.Connection, actor: Actor, month: Summary, one: ConfigSummary, now: int) -> list[Outgoing]:
    config, used = one.config, month.used.total
    finding, ways = after_trials(db, actor, one, actor.person, used, now)
    if finding == "quota":
        words = Markup(telegram_path.quota_warning(db, actor, used, now).strip())
    else:
        ago = span(actor.language, now - one.reading.handshake_at)
        until = end_date(actor.language, config.expires_at or 0, actor.zone)
        words = actor.say(f"diagnosis_{finding}", span=ago, until=until)
    if finding == "expired":
        words = Markup(words + telegram_path.of_config(db, actor.language, config.id))
    if finding == "fine" and (kbit := speed_of(actor.settings, actor.person.speed_kbit)):
        words = Markup(words + actor.say("diagnosis_speed", speed=speed(actor.language, kbit)))
    more = keyboards.more_traffic(actor.language) if wants_more(db, actor, used, now) else []
    text = actor.say("diagnosis", name=config.name, finding=words)
    return show(actor, text, [*more, ways, *_keyboard(actor, config, finding)])


def _keyboard(actor: Actor, config: Config, finding: str) -> Keyboard:
    again = [actor.button("check_again", "trouble", config.id)]
    if finding not in OFF:
        again.append(
            actor.button("renew", "confirm_renew", config.id)
            if config.private_key is None
            else actor.button("send_file_anew", "file", config.id)
        )
    return [
        keyboards.extension(actor.language, config.id)[0] if finding == "expired" else [],
        again,
        [actor.button("tell_admin", "complain", config.id)],
        [actor.back("config", config.id), actor.to_menu()],
    ]


def choose(db: sqlite3.Connection, actor: Actor, page: int, now: int) -> list[Outgoing]:
    """Ask which device does not work; look at the only one straight away."""
    month = this_month(db, actor, actor.id, now)
    made = [one for one in month.configs if one.config.live_since is not None]
    if len(made) == 1:
        return _show(db, actor, month, made[0], now)
    if not made:
        return _nothing_yet(db, actor)
    here = page_of(page, len(made), ON_A_PAGE)
    keyboard = [
        *keyboards.configs(actor.language, [one.config for one in here.of(made)], "trouble"),
        *here.buttons("problem"),
        [actor.to_menu()],
    ]
    return show(actor, actor.say("problem"), keyboard)


def _nothing_yet(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Show a friend without a config how to get one."""
    request = open_request(db, actor.id)
    if request:
        key = "problem_waiting" if request.state == "pending" else "problem_making"
        return show(actor, actor.say(key, name=request.name), [[actor.to_menu()]])
    ask = actor.button("new_config", "new", style="primary")
    return show(actor, actor.say("problem_none"), [[ask], [actor.to_menu()]])


def complain(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Send the admins a complaint with the diagnosis; once an hour for each config."""
    month = this_month(db, actor, actor.id, now)
    one = _made(month, config_id)
    finding, _ = after_trials(db, actor, one, actor.person, month.used.total, now)
    waits = tickets.is_waiting(db, actor.id, "complaint", config_id)
    ring(db, actor, "complain", f"config:{config_id}", now, finding, waits=waits)
    ticket = tickets.add_ticket(db, actor.id, "complaint", now, config_id=config_id, finding=finding)
    told = say_to(actor.id, actor.say("complained"), [[actor.to_menu()]])
    return [told, *announce_ticket(db, actor.settings, ticket)]


def _made(month: Summary, config_id: int) -> ConfigSummary:
    one = month.get(config_id)
    if one.config.live_since is None:
        raise Refused("not_live_yet")
    return one
