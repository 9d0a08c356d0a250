"""Outdated configs: who has them, what their owners will read, and sending new ones to all of them."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from lib.chat.notify.delivery import deliver
from lib.chat.notify.passing_on import tell_keeper, to_held
from lib.chat.phrases import local_short_date_time
from lib.chat.screens import Actor, button, done, say_to, show
from lib.chat.texts import Markup, say
from lib.errors import Refused
from lib.settings import Settings
from lib.store import audit
from lib.store.configs import Config, set_generation
from lib.store.counters import count_reconnected
from lib.store.keeper_notes import Rollout, read_fact, read_own_port, write_fact
from lib.store.outbox import BROADCAST, Outgoing
from lib.store.outdated import former_endpoint, outdated
from lib.store.server import Generation, present_generation
from lib.store.users import User, get_user
from lib.vpn import ports


def overview(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Show how many configs are outdated, and how many reconnected since new ones were last sent."""
    server, last, old = present_generation(db), read_fact(db, Rollout), outdated(db)
    text = actor.say("outdated", count=len(old)) if old else actor.say("outdated_none")
    if last:
        back, sent = count_reconnected(db, last.at, last.config_ids)
        at = local_short_date_time(actor.language, last.at, actor.zone)
        text = Markup(text + actor.say("reconnected", at=at, back=back, sent=sent))
    # The generation keeps a button from sending what the admin has not seen.
    send = [actor.button("rollout_button", "confirm_rollout", server.number, style="primary")] if server and old else []
    return show(actor, text, [send, [actor.button("refresh", "outdated"), actor.back("status")]])


def confirm(db: sqlite3.Connection, actor: Actor, generation: int) -> list[Outgoing]:
    """Show what will be sent, to how many people."""
    server, old = _present(db, generation)
    key = "config_moved" if _works_on(db, actor.settings, old[0]) else "config_renewed"
    sample = say(actor.language, key, name=old[0].name)
    people = len({config.user_id for config in old})
    text = actor.say("rollout_preview", count=len(old), people=people, sample=sample)
    send = button(actor.plain("rollout_send", count=len(old)), "rollout", server.number, style="success")
    return show(actor, text, [[send], [actor.back("outdated")]])


def _present(db: sqlite3.Connection, generation: int) -> tuple[Generation, list[Config]]:
    """Return the generation and the outdated configs that the admin saw; raise Refused if either has changed."""
    server, old = present_generation(db), outdated(db)
    if server is None or generation != server.number:
        raise Refused("old_button")
    if not old:
        raise Refused("none_outdated")
    return server, old


def send_all(db: sqlite3.Connection, actor: Actor, generation: int, now: int) -> list[Outgoing]:
    """Send a new file and code for every outdated config; keys and addresses stay the same."""
    server, old = _present(db, generation)
    messages: list[Outgoing] = []
    for config in old:
        set_generation(db, config.id, server.number)
        owner = get_user(db, config.user_id)
        messages.extend([_explain(db, actor, config, owner), *deliver(db, actor.settings, config, owner)])
    write_fact(db, Rollout(now, [config.id for config in old]))
    audit.note(db, now, actor.id, "rollout", f"server:{server.number}", f"{len(old)} configs")
    return [
        *done(actor, "done_sending"),
        *overview(db, actor),
        *(replace(message, priority=BROADCAST) for message in messages),
    ]


def _explain(db: sqlite3.Connection, actor: Actor, config: Config, owner: User) -> Outgoing:
    """Notify the owner, or the admin who passes the file on, of the reason for a new file."""
    moved = _works_on(db, actor.settings, config)
    if owner.in_telegram:
        return say_to(owner.id, say(owner.language, "config_moved" if moved else "config_renewed", name=config.name))
    ways, key = to_held(config.id, config.name), "config_moved_there" if moved else "config_renewed_there"
    return tell_keeper(db, actor.settings, owner, key, ways, name=config.name)


def _works_on(db: sqlite3.Connection, settings: Settings, config: Config) -> bool:
    """Return True if a config's old file works on: only the port has changed, and the former one still leads here."""
    before = former_endpoint(db, config)
    return before is not None and ports.still_leads(settings, read_own_port(db), before)
