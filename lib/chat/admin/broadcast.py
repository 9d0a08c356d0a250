"""A broadcast."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from lib.chat import keyboards
from lib.chat.input import MESSAGE, take_text
from lib.chat.notify.broadcast_progress import describe, seen_under
from lib.chat.screens import Actor, Button, button, done, hush, say_to, show
from lib.chat.texts import escaped, plain
from lib.errors import Refused
from lib.store import audit, broadcasts
from lib.store.broadcasts import AUDIENCES, Broadcast, audience_of, get_broadcast, progress_of
from lib.store.outbox import BROADCAST, Outgoing
from lib.store.users import set_awaiting


def overview(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Ask to whom, with counts; whatever is on its way stands above."""
    counts = [(audience, len(audience_of(db, audience, actor.id, now))) for audience in AUDIENCES]
    ways = [[_progress_button(db, actor.language, one)] for one in broadcasts.running(db)]
    offers = [[_audience_button(actor.language, audience, count)] for audience, count in counts if count]
    text = actor.say("broadcast" if offers else "broadcast_nobody")
    return show(actor, text, [*ways, *offers, *keyboards.to_panel(actor.language)])


def _progress_button(db: sqlite3.Connection, language: str, one: Broadcast) -> Button:
    sent = progress_of(db, one).sent
    return button(plain(language, "broadcast_runs", sent=sent, total=one.total), "broadcast_watch", one.id)


def _audience_button(language: str, audience: str, count: int) -> Button:
    return button(f"{plain(language, f'audience_{audience}')} ({count})", "audience", audience)


def choose_audience(db: sqlite3.Connection, actor: Actor, audience: str, now: int) -> list[Outgoing]:
    """Let the next message be the text."""
    if audience not in AUDIENCES:
        raise Refused("old_button")
    count = len(audience_of(db, audience, actor.id, now))
    if not count:
        raise Refused("nobody_to_tell")
    set_awaiting(db, actor.id, f"broadcast_text:{audience}")
    text = actor.say("type_broadcast", audience=actor.plain(f"audience_{audience}"), count=count)
    return show(actor, text, [[actor.back("broadcast")]])


def take_words(db: sqlite3.Connection, actor: Actor, typed: str, audience: str, now: int) -> list[Outgoing]:
    """Show what was typed exactly as it will look, with the ways on below."""
    if audience not in AUDIENCES:
        raise Refused("old_button")
    text = take_text(typed, MESSAGE, "bad_broadcast")
    draft = broadcasts.add_draft(db, text, audience, actor.id, now)
    set_awaiting(db, actor.id, None)
    count = len(audience_of(db, audience, actor.id, now))
    ways = [
        [button(actor.plain("broadcast_send", count=count), "broadcast_send", draft.id, style="success")],
        [
            actor.button("broadcast_change", "broadcast_change", draft.id),
            actor.button("broadcast_cancel", "broadcast_cancel", draft.id),
        ],
    ]
    return [say_to(actor.id, escaped(text), ways)]


def change(db: sqlite3.Connection, actor: Actor, broadcast_id: int, now: int) -> list[Outgoing]:
    """Have the text typed again, for the same people."""
    return choose_audience(db, actor, _own_draft(db, actor, broadcast_id).audience, now)


def cancel(db: sqlite3.Connection, actor: Actor, broadcast_id: int, now: int) -> list[Outgoing]:
    """Forget the draft."""
    broadcasts.drop_draft(db, _own_draft(db, actor, broadcast_id).id)
    return [*done(actor, "done_cancelled"), *overview(db, actor, now)]


def send(db: sqlite3.Connection, actor: Actor, broadcast_id: int, now: int) -> list[Outgoing]:
    """Let it go out, once: a row for everybody in the same transaction."""
    draft = _own_draft(db, actor, broadcast_id)
    people = audience_of(db, draft.audience, actor.id, now)
    if not people:
        raise Refused("nobody_to_tell")
    broadcasts.begin(db, draft.id, len(people), now)
    audit.note(db, now, actor.id, "broadcast", draft.subject, f"{draft.audience}: {len(people)}")
    words = escaped(draft.text)
    rows = [replace(say_to(who, words, subject=draft.subject), priority=BROADCAST) for who in people]
    text, ways = describe(actor.language, get_broadcast(db, draft.id), broadcasts.Progress(0, 0, len(people)))
    return [
        *done(actor, "done_sending"),
        *show(actor, text, ways, subject=seen_under(draft)),
        *hush(actor.settings, rows, now),
    ]


def _own_draft(db: sqlite3.Connection, actor: Actor, broadcast_id: int) -> Broadcast:
    draft = get_broadcast(db, broadcast_id)
    if draft.created_by != actor.id:
        raise Refused("gone")
    if draft.begun_at is not None:
        raise Refused("broadcast_begun")
    return draft


def watch(db: sqlite3.Connection, actor: Actor, broadcast_id: int) -> list[Outgoing]:
    """Show how far it is; while it runs the message is kept up to date."""
    one = get_broadcast(db, broadcast_id)
    if one.begun_at is None:
        raise Refused("gone")
    text, ways = describe(actor.language, one, progress_of(db, one))
    return show(actor, text, ways, subject=None if one.finished_at else seen_under(one))


def stop(db: sqlite3.Connection, actor: Actor, broadcast_id: int, now: int) -> list[Outgoing]:
    """Take back what has not gone yet."""
    one = get_broadcast(db, broadcast_id)
    dropped = broadcasts.stop(db, one, now)
    audit.note(db, now, actor.id, "stop", one.subject, str(dropped))
    return [*done(actor, "done_stopped"), *watch(db, actor, one.id)]
