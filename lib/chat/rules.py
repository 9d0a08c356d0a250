"""Rules about friends and their configs, each decided in this one place."""

from __future__ import annotations

import sqlite3

from lib import days
from lib.chat.phrases import full_date, size
from lib.chat.screens import Actor
from lib.chat.texts import Markup
from lib.errors import Refused
from lib.settings import Settings
from lib.store.config_requests import ConfigRequest
from lib.store.configs import Config
from lib.store.counters import is_online
from lib.store.users import User
from lib.store.views.summaries import ConfigSummary, Summary, summarize_configs


def why_off(settings: Settings, config: Config, owner: User, used: int, now: int) -> str:
    """Return why a config must not be live: paused, expired, shut (its owner has no access) or quota; '' if it must be.

    `used` are the bytes of the owner's month. The same rule in SQL is store.configs.wanted(), and a test compares them.
    """
    if config.paused_at is not None:
        return "paused"
    if config.expires_at is not None and config.expires_at <= now:
        return "expired"
    if owner.state != "approved":
        return "shut"
    return "quota" if is_over(used, quota_of(settings, owner.quota_bytes)) else ""


def is_wanted(db: sqlite3.Connection, settings: Settings, config: Config, owner: User, now: int) -> bool:
    """Return True if a config must be live."""
    used = summarize_configs(db, owner.id, days.month_of(now, settings.timezone)).used.total
    return not why_off(settings, config, owner, used, now)


def sign_of(settings: Settings, one: ConfigSummary, owner: User, used: int, now: int) -> str:
    """Show at a glance how a config is: being made, off and why, online, or away."""
    if one.config.live_since is None:
        return "⏳"
    if off := why_off(settings, one.config, owner, used, now):
        return {"paused": "⏸", "expired": "⌛️", "shut": "⛔", "quota": "⚠️"}[off]
    return "🟢" if is_online(one.reading.handshake_at, now) else "⚪️"


def why_not_decide(actor: Actor, user: User) -> str:
    """Return the refusal if somebody may not decide about a person as they are now; '' if they may.

    Nobody decides about an admin. A helper decides about no other helper, and undoes no block or rejection of an admin.
    """
    if user.id in actor.settings.admin_ids:
        return "is_admin"
    if actor.role == "admin":
        return ""
    if user.helper:
        return "is_helper"
    by_admin = user.state in ("blocked", "rejected") and user.decided_by in actor.settings.admin_ids
    return "decided_by_admin" if by_admin else ""


def quota_of(settings: Settings, own: int | None) -> int:
    """Return a person's monthly limit in bytes, 0 for none: their own, else everybody's."""
    return settings.quota_bytes if own is None else own


def is_over(used: int, quota: int) -> bool:
    """Return True if a monthly limit is used up; a limit of 0 never is."""
    return 0 < quota <= used


def this_month(db: sqlite3.Connection, actor: Actor, user_id: int, now: int) -> Summary:
    """Summarize a person's configs in the present month."""
    return summarize_configs(db, user_id, days.month_of(now, actor.zone))


def quota_warning(actor: Actor, used: int, now: int) -> Markup:
    """Warn that a friend's monthly limit is used up, and until when; empty while it is not."""
    quota = quota_of(actor.settings, actor.person.quota_bytes)
    if not is_over(used, quota):
        return Markup("")
    until = full_date(actor.language, days.next_month_start(now, actor.zone), actor.zone)
    return actor.say("menu_quota", quota=size(actor.language, quota), date=until)


def can_ask(actor: Actor, request: ConfigRequest | None, held: int) -> bool:
    """Return True if a friend with so many configs, and maybe an open request, may ask for another config."""
    try:
        check_may_ask(actor, request, held)
    except Refused:
        return False
    return True


def check_may_ask(actor: Actor, request: ConfigRequest | None, held: int) -> None:
    """Raise Refused unless another config may be asked for; see can_ask."""
    if request:
        raise Refused("request_open")
    limit = config_limit(actor.settings, actor.person)
    if actor.role != "admin" and held >= limit:
        raise Refused("too_many_configs", count=held, limit=limit)


def config_limit(settings: Settings, user: User) -> int:
    """Return how many configs a person may ask for; what they have above that they keep."""
    return settings.max_configs if user.config_limit is None else user.config_limit


def is_admin(actor: Actor, user: User) -> bool:
    """Return True if a person is an admin, about whom only the settings file decides."""
    return user.id in actor.settings.admin_ids
