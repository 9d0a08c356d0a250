"""An admin's work on the command line, for when Telegram is out of reach: the same decisions, the same rows."""

from __future__ import annotations

import re
import sqlite3
from html import unescape

from lib import days
from lib.chat.admin.decisions import Step, decide_person, decide_request
from lib.chat.admin.status import describe
from lib.chat.keyboards import DECISIONS
from lib.chat.phrases import size, span
from lib.chat.texts import plain
from lib.errors import Refused
from lib.settings import Settings
from lib.store.config_requests import list_requests
from lib.store.configs import configs_of
from lib.store.counters import sampled_at
from lib.store.outbox import enqueue
from lib.store.owner import has_owner
from lib.store.traffic import month_of_users
from lib.store.users import User, find_user, get_user, list_users

ALL = 1_000_000
STATES = ("approved", "pending", "blocked", "rejected", "captcha")


def status(db: sqlite3.Connection, settings: Settings, now: int) -> str:
    """Describe the server as /status does. If no bot is running, say so, and show what it saw last."""
    if has_owner(settings.database):
        return _describe(db, settings, now)
    if not (last := sampled_at(db)):
        return plain(settings.language, "cli_never_ran")
    ago = span(settings.language, now - last)
    said = plain(settings.language, "cli_not_running", span=ago)
    return f"{said}\n\n{_describe(db, settings, last)}"


def _describe(db: sqlite3.Connection, settings: Settings, now: int) -> str:
    return unescape(re.sub(r"<[^>]+>", "", describe(db, settings, settings.language, now)))


def users(db: sqlite3.Connection, settings: Settings, now: int) -> str:
    """List everyone, with a line above that names the columns."""
    month = days.month_of(now, settings.timezone)
    used = {user_id: usage.total for user_id, _, usage in month_of_users(db, month)}
    people = [user for state in STATES for user in list_users(db, state, ALL)]
    if not people:
        return plain(settings.language, "cli_nobody")
    head = [plain(settings.language, f"cli_users_{name}") for name in ("head", "state", "configs", "month", "name")]
    lines = [_columns(*head), *(_line(db, settings, user, used.get(user.id, 0)) for user in people)]
    return "\n".join(lines)


def _line(db: sqlite3.Connection, settings: Settings, user: User, used: int) -> str:
    username = f" @{user.username}" if user.username else ""
    count, traffic = len(configs_of(db, user.id)), size(settings.language, used)
    return _columns(user.id, _state(settings, user), count, traffic, f"{user.full_name}{username}")


def _columns(id: object, state: str, count: object, traffic: str, name: str) -> str:
    return f"{id:>12}  {state:<14} {count:>7}  {traffic:>10}  {name}"


def _state(settings: Settings, user: User) -> str:
    return plain(settings.language, f"cli_state_{user.state}")


def requests(db: sqlite3.Connection, settings: Settings, now: int) -> str:
    """List what waits for a decision, oldest first, with the commands that decide it."""
    people = [
        f"{user.full_name} ({user.id}): approve person {user.id}, reject person {user.id}"
        for user in list_users(db, "pending", ALL)
    ]
    asked = [
        f"{get_user(db, request.user_id).full_name}, {request.name}: "
        f"approve request {request.id}, reject request {request.id}"
        for request in list_requests(db, "pending", ALL)
    ]
    return "\n".join([*people, *asked]) or plain(settings.language, "cli_nothing_waits")


def decide(db: sqlite3.Connection, settings: Settings, what: str, number: int, after: str, now: int) -> str:
    """Decide on a person or a request on behalf of the first admin; raises Refused with the words of the chat.

    `after` is approved, rejected or blocked. Messages go out once Telegram is back, peers follow within a sample.
    """
    admin_id = settings.admin_ids[0]
    if what == "request":
        request, messages = decide_request(db, settings, admin_id, number, Step("pending", after), now)
        name, outcome = f"{get_user(db, request.user_id).full_name}, {request.name}", after
    else:
        user = find_user(db, number)
        if user is None:
            raise Refused("cli_unknown", number=number)
        if after not in DECISIONS.get(user.state, ()):
            raise Refused("cli_not_now", name=user.full_name, state=_state(settings, user))
        name, outcome = user.full_name, "unblocked" if user.state == "blocked" else after
        _, messages = decide_person(db, settings, admin_id, number, Step(user.state, after), now)
    enqueue(db, messages, now)
    return plain(settings.language, "cli_done", name=name, outcome=plain(settings.language, f"cli_did_{outcome}"))
