"""The apps that configs are for, and whom the newest parameters would leave behind: seen before the server changes."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from lib.chat.admin import way_back
from lib.chat.apps import AMNEZIA, App, app_for, needed, version_for
from lib.chat.paging import page_of
from lib.chat.phrases import labelled
from lib.chat.screens import Actor, button, show
from lib.chat.texts import Markup
from lib.settings import Settings
from lib.store.outbox import Outgoing
from lib.store.server import present_generation
from lib.store.views.held_apps import HeldApp, list_held_apps
from lib.vpn import obfuscation

NEWEST = "3.1"
GROUPS, ON_A_PAGE = 6, 7  # how many kinds of apps the screen shows, and how many configs a list


@dataclass(frozen=True)
class InUse:
    """What configs are for: how many there are for each app (by its key) and device.

    `lacking` are those on devices without an app for NEWEST, `too_old` those whose app must have a certain version for
    it. A config for an unknown device is in neither.
    """

    version: str
    groups: Counter[tuple[str, str | None]]
    lacking: list[HeldApp]
    too_old: list[HeldApp]


def find_apps_in_use(db: sqlite3.Connection, settings: Settings) -> InUse:
    """Sort all configs by the apps that they are for."""
    version = version_for(settings, present_generation(db))
    found = InUse(version, Counter(), [], [])
    for held in list_held_apps(db):
        app = app_for(version, held.platform, held.app, held.usual_app)
        found.groups[app.key, held.platform] += 1
        since = needed(app, held.platform, NEWEST) if held.platform else ""
        if since is None:
            found.lacking.append(held)
        elif since:
            found.too_old.append(held)
    return found


def overview(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Show how many configs are for each app and device, and what the newest parameters would ask of them."""
    server, found = present_generation(db), find_apps_in_use(db, actor.settings)
    ways = [[actor.button("refresh", "apps"), actor.back("status")]]
    if found.version == "plain":
        return show(actor, actor.say("apps_plain"), ways)
    text = actor.say(
        "apps",
        version=found.version if server else "—",
        newest=NEWEST,
        lines=_lines(actor, found.groups) if found.groups else actor.say("apps_none"),
        lacking=len(found.lacking),
        too_old=len(found.too_old),
        large=_large_packets(actor, server.parameters) if server else "",
    )
    rows = [
        [button(actor.plain(label, count=len(held)), verb, 0)]
        for label, verb, held in (
            ("apps_lacking_button", "apps_lacking", found.lacking),
            ("apps_too_old_button", "apps_too_old", found.too_old),
        )
        if held
    ]
    return show(actor, text, [*rows, *ways])


def _large_packets(actor: Actor, parameters: Mapping[str, str]) -> Markup:
    """Say that keys make packets too large on computers, if they do."""
    if obfuscation.suits_keys(parameters):
        return Markup("")
    return actor.say("apps_large", s4=parameters["S4"], most=obfuscation.MAX_S4_OF_KEYS)


def _lines(actor: Actor, groups: Counter[tuple[str, str | None]]) -> Markup:
    """Describe each kind of app on its own line, the most frequent first; a long rest as a sum."""
    ranked = groups.most_common()
    lines = [_line(actor, AMNEZIA[key], platform, count) for (key, platform), count in ranked[:GROUPS]]
    rest = sum(count for _, count in ranked[GROUPS:])
    return Markup("\n".join([*lines, *([actor.say("apps_rest", count=rest)] if rest else [])]))


def _line(actor: Actor, app: App, platform: str | None, count: int) -> Markup:
    if platform is None:
        return actor.say("apps_unknown", count=count)
    device, since = actor.plain(f"name_{platform}"), needed(app, platform, NEWEST)
    return actor.say("apps_line", app=app.name, device=device, count=count, since=since or actor.plain("apps_no"))


def list_lacking(db: sqlite3.Connection, actor: Actor, page: int) -> list[Outgoing]:
    """Show a page of the configs on devices that no app for the newest parameters runs on."""
    return _list(db, actor, "apps_lacking", find_apps_in_use(db, actor.settings).lacking, page)


def list_too_old(db: sqlite3.Connection, actor: Actor, page: int) -> list[Outgoing]:
    """Show a page of the configs whose app must have a certain version for the newest parameters."""
    return _list(db, actor, "apps_too_old", find_apps_in_use(db, actor.settings).too_old, page)


def _list(db: sqlite3.Connection, actor: Actor, verb: str, held: list[HeldApp], page: int) -> list[Outgoing]:
    here = page_of(page, len(held), ON_A_PAGE)
    way_back.remember_place(db, actor, verb, here.number)
    rows = [[button(labelled("🔑", f"{one.owner}: {one.name}"), "held", one.config_id)] for one in here.of(held)]
    text = actor.say(verb, newest=NEWEST, count=len(held))
    return show(actor, text, [*rows, *here.buttons(verb), [actor.back("apps")]])
