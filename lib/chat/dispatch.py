"""One update: who sent it, whether they may do that, and which handler runs. This is the only gate."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from lib.chat.actors import find_actor, is_id, language_for, part, private_sender
from lib.chat.friend import door, menu
from lib.chat.gate import INSIDE, NOBODY, PersonId, Route
from lib.chat.nothing_new import answer_to
from lib.chat.routes import BUTTONS, COMMANDS
from lib.chat.screens import Actor, say_to, toast
from lib.chat.texts import escaped, say
from lib.chat.typed import TEXTS, UNASKED
from lib.errors import Refused
from lib.settings import Settings
from lib.store.outbox import OUTSIDER, Outgoing, count_unsent, enqueue
from lib.store.preferences import in_force
from lib.store.updates import claim
from lib.store.users import find_user, set_awaiting, set_reachable

_NUMBERS: Mapping[object, str] = {int: "[0-9]{1,16}", PersonId: "-?[0-9]{1,16}"}
UNSENT = 3  # messages that may wait for an outsider; while they do, only taps and the right CAPTCHA answer count


def dispatch(db: sqlite3.Connection, settings: Settings, update: Mapping[str, Any], now: int) -> None:
    """Handle one update inside the caller's transaction: its changes, its messages and its id go together."""
    if not claim(db, int(update["update_id"]), now):
        return
    if change := part(update, "my_chat_member"):
        _note_membership(db, change)
        return
    enqueue(db, _answer(db, in_force(db, settings), update, now), now)


def give_up(db: sqlite3.Connection, settings: Settings, update: Mapping[str, Any], now: int) -> None:
    """Skip an update that no handler can process, so that it can't block those behind it; tell its sender."""
    sender = private_sender(update)
    if claim(db, int(update["update_id"]), now) and sender:
        language = language_for(sender, find_user(db, int(sender["id"])), settings)
        enqueue(db, [say_to(int(sender["id"]), say(language, "broken"))], now)


def _note_membership(db: sqlite3.Connection, change: Mapping[str, Any]) -> None:
    """Record that a person blocked or unblocked the bot."""
    chat, status = part(change, "chat"), part(change, "new_chat_member").get("status")
    if chat.get("type") == "private" and is_id(chat.get("id")):
        set_reachable(db, chat["id"], status == "member")


def _answer(db: sqlite3.Connection, settings: Settings, update: Mapping[str, Any], now: int) -> list[Outgoing]:
    sender = private_sender(update)
    if sender is None:
        return []
    query = part(update, "callback_query") or None
    typed = part(update, "message").get("text")
    text = typed if isinstance(typed, str) else ""
    starts = text.split()[:1] == ["/start"] or text.startswith("/start@")
    actor = find_actor(db, settings, sender, query, starts, now)
    outside = actor.role not in INSIDE
    crowded = outside and count_unsent(db, actor.id) >= UNSENT
    if crowded and query is None and not door.is_answer(actor.user, text, now):
        return []
    handled = _run(db, actor, query, text, now)
    if crowded:
        handled = _without_replies(db, actor, handled)
    taps = [sent for sent in handled if sent.method == "answerCallbackQuery"]
    answered = handled if taps or query is None else [toast(actor, answer_to(actor, query, handled, now)), *handled]
    return [_lower(message, actor) for message in answered] if outside else answered


def _without_replies(db: sqlite3.Connection, actor: Actor, handled: Sequence[Outgoing]) -> list[Outgoing]:
    """Drop new messages to an outsider whose queue is full, unless this update changes their state.

    A picture is never dropped: the previous one can't be answered any more.
    """
    now = find_user(db, actor.id)
    if now and actor.user and now.state != actor.user.state:
        return [*handled]
    kept = ("answerCallbackQuery", "editMessage")
    return [m for m in handled if m.chat_id != actor.id or m.subject or m.method.startswith(kept)]


def _lower(message: Outgoing, actor: Actor) -> Outgoing:
    """Lower the priority of replies to people who are not approved yet."""
    return replace(message, priority=OUTSIDER) if message.chat_id == actor.id else message


def _run(db: sqlite3.Connection, actor: Actor, query: Mapping[str, Any] | None, text: str, now: int) -> list[Outgoing]:
    """Pass the gate and let the handler decide; a refusal undoes what the handler had begun."""
    db.execute("SAVEPOINT handler")
    try:
        route, values = _route(actor, query, text)
        if actor.role not in route.allowed:
            return _deny(actor, query, text, now)
        if actor.role in INSIDE and actor.person.awaiting:
            set_awaiting(db, actor.id, None)  # a handler that waits for a text sets it again
        return route.run(db, actor, values, now)
    except Refused as refusal:
        db.execute("ROLLBACK TO handler")
        return _refuse(actor, actor.plain(refusal.key, **refusal.values))
    finally:
        db.execute("RELEASE handler")


def _route(actor: Actor, query: Mapping[str, Any] | None, text: str) -> tuple[Route, Any]:
    """Return the route and the arguments; an outsider gets the gate's own refusal for whatever is not offered."""
    try:
        return _offered(actor, query, text)
    except Refused:
        if actor.role in INSIDE:
            raise
        return Route(NOBODY, menu.menu), ()


def _offered(actor: Actor, query: Mapping[str, Any] | None, text: str) -> tuple[Route, Any]:
    if query is not None:
        verb, *words = str(query.get("data") or "").split(":")
        if verb not in BUTTONS:
            raise Refused("old_button")
        return BUTTONS[verb], _read_arguments(BUTTONS[verb], words)
    if text.startswith("/"):
        word, *rest = text[1:].split() or [""]
        route = COMMANDS.get(word.partition("@")[0].lower())
        if route is None:
            raise Refused("unknown_command")
        return route, (tuple(rest[:1]) if route.arguments == (str,) else ()) or route.defaults
    awaiting = "captcha" if actor.role == "captcha" else actor.user.awaiting if actor.user else None
    verb, *words = (awaiting or UNASKED.get(actor.role, "")).split(":")
    if verb not in TEXTS:
        return Route(NOBODY, menu.menu), ()
    return TEXTS[verb], (text, *_read_arguments(TEXTS[verb], words))


def _read_arguments(route: Route, words: list[str]) -> tuple[int | str, ...]:
    """Turn the words behind a verb into its arguments; raise Refused("old_button") for what it does not take."""
    missing = len(route.arguments) - len(words)
    if not 0 <= missing <= len(route.defaults):
        raise Refused("old_button")
    pairs = list(zip(route.arguments, words, strict=False))
    if not all(re.fullmatch(_NUMBERS[kind], word) for kind, word in pairs if kind in (int, PersonId)):
        raise Refused("old_button")
    values = tuple(int(word) if kind in (int, PersonId) else word for kind, word in pairs)
    return values + route.defaults[len(route.defaults) - missing :]


def _deny(actor: Actor, query: Mapping[str, Any] | None, text: str, now: int) -> list[Outgoing]:
    """Refuse what this role may not do, and explain what to do next."""
    if actor.role in INSIDE:
        key = f"denied_{actor.role}" if query is not None or text.startswith("/") else "unknown_text"
        return _refuse(actor, actor.plain(key))
    return _refuse(actor, door.denial(actor.language, actor.user, now))


def _refuse(actor: Actor, text: str) -> list[Outgoing]:
    """Refuse a tap with an alert, anything else with a message."""
    return [say_to(actor.id, escaped(text)) if actor.query_id is None else toast(actor, text, alert=True)]
