"""When the server changed: who holds an outdated config, one button that sends the new ones, and who is back since."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime

from lib.chat import keyboards
from lib.chat.delivery import deliver
from lib.chat.screens import Actor, Keyboard, say_to, show, tell_admins
from lib.chat.texts import Markup, plain, say
from lib.errors import Refused
from lib.settings import Settings
from lib.store import audit
from lib.store.configs import outdated, set_generation
from lib.store.counters import count_reconnected
from lib.store.outbox import BROADCAST, Outgoing
from lib.store.server import Generation, note_rollout, present_generation, read_rollout
from lib.store.users import get_user


def announce(db: sqlite3.Connection, settings: Settings, before: Generation, after: Generation) -> list[Outgoing]:
    """Tell every admin what changed on the server, where configs that friends hold say otherwise."""
    count = len(outdated(db))
    if not count:
        return []

    def notice(language: str) -> tuple[Markup, Keyboard]:
        return (
            say(language, "server_changed", what=_changes(language, before, after), count=count),
            keyboards.to_rollout(language),
        )

    return tell_admins(db, settings, notice, None)


def _changes(language: str, before: Generation, after: Generation) -> str:
    """Name what differs; no values, for one of them may be a key."""
    parameters = [
        name
        for name in {**before.parameters, **after.parameters}
        if before.parameters.get(name) != after.parameters.get(name)
    ]
    said = [
        *([plain(language, "change_endpoint", endpoint=after.endpoint)] if before.endpoint != after.endpoint else []),
        *([plain(language, "change_key")] if before.public_key != after.public_key else []),
        *([plain(language, "change_parameters", names=", ".join(parameters))] if parameters else []),
    ]
    return "; ".join(said)


def overview(db: sqlite3.Connection, actor: Actor, args: tuple[()], now: int) -> list[Outgoing]:
    """Show how many configs are outdated, and how many reconnected since the new ones were sent."""
    server, last, old = present_generation(db), read_rollout(db), outdated(db)
    text = say(actor.language, "outdated", count=len(old))
    if last:
        back, sent = count_reconnected(db, last.at, last.config_ids)
        sent_at = datetime.fromtimestamp(last.at, actor.settings.timezone).strftime("%d.%m %H:%M")
        text = Markup(text + say(actor.language, "reconnected", at=sent_at, back=back, sent=sent))
    return show(actor, text, keyboards.rollout(actor.language, server.number if server and old else None))


def send_all(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Send everybody who holds an outdated config the new one: same keys and addresses, new file and code."""
    server = present_generation(db)
    if server is None or args[0] != server.number:
        raise Refused("old_button")
    old = outdated(db)
    if not old:
        raise Refused("none_outdated")
    messages: list[Outgoing] = []
    for config in old:
        set_generation(db, config.id, server.number)
        language = get_user(db, config.user_id).language
        messages.append(say_to(config.user_id, say(language, "config_renewed", name=config.name)))
        messages.extend(deliver(db, actor.settings, language, config.id))
    note_rollout(db, now, [config.id for config in old])
    audit.note(db, now, actor.id, "rollout", f"server:{server.number}", f"{len(old)} configs")
    return [*overview(db, actor, (), now), *(replace(message, priority=BROADCAST) for message in messages)]
