"""Outdated configs, and one button that sends the new ones."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from lib.chat.notify.delivery import deliver
from lib.chat.phrases import short_date_time
from lib.chat.screens import Actor, Keyboard, say_to, show, text_button
from lib.chat.texts import Markup, say
from lib.errors import Refused
from lib.store import audit
from lib.store.configs import outdated, set_generation
from lib.store.counters import count_reconnected
from lib.store.keeper_notes import Rollout, read_fact, write_fact
from lib.store.outbox import BROADCAST, Outgoing
from lib.store.server import present_generation
from lib.store.users import get_user


def overview(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Show how many configs are outdated, and how many reconnected since the new ones were sent."""
    server, last, old = present_generation(db), read_fact(db, Rollout), outdated(db)
    text = actor.say("outdated", count=len(old))
    if last:
        back, sent = count_reconnected(db, last.at, last.config_ids)
        sent_at = short_date_time(actor.language, last.at, actor.zone)
        text = Markup(text + actor.say("reconnected", at=sent_at, back=back, sent=sent))
    return show(actor, text, _keyboard(actor.language, server.number if server and old else None))


def send_all(db: sqlite3.Connection, actor: Actor, generation: int, now: int) -> list[Outgoing]:
    """Send everybody who holds an outdated config the new one: same keys and addresses, new file and code."""
    server = present_generation(db)
    if server is None or generation != server.number:
        raise Refused("old_button")
    old = outdated(db)
    if not old:
        raise Refused("none_outdated")
    messages: list[Outgoing] = []
    for config in old:
        set_generation(db, config.id, server.number)
        owner = get_user(db, config.user_id)
        messages.append(say_to(owner.id, say(owner.language, "config_renewed", name=config.name)))
        messages.extend(deliver(db, actor.settings, config, owner))
    write_fact(db, Rollout(now, [config.id for config in old]))
    audit.note(db, now, actor.id, "rollout", f"server:{server.number}", f"{len(old)} configs")
    return [*overview(db, actor), *(replace(message, priority=BROADCAST) for message in messages)]


def _keyboard(language: str, generation: int | None) -> Keyboard:
    """Send the new configs, if any; the generation tells an old button from the present one."""
    send = [[text_button(language, "rollout_button", "rollout", generation, style="primary")]] if generation else []
    look = [text_button(language, "refresh", "outdated"), text_button(language, "back", "status")]
    return [*send, look]
