"""An announcement to many people at once: its audience, text, preview and progress."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from lib.chat.input import MESSAGE, ask, take_text
from lib.chat.notify.broadcast_progress import describe, progress_subject
from lib.chat.screens import Actor, button, done, hush, say_to, show
from lib.chat.texts import escaped
from lib.errors import Refused
from lib.store import audit, broadcasts
from lib.store.broadcasts import AUDIENCES, Broadcast, Progress, audience_of, get_broadcast, progress_of
from lib.store.outbox import BROADCAST, Outgoing

RUNNING = 2  # announcements that have a button while they are being sent


def overview(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Ask for the audience, with counts; announcements still being sent are listed above."""
    counts = [(audience, len(audience_of(db, audience, actor.id, now))) for audience in AUDIENCES]
    offers = [
        [button(f"{actor.plain(f'audience_{audience}')} ({count})", "audience", audience)]
        for audience, count in counts
        if count
    ]
    running = []
    for one in broadcasts.running(db)[:RUNNING]:
        label = actor.plain("broadcast_runs", sent=progress_of(db, one).sent, total=one.total)
        running.append([button(label, "broadcast_watch", one.id)])
    text = actor.say("broadcast" if offers else "broadcast_nobody")
    return show(actor, text, [*running, *offers, [actor.back("panel")]])


def choose_audience(db: sqlite3.Connection, actor: Actor, audience: str, now: int) -> list[Outgoing]:
    """Ask for the text."""
    count = len(_recipients(db, actor, audience, now))
    question = actor.say("type_broadcast", audience=actor.plain(f"audience_{audience}"), count=count)
    return ask(db, actor, f"broadcast_text:{audience}", question, [[actor.back("broadcast")]])


def take_words(db: sqlite3.Connection, actor: Actor, typed: str, audience: str, now: int) -> list[Outgoing]:
    """Show what was typed exactly as it will look, with the choices below."""
    text = take_text(typed, MESSAGE, "bad_broadcast")
    draft = broadcasts.add_draft(db, text, audience, actor.id, now)
    send = actor.plain("broadcast_send", count=len(audience_of(db, audience, actor.id, now)))
    keyboard = [
        [button(send, "broadcast_send", draft.id, style="success")],
        [actor.button(verb, verb, draft.id) for verb in ("broadcast_change", "broadcast_cancel")],
    ]
    return [say_to(actor.id, escaped(text), keyboard)]


def change(db: sqlite3.Connection, actor: Actor, broadcast_id: int, now: int) -> list[Outgoing]:
    """Ask for the text again, for the same audience."""
    return choose_audience(db, actor, _own_draft(db, actor, broadcast_id).audience, now)


def cancel(db: sqlite3.Connection, actor: Actor, broadcast_id: int, now: int) -> list[Outgoing]:
    """Delete the draft."""
    broadcasts.drop_draft(db, _own_draft(db, actor, broadcast_id).id)
    return [*done(actor, "done_cancelled"), *overview(db, actor, now)]


def send(db: sqlite3.Connection, actor: Actor, broadcast_id: int, now: int) -> list[Outgoing]:
    """Send the draft once, to everyone in the same transaction."""
    draft = _own_draft(db, actor, broadcast_id)
    people = _recipients(db, actor, draft.audience, now)
    broadcasts.begin(db, draft.id, len(people), now)
    audit.note(db, now, actor.id, "broadcast", draft.subject, f"{draft.audience}: {len(people)}")
    rows = [replace(say_to(who, escaped(draft.text), subject=draft.subject), priority=BROADCAST) for who in people]
    described = describe(get_broadcast(db, draft.id), Progress(0, 0, len(people)), actor.language)
    screen = show(actor, *described, subject=progress_subject(draft))
    return [*done(actor, "done_sending"), *screen, *hush(actor.settings, rows, now)]


def _recipients(db: sqlite3.Connection, actor: Actor, audience: str, now: int) -> list[int]:
    people = audience_of(db, audience, actor.id, now)
    if not people:
        raise Refused("nobody_to_tell")
    return people


def _own_draft(db: sqlite3.Connection, actor: Actor, broadcast_id: int) -> Broadcast:
    draft = get_broadcast(db, broadcast_id)
    if draft.created_by != actor.id:
        raise Refused("gone")
    if draft.begun_at is not None:
        raise Refused("broadcast_begun")
    return draft


def watch(db: sqlite3.Connection, actor: Actor, broadcast_id: int) -> list[Outgoing]:
    """Show how far it has got; the message is kept up to date while it is being sent."""
    one = get_broadcast(db, broadcast_id)
    if one.begun_at is None:
        raise Refused("gone")
    text, keyboard = describe(one, progress_of(db, one), actor.language)
    return show(actor, text, keyboard, subject=None if one.finished_at else progress_subject(one))


def stop(db: sqlite3.Connection, actor: Actor, broadcast_id: int, now: int) -> list[Outgoing]:
    """Take back what was not sent yet."""
    one = get_broadcast(db, broadcast_id)
    dropped = broadcasts.stop(db, one, now)
    audit.note(db, now, actor.id, "stop", one.subject, str(dropped))
    return [*done(actor, "done_stopped" if dropped else "done_all_sent"), *watch(db, actor, one.id)]
