"""Pause configs that were revoked in the AmneziaVPN app, and let the admins decide about them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Set

from lib import days
from lib.chat.notify.decisions_shown import tell_friend
from lib.chat.phrases import shorten
from lib.chat.screens import Keyboard, about, button, tell_admins, text_button
from lib.chat.texts import Markup, say
from lib.settings import Settings
from lib.store import audit
from lib.store.configs import Config, find_config, ids_by_key, set_paused
from lib.store.outbox import Outgoing
from lib.store.told import tell_once
from lib.store.users import User, get_user
from lib.vpn.awg import KeptFiles

MOST = 8  # configs that are listed, each with a button
Held = tuple[Config, User]


def follow(db: sqlite3.Connection, settings: Settings, kept: KeptFiles, now: int) -> list[Outgoing]:
    """Pause configs that were revoked in the app, and notify everybody; also tell admins what was restored."""
    revoked = [one for one in _held(db, kept.revoked) if set_paused(db, one[0].id, now)]
    for config, owner in revoked:
        audit.note(db, now, None, "app_revoke", f"config:{config.id}", f"user:{owner.id}")
    friends = [
        tell_friend(owner, "you_held_pause", name=config.name)
        for config, owner in revoked
        if owner.in_telegram and owner.state == "approved" and owner.id not in settings.admin_ids
    ]
    key = "revoked_in_app" if len(revoked) == 1 else "revoked_in_app_all"
    told = _tell(db, settings, key, revoked, kept.names)
    if kept.restored and tell_once(db, "container", f"restored:{days.day_of(now, settings.timezone)}", now):
        told += _tell(db, settings, "restored_in_app", _held(db, kept.restored), {})
    return [*friends, *told]


def _held(db: sqlite3.Connection, keys: Set[str]) -> list[Held]:
    """Return the configs with these keys that still exist, and their owners."""
    found = filter(None, (find_config(db, config_id) for config_id in sorted(ids_by_key(db, keys).values())))
    return [(config, get_user(db, config.user_id)) for config in found]


def _tell(
    db: sqlite3.Connection, settings: Settings, key: str, held: list[Held], names: Mapping[str, str]
) -> list[Outgoing]:
    """Send the admins a notice about these configs, with buttons; nothing if there are none."""

    def notice(language: str) -> tuple[Markup, Keyboard]:
        lines = [_line(language, config, owner, names.get(config.public_key)) for config, owner in held[:MOST]]
        if len(held) > MOST:
            lines.append(say(language, "in_app_more", count=len(held) - MOST))
        return say(language, key, lines=Markup("\n".join(lines)), count=len(held)), _ways(language, key, held)

    return tell_admins(db, settings, notice) if held else []


def _line(language: str, config: Config, owner: User, name: str | None) -> Markup:
    """Describe a config, including its name in the app if that is different."""
    who = say(language, "sharing_who", **about(language, owner)) if owner.in_telegram else f"📵 {owner.full_name}"
    line = say(language, "in_app_line", who=who, device=config.name)
    return Markup(line + say(language, "in_app_name", name=name)) if name else line


def _ways(language: str, key: str, held: list[Held]) -> Keyboard:
    """Return the buttons: actions for a single config, links to their pages for several."""
    if key != "revoked_in_app":
        return [[button(shorten(f"🔑 {config.name}", 40), "held", config.id)] for config, _ in held[:MOST]]
    [(config, owner)] = held
    return [
        [text_button(language, "held_resume_button", "held_resume", config.id)],
        [text_button(language, "held_delete_button", "confirm_held_delete", config.id)],
        [text_button(language, "sharing_person", "person", owner.id)],
    ]
