"""An admin's work on the command line, for the day when Telegram is out of reach: the same handlers, the same rows."""

from __future__ import annotations

import re
import sqlite3
from html import unescape

from lib import days
from lib.chat import keyboards
from lib.chat.admin import decisions
from lib.chat.admin.status import describe
from lib.chat.phrases import size
from lib.chat.texts import plain
from lib.errors import Refused
from lib.settings import Settings
from lib.store.config_requests import list_requests
from lib.store.configs import configs_of
from lib.store.outbox import enqueue
from lib.store.traffic import month_of_users
from lib.store.users import User, find_user, get_user, list_users

ALL = 1_000_000
STATES = ("approved", "pending", "blocked", "rejected", "captcha")


def status(db: sqlite3.Connection, settings: Settings, now: int) -> str:
    """Describe the server as /status does."""
    return unescape(re.sub(r"<[^>]+>", "", describe(db, settings, settings.language, now)))


def users(db: sqlite3.Connection, settings: Settings, now: int) -> str:
    """List everybody: id, state, configs, this month's traffic, name."""
    month = days.month_of(now, settings.timezone)
    usage = {user_id: used.received + used.sent for user_id, _, used in month_of_users(db, month)}
    people = [user for state in STATES for user in list_users(db, state, ALL)]
    return "\n".join(_line(db, settings, user, usage.get(user.id, 0)) for user in people) or _say(
        settings, "cli_nobody"
    )


def _line(db: sqlite3.Connection, settings: Settings, user: User, used: int) -> str:
    username = f" @{user.username}" if user.username else ""
    held = len(configs_of(db, user.id))
    return f"{user.id:>12}  {user.state:<9} {held:>3}  {size(settings.language, used):>9}  {user.full_name}{username}"


def requests(db: sqlite3.Connection, settings: Settings, now: int) -> str:
    """List what waits for a decision, oldest first, with the words that decide it."""
    people = [
        f"{user.full_name} ({user.id}): approve person {user.id}, reject person {user.id}"
        for user in list_users(db, "pending", ALL)
    ]
    asked = [
        f"{get_user(db, request.user_id).full_name}, {request.name}: "
        f"approve request {request.id}, reject request {request.id}"
        for request in list_requests(db, "pending", ALL)
    ]
    return "\n".join([*people, *asked]) or _say(settings, "cli_nothing_waits")


def decide(db: sqlite3.Connection, settings: Settings, what: str, number: int, deed: str, now: int) -> str:
    """Decide on a person or a request in the first admin's name; raises Refused with the words of the chat.

    `deed` is approved, rejected or blocked. Messages go out once Telegram is back, peers follow within a sample.
    """
    owner_id = settings.admin_ids[0]
    if what == "request":
        messages = decisions.decide_request(db, settings, owner_id, number, deed, now)
    else:
        user = find_user(db, number)
        if user is None:
            raise Refused("cli_unknown", number=number)
        if deed not in {offer[0] for offer in keyboards.DECISIONS.get(user.state, ())}:
            raise Refused("cli_not_now", state=user.state)
        messages = decisions.decide_person(db, settings, owner_id, number, user.state, deed, now)
    enqueue(db, messages, now)
    return _say(settings, "cli_done")


def _say(settings: Settings, key: str) -> str:
    return plain(settings.language, key)
