"""The panel, and how the keeper updates open ones when waiting decisions or troubles change."""

from __future__ import annotations

import json
import sqlite3

from lib import days
from lib.chat.notify import alerts
from lib.chat.screens import Button, Keyboard, button, edit_notice, text_button
from lib.chat.texts import Markup, plain, say
from lib.settings import Settings
from lib.store.configs import count_online
from lib.store.counters import sampled_at
from lib.store.database import get_meta, put_meta
from lib.store.keeper_notes import Health, read_fact, read_troubles
from lib.store.outbox import Outgoing, recipients
from lib.store.outdated import outdated
from lib.store.server import present_generation
from lib.store.users import count_users, helper_ids, languages_of
from lib.store.views.waiting import count_open

SUBJECT = "panel"  # of the messages that are a panel now
HEADINGS = 5  # troubles that are named


def describe(db: sqlite3.Connection, settings: Settings, language: str, for_admin: bool) -> tuple[Markup, Keyboard]:
    """Describe the current state, then link to the other screens; helpers only see what they may decide."""
    waiting = count_open(db, for_admin=for_admin)
    text = say(
        language,
        "panel" if for_admin else "panel_helper",
        state=_state(db, settings, language, waiting) if for_admin else "",
        waiting=waiting,
        inside=count_users(db, "approved"),
    )
    return text, _keyboard(language, waiting, for_admin)


def _state(db: sqlite3.Connection, settings: Settings, language: str, waiting: int) -> Markup:
    """Return how many devices are online, as of the last round, or what is wrong; all is well if nothing is to do."""
    health, wrong = read_fact(db, Health), alerts.headings(db, language, settings)
    if health is None:
        return say(language, "panel_unknown")
    if not health.up or wrong:
        return Markup("\n".join(wrong[:HEADINGS])) or say(language, "panel_down")
    old, online = len(outdated(db)), count_devices(db, settings, health, sampled_at(db))
    text = say(language, "panel_online" if waiting or old else "panel_well", online=online, live=health.own)
    return Markup(text + say(language, "panel_outdated", count=old)) if old else text


def count_devices(db: sqlite3.Connection, settings: Settings, health: Health, at: int) -> int:
    """Count the devices online at a moment, among the bot's own peers of the last round.

    A person unblocked since that round counts again once their peers are back.
    """
    return min(health.own, count_online(db, at, days.month_of(at, settings.timezone), settings.quota_bytes))


def _keyboard(language: str, waiting: int, for_admin: bool) -> Keyboard:
    def key(text: str, verb: str, *args: object) -> Button:
        return text_button(language, text, verb, *args)

    requests = button(plain(language, "waiting_button", count=waiting), "requests", 0)
    rows = [[requests, key("people_button", "people", "all", 0)]]
    if for_admin:
        rows += [
            [key("invitations_button", "invitations", 0), key("broadcast_button", "broadcast")],
            [key("history_button", "history", 0, 0), key("settings_button", "settings")],
            [key("status_button", "status"), key("export_button", "export")],
        ]
    return [*rows, [key("refresh", "panel"), key("to_menu", "menu")]]


def note_shown(db: sqlite3.Connection) -> None:
    """Record that a panel was opened; if others show something else, the next round edits all of them."""
    before, present = get_meta(db, "panel"), _news(db)
    if before != present:
        put_meta(db, "panel", present if before is None else "")


def _news(db: sqlite3.Connection) -> str:
    """Return the state whose change causes panels to be edited."""
    server = present_generation(db)
    changed = server.number if server and server.number > 1 else None  # another description outdates configs
    waiting = [count_open(db, for_admin=for_admin) for for_admin in (True, False)]
    return json.dumps([*waiting, sorted(read_troubles(db)), changed])


def follow(db: sqlite3.Connection, settings: Settings, now: int) -> list[Outgoing]:
    """Edit every open panel unless all of them show the current decisions and troubles."""
    present = _news(db)
    if get_meta(db, "panel") == present:
        return []
    put_meta(db, "panel", present)
    staff = {*settings.admin_ids, *helper_ids(db)}
    readers = [who for who in recipients(db, SUBJECT) if who in staff]
    languages = languages_of(db, readers)
    return [
        edit_notice(who, SUBJECT, *describe(db, settings, languages[who], who in settings.admin_ids))
        for who in readers
        if who in languages
    ]
