"""Friends can simply write: the bot shows their text and passes it on to the admins only when they confirm."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace

from lib.chat.friend import diagnosis
from lib.chat.input import is_visible, take_lines
from lib.chat.notify.tickets_shown import announce_ticket, quoted
from lib.chat.rules import ring
from lib.chat.screens import Actor, show
from lib.errors import Refused
from lib.store import tickets
from lib.store.database import fold
from lib.store.outbox import Outgoing

LENGTH = 1000  # UTF-16 units
# What people write when something does not work, in any language.
TROUBLE = re.compile(
    r"не\s+(могу|удается|получается|выходит)?\s*(за)?(работа|подключ|соедин|коннект|откры|груз|загру|включ|пашет|пуска|"
    r"видит|ловит|тянет|зайти|войти)|нет\s+(\w+\s+)?(интернет|инет|связи|сети|доступа|соединени)|перестал|отвалил|пропал|"
    r"завис|сломал|глюч|тормоз|ошибк|отключается|вылета|упал|лагает|"
    r"\b(do(es)?|did|is|are|was|wo|ca|can|could)\s?n[o']?t\s+(\w+\s+)?(work|connect|load|open|run|start|reach)|"
    r"\bno (internet|connection|access|network)|stop(s|ped)? working|disconnect|\bbroken|\berror|\bslow|\bfreez|\bfail|"
    r"\bnot? working|\bis (it )?down\b|\boffline"
)


def offer(db: sqlite3.Connection, actor: Actor, typed: str, now: int) -> list[Outgoing]:
    """Ask whether to send a text to the admins; a text about a problem leads to the diagnosis first."""
    if not any(map(is_visible, typed)):
        raise Refused("only_words")
    draft = tickets.add_draft(db, actor.id, take_lines(typed, LENGTH, "bad_writing"), now)
    if is_trouble(draft.text):
        text = actor.say("write_trouble", text=quoted(draft.text))
        first = actor.button("write_look", "look_first", style="primary")
        second = actor.button("write_anyway", "write_send", draft.id)
    else:
        text = actor.say("write_offer", text=quoted(draft.text))
        first = actor.button("write_send", "write_send", draft.id, style="primary")
        second = actor.button("does_not_work", "look_first")
    return show(actor, text, [[first], [second], [actor.to_menu()]])


def is_trouble(text: str) -> bool:
    """Return True if a text seems to say that something does not work."""
    return TROUBLE.search(fold(text).replace("’", "'")) is not None


def look_first(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Show the diagnosis below the friend's text, which can still be sent."""
    return diagnosis.choose(db, replace(actor, on_text=False), 0, now)


def send(db: sqlite3.Connection, actor: Actor, ticket_id: int, now: int) -> list[Outgoing]:
    """Send what the friend wrote to the admins, once."""
    ticket = tickets.send_draft(db, actor.id, ticket_id, now)
    ring(db, actor, "write", f"user:{actor.id}", now)
    screen = show(actor, actor.say("written", text=quoted(ticket.text)), [[actor.to_menu()]])
    return [*screen, *announce_ticket(db, actor.settings, ticket)]
