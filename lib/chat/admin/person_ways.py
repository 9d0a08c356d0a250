"""“Try another way” for a person without Telegram: the admin who passes their files on tries, and hears the result."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from lib.chat.friend.another_way import begin_again, end, send_next
from lib.chat.friend.diagnosis import DISGUISED, after_trials
from lib.chat.notify.delivery import load_files
from lib.chat.notify.passing_on import to_held
from lib.chat.rules import keeper_of
from lib.chat.screens import Actor, Button
from lib.chat.texts import Markup
from lib.errors import Refused
from lib.store.configs import Config, find_config
from lib.store.outbox import Outgoing
from lib.store.users import User, get_user, name_of
from lib.store.views.summaries import ConfigSummary


def what_helps(
    db: sqlite3.Connection, actor: Actor, one: ConfigSummary, owner: User, used: int, now: int
) -> tuple[Markup, list[Button]]:
    """Return what is wrong with a kept config in words, and the button that tries another way; nothing for others."""
    if actor.role != "admin" or not _keeps(actor, owner) or one.config.live_since is None:
        return Markup(""), []
    finding, ways = after_trials(db, actor, one, owner, used, now)
    if finding not in (*DISGUISED, "blocked"):
        return Markup(""), []
    return Markup(f"\n\n🆘 {actor.say(f'finding_{finding}')}"), ways


def try_next(db: sqlite3.Connection, actor: Actor, config_id: int, step: int, now: int) -> list[Outgoing]:
    """Send the next disguise to the admin, to show or pass on, and watch its peer."""
    config, owner = _kept(db, actor, config_id)
    files = load_files(db, actor.settings, config, replace(owner, language=actor.language))
    if config.live_since is None or files.server is None:
        raise Refused("held_not_live")
    if config.private_key is None:
        raise Refused("held_without_file")
    return send_next(db, actor, files, step, now)


def watch_again(db: sqlite3.Connection, actor: Actor, config_id: int, step: int, now: int) -> list[Outgoing]:
    """Watch the same disguise once more."""
    return begin_again(db, actor, *_kept(db, actor, config_id), step, now)


def stop(db: sqlite3.Connection, actor: Actor, config_id: int) -> list[Outgoing]:
    """End a trial; the file is again what it was before."""
    config, owner = _kept(db, actor, config_id)
    return end(db, actor, config, owner, [*to_held(config.id, config.name), [actor.to_menu()]])


def _kept(db: sqlite3.Connection, actor: Actor, config_id: int) -> tuple[Config, User]:
    """Return the config of a person without Telegram, and them; Refused for whoever doesn't get their files."""
    config = find_config(db, config_id)
    if config is None:
        raise Refused("gone")
    owner = get_user(db, config.user_id)
    if owner.in_telegram:
        raise Refused("old_button")
    if owner.state != "approved":
        raise Refused("person_outside")
    if not _keeps(actor, owner):
        raise Refused("kept_by_another", who=name_of(db, keeper_of(actor.settings, owner)))
    return config, owner


def _keeps(actor: Actor, owner: User) -> bool:
    """Return True if the actor gets the files of somebody without Telegram."""
    return not owner.in_telegram and keeper_of(actor.settings, owner) == actor.id
