"""Rules about friends and their configs, each decided in this one place."""

from __future__ import annotations

import sqlite3

from lib import days
from lib.chat.phrases import full_date, size, sum_of
from lib.chat.screens import Actor
from lib.chat.texts import Markup
from lib.errors import Refused
from lib.settings import Settings
from lib.store.config_requests import open_request
from lib.store.configs import configs_of
from lib.store.traffic import Usage, month_of_configs
from lib.store.users import User, get_user


def month_sum(db: sqlite3.Connection, actor: Actor, now: int) -> str:
    """Write the month's traffic of a friend, both directions together."""
    total = sum_of(month_of(db, actor, now).values())
    return size(actor.language, total.total)


def over_quota(db: sqlite3.Connection, actor: Actor, now: int) -> bool:
    """Tell whether a friend's month is used up."""
    quota, total = quota_of(db, actor), sum_of(month_of(db, actor, now).values())
    return quota > 0 and total.total >= quota


def quota_warning(db: sqlite3.Connection, actor: Actor, now: int) -> Markup:
    """Say that the month's limit is used up and when it reopens; empty while it is not."""
    quota = quota_of(db, actor)
    if not over_quota(db, actor, now):
        return Markup("")
    reopens = days.next_month_start(now, actor.zone)
    return actor.say(
        "menu_quota",
        quota=size(actor.language, quota),
        date=full_date(actor.language, reopens, actor.zone),
    )


def month_of(db: sqlite3.Connection, actor: Actor, now: int) -> dict[int, Usage]:
    """Sum the present month of a friend for each config that they have or had."""
    return month_of_configs(db, actor.id, days.month_of(now, actor.zone))


def quota_of(db: sqlite3.Connection, actor: Actor) -> int:
    """Give a friend's quota in bytes; 0 is none."""
    own = get_user(db, actor.id).quota_bytes
    return actor.settings.quota_bytes if own is None else own


def can_ask(db: sqlite3.Connection, actor: Actor) -> bool:
    """Tell whether another config may be asked for now."""
    try:
        check_may_ask(db, actor)
    except Refused:
        return False
    return True


def check_may_ask(db: sqlite3.Connection, actor: Actor) -> None:
    if open_request(db, actor.id):
        raise Refused("request_open")
    count, limit = len(configs_of(db, actor.id)), config_limit(actor.settings, get_user(db, actor.id))
    if actor.role != "admin" and count >= limit:
        raise Refused("too_many_configs", count=count, limit=limit)


def config_limit(settings: Settings, user: User) -> int:
    """Tell how many configs a friend may ask for: their own number, else everybody's; what they have they keep."""
    return settings.max_configs if user.config_limit is None else user.config_limit


def is_admin(actor: Actor, user: User) -> bool:
    """Tell whether a person is an admin, about whom only the settings file decides."""
    return user.id in actor.settings.admin_ids
