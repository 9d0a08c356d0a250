"""What waits for a decision: one list of people and requests, a page for each, and a word when it waits too long."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from lib import days
from lib.chat import admin, keyboards, notices
from lib.chat.screens import Actor, Keyboard, button, say_to, show, tell_staff
from lib.chat.texts import Markup, plain, say, span
from lib.chat.typed import cut, take_line
from lib.errors import Refused
from lib.settings import Settings
from lib.store.config_requests import get_request
from lib.store.database import get_meta, put_meta
from lib.store.outbox import Outgoing, chats_told, drop_subject, forget_subject, message_of
from lib.store.users import get_user, name_of, set_awaiting
from lib.store.waiting import Waiting, list_waiting, waits_since

ON_A_PAGE = 8
REASON_LENGTH = 300  # UTF-16 units of what a friend is told with a rejection
LIST = "list"  # behind the data of a button: where it stands
TOO_LONG = 86400  # seconds after which the staff is reminded, at most as often


def overview(db: sqlite3.Connection, actor: Actor, args: tuple[object, ...], now: int) -> list[Outgoing]:
    """List what waits, oldest first, a page of it; a command shows the first one."""
    total = admin.count_waiting_people_and_requests(db)
    asked = args[0] if args and isinstance(args[0], int) else 0
    page = min(asked, max(total - 1, 0) // ON_A_PAGE)
    rows = [
        [button(_label(actor.language, one, now), "asker" if one.kind == "user" else "request", one.id)]
        for one in list_waiting(db, ON_A_PAGE, page * ON_A_PAGE)
    ]
    text = say(actor.language, "waiting" if total else "nothing_waits", count=total)
    ways = [button(plain(actor.language, "refresh"), "requests", page), *keyboards.to_panel(actor.language)[0]]
    return show(actor, text, [*rows, *keyboards.pages(page, -(-total // ON_A_PAGE), "requests"), ways])


def _label(language: str, one: Waiting, now: int) -> str:
    """Name who waits and for how long, 40 characters at most."""
    waited = span(language, now - one.since)
    if one.kind == "user":
        return f"👤 {cut(one.full_name, 26)} · {waited}"
    return f"🔑 {cut(one.full_name, 14)}: {cut(one.device, 10)} · {waited}"


def show_asker(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Show a person with the decisions that are open on them."""
    user = get_user(db, args[0])
    text, ways = notices.user_notice(db, actor.language, user)
    if user.state != "pending":
        return show(actor, text, ways)
    waited = say(actor.language, "waits_for", span=span(actor.language, now - (user.decided_at or user.created_at)))
    return show(actor, Markup(text + waited), [*_of_list(ways), *_more(actor, "why_person", user.id)])


def show_request(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Show a request with the decisions that are open on it."""
    request = get_request(db, args[0])
    text, ways = notices.request_notice(db, actor.language, request)
    if request.state != "pending":
        return show(actor, text, ways)
    waited = say(actor.language, "waits_for", span=span(actor.language, now - request.created_at))
    return show(actor, Markup(text + waited), [*_of_list(ways), *_more(actor, "why_request", request.id)])


def _of_list(ways: Keyboard) -> Keyboard:
    """Let the decisions on a page of the list lead back to it."""
    return [[_lead_back(way) for way in row] for row in ways]


def _lead_back(way: dict[str, Any]) -> dict[str, Any]:
    data = str(way.get("callback_data"))
    return {**way, "callback_data": f"{data}:{LIST}"} if data.startswith(("decide:", "judge:")) else way


def _more(actor: Actor, verb: str, number: int) -> Keyboard:
    return [
        [button(plain(actor.language, "reject_why"), verb, number)],
        [button(plain(actor.language, "back"), "requests", 0)],
    ]


def ask_person_reason(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Let the next message be why a person is rejected."""
    user = get_user(db, args[0])
    if user.state != "pending":
        raise Refused(f"already_{user.state}", who=name_of(db, user.decided_by))
    set_awaiting(db, actor.id, f"reason_person:{user.id}")
    text = say(actor.language, "type_reason_person", name=user.full_name)
    return show(actor, text, [[button(plain(actor.language, "back"), "asker", user.id)]])


def ask_request_reason(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Let the next message be why a request is rejected."""
    request = get_request(db, args[0])
    if request.state != "pending":
        raise Refused(f"request_already_{request.state}", who=name_of(db, request.decided_by))
    set_awaiting(db, actor.id, f"reason_request:{request.id}")
    text = say(actor.language, "type_reason_request", name=name_of(db, request.user_id), device=request.name)
    return show(actor, text, [[button(plain(actor.language, "back"), "request", request.id)]])


def reject_person(db: sqlite3.Connection, actor: Actor, args: tuple[str, int], now: int) -> list[Outgoing]:
    """Reject a person with the reason that was typed."""
    reason = take_line(args[0], REASON_LENGTH, "bad_reason")
    done = admin.decide(db, actor, (args[1], "pending", "rejected"), now, reason)
    return _rejected(db, actor, done, now)


def reject_request(db: sqlite3.Connection, actor: Actor, args: tuple[str, int], now: int) -> list[Outgoing]:
    """Reject a request with the reason that was typed."""
    reason = take_line(args[0], REASON_LENGTH, "bad_reason")
    done = admin.judge(db, actor, (args[1], "rejected"), now, reason)
    return _rejected(db, actor, done, now)


def _rejected(db: sqlite3.Connection, actor: Actor, done: list[Outgoing], now: int) -> list[Outgoing]:
    set_awaiting(db, actor.id, None)
    said = say_to(actor.id, say(actor.language, "rejected_why"), keyboards.to_waiting(actor.language))
    return [said, *done]


def decide(db: sqlite3.Connection, actor: Actor, args: tuple[Any, ...], now: int) -> list[Outgoing]:
    """Decide on a person; from the list's page it goes back there, a notice shows the decision."""
    user_id, before, after, *origin = args
    listed = _came_from_list(origin)
    done = admin.decide(db, actor, (user_id, before, after), now)
    if listed:
        return done + overview(db, actor, (), now)
    notice = notices.user_notice(db, actor.language, get_user(db, user_id))
    return done + _show_here(db, actor, f"user:{user_id}", notice)


def judge(db: sqlite3.Connection, actor: Actor, args: tuple[Any, ...], now: int) -> list[Outgoing]:
    """Decide on a request; from the list's page it goes back there, a notice shows the decision."""
    request_id, after, *origin = args
    listed = _came_from_list(origin)
    done = admin.judge(db, actor, (request_id, after), now)
    if listed:
        return done + overview(db, actor, (), now)
    notice = notices.request_notice(db, actor.language, get_request(db, request_id))
    return done + _show_here(db, actor, f"request:{request_id}", notice)


def _came_from_list(origin: list[str]) -> bool:
    if origin not in ([], [LIST]):
        raise Refused("old_button")
    return bool(origin)


def _show_here(db: sqlite3.Connection, actor: Actor, subject: str, notice: tuple[str, Keyboard]) -> list[Outgoing]:
    """Show a decision where it was tapped, if that is not the message that shows it anyway.

    It may be a copy that was sent when an answer of Telegram was lost, or one so new that its number is not noted yet.
    """
    return [] if message_of(db, subject, actor.id) == actor.message_id else show(actor, *notice)


def remind(db: sqlite3.Connection, settings: Settings, now: int) -> list[Outgoing]:
    """Remind the staff once a day of what waits longer than that, but not in QUIET_HOURS."""
    since = waits_since(db)
    if since is None:
        return _take_reminder_away(db)
    told = int(get_meta(db, "reminded_at") or 0)
    quiet = days.is_quiet(now, settings.timezone, settings.quiet_hours)
    if now - since <= TOO_LONG or 0 <= now - told < TOO_LONG or quiet:
        return []
    put_meta(db, "reminded_at", str(now))
    return [*_take_reminder_away(db), *tell_staff(db, settings, _reminder(db, now - since), "reminder")]


def _take_reminder_away(db: sqlite3.Connection) -> list[Outgoing]:
    """Delete the last reminder where it still is one, or stop it on its way."""
    found = [(chat_id, message_of(db, "reminder", chat_id)) for chat_id in chats_told(db, "reminder")]
    drop_subject(db, "reminder")
    forget_subject(db, "reminder")
    return [Outgoing(chat_id, "deleteMessage", {"message_id": number}) for chat_id, number in found if number]


def _reminder(db: sqlite3.Connection, waited: int) -> Callable[[str], tuple[str, Keyboard]]:
    count = admin.count_waiting_people_and_requests(db)
    return lambda language: (
        say(language, "reminder", count=count, span=span(language, waited)),
        keyboards.to_waiting(language),
    )
