"""Rules about friends and their configs, each decided in this one place."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from lib import days
from lib.chat.screens import Actor
from lib.errors import Refused
from lib.settings import Settings
from lib.store import audit
from lib.store.config_requests import ConfigRequest
from lib.store.configs import Config
from lib.store.counters import is_online
from lib.store.users import User, find_user
from lib.store.views.summaries import ConfigSummary, Summary, summarize_configs
from lib.values import GIGABYTE

# The common reasons of a rejection, as the audit log records them.
PERSON_REASONS, REQUEST_REASONS = (":unknown", ":full"), (":enough", ":later")
COMMON_REASONS = frozenset({*PERSON_REASONS, *REQUEST_REASONS})

NEARLY = 0.8  # of a monthly limit: from then on more traffic may be asked for
STEPS: tuple[int, ...] = tuple(
    digit * 10**power for power in range(1, 7) for digit in (1, 2, 5)
)  # gigabytes more, at one tap
RINGS_AN_HOUR = 6  # of one person, by whatever deed
DECISIONS_AN_HOUR = 4  # of one helper about one person, who is told of each


@dataclass(frozen=True)
class Pace:
    """How often one person may do one thing: once in `seconds`, otherwise `refusal` says when to try again.

    What stands `apart` is never stopped by other things that the person did, and stops none of them.
    """

    seconds: int
    refusal: str
    apart: bool = False


# Every action by which an approved person makes the admins' phones ring. All of them together: RINGS_AN_HOUR, but a
# complaint always gets through, once an hour for each config that an admin approved. An outsider rings once, when
# passing the CAPTCHA or using an invitation; then they wait for a decision, or are in.
PACES: dict[str, Pace | None] = {
    "ask": None,
    "write": None,
    "complain": Pace(days.HOUR, "complained_already", apart=True),
    "extend": Pace(days.DAY, "extension_asked_already"),
    "more": Pace(days.DAY, "more_asked_already"),
}
TOGETHER = [deed for deed, pace in PACES.items() if pace is None or not pace.apart]


def ring(
    db: sqlite3.Connection, actor: Actor, deed: str, subject: str, now: int, detail: str = "", *, waits: bool = True
) -> None:
    """Record an action that notifies the admins; raise Refused if it comes too soon or too often.

    A person who got an answer (their request no longer `waits`) can ask again at once. The pace is kept in the audit
    log, so no restart forgets it.
    """
    if (pace := PACES[deed]) and waits and _came_just_now(db, actor, deed, subject, now):
        raise Refused(pace.refusal)
    limited = actor.role != "admin" and deed in TOGETHER
    if limited and audit.count_done(db, actor.id, TOGETHER, days.HOUR, now) >= RINGS_AN_HOUR:
        raise Refused("asked_too_often", count=RINGS_AN_HOUR)
    audit.note(db, now, actor.id, deed, subject, detail)


def _came_just_now(db: sqlite3.Connection, actor: Actor, deed: str, subject: str, now: int) -> bool:
    pace = PACES[deed]
    return pace is not None and audit.was_done(db, actor.id, deed, subject, pace.seconds, now)


def check_decisions(db: sqlite3.Connection, actor: Actor, user: User, now: int) -> None:
    """Raise Refused if a helper keeps deciding on the same person, who is notified each time."""
    if actor.role != "helper":
        return
    done = audit.count_done(db, actor.id, ("approved", "rejected", "blocked"), days.HOUR, now, f"user:{user.id}")
    if done >= DECISIONS_AN_HOUR:
        raise Refused("decided_too_often", count=DECISIONS_AN_HOUR)


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
    """Return a config's state at a glance: being made, off and why, online, or away."""
    if one.config.live_since is None:
        return "⏳"
    if off := why_off(settings, one.config, owner, used, now):
        return {"paused": "⏸", "expired": "⌛️", "shut": "⛔", "quota": "⚠️"}[off]
    return "🟢" if is_online(one.reading.handshake_at, now) else "⚪️"


def why_not_decide(actor: Actor, user: User) -> str:
    """Return the refusal if the actor may not decide on a person in their current state; '' if they may.

    No one decides on an admin. A helper can't decide on another helper, or undo an admin's block or rejection.
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
    """Return a person's monthly limit in bytes, 0 for none: their own, else the common one."""
    return settings.quota_bytes if own is None else own


def speed_of(settings: Settings, own: int | None) -> int:
    """Return a person's speed limit in kbit/s, 0 for none: their own, else the common one."""
    return settings.speed_kbit if own is None else own


def is_over(used: int, quota: int) -> bool:
    """Return True if a monthly limit is used up; a limit of 0 never is."""
    return 0 < quota <= used


def has_used_up(db: sqlite3.Connection, settings: Settings, user: User, now: int) -> bool:
    """Return True if a person's limit for the current month is used up."""
    used = summarize_configs(db, user.id, days.month_of(now, settings.timezone)).used.total
    return is_over(used, quota_of(settings, user.quota_bytes))


def may_want_more(settings: Settings, user: User, used: int) -> bool:
    """Return True if a friend's monthly limit is nearly or fully used up."""
    quota = quota_of(settings, user.quota_bytes)
    return quota > 0 and used >= NEARLY * quota


def enough_more(quota: int, used: int) -> int:
    """Return how many gigabytes more a month reopen a limit: the smallest step that leaves at least one of them."""
    lacking = used - quota + GIGABYTE
    return next((step for step in STEPS if step * GIGABYTE >= lacking), STEPS[-1])


def wants_more(db: sqlite3.Connection, actor: Actor, used: int, now: int) -> bool:
    """Return True if a friend can ask for more traffic: the limit is used up, and they have not just asked."""
    quota = quota_of(actor.settings, actor.person.quota_bytes)
    return is_over(used, quota) and not _came_just_now(db, actor, "more", limit_subject(quota), now)


def limit_subject(quota: int) -> str:
    """Return the audit-log name of a monthly limit: after a new limit, the friend may ask for more at once."""
    return f"limit:{quota}"


def this_month(db: sqlite3.Connection, actor: Actor, user_id: int, now: int) -> Summary:
    """Summarize a person's configs in the present month."""
    return summarize_configs(db, user_id, days.month_of(now, actor.zone))


def granted_by(db: sqlite3.Connection, actor: Actor) -> int | None:
    """Return who approved a friend's next config in advance, if they still decide here."""
    by = actor.person.granted_by
    found = find_user(db, by) if by is not None else None
    decides = found is not None and (found.id in actor.settings.admin_ids or bool(found.helper))
    return by if decides else None


def can_ask(db: sqlite3.Connection, actor: Actor, request: ConfigRequest | None, held: int) -> bool:
    """Return True if a friend with so many configs, and maybe an open request, may ask for another config."""
    try:
        check_may_ask(db, actor, request, held)
    except Refused:
        return False
    return True


def check_may_ask(db: sqlite3.Connection, actor: Actor, request: ConfigRequest | None, held: int) -> None:
    """Raise Refused unless a friend may ask for another config; one approved in advance ignores the limit."""
    if request:
        raise Refused("request_open")
    limit = config_limit(actor.settings, actor.person)
    if actor.role != "admin" and held >= limit and granted_by(db, actor) is None:
        raise Refused("too_many_configs", count=held, limit=limit)


def config_limit(settings: Settings, user: User) -> int:
    """Return how many configs a person may have; any above that are kept."""
    return settings.max_configs if user.config_limit is None else user.config_limit


def keeper_of(settings: Settings, user: User) -> int:
    """Return which admin gets the files of a person without Telegram: the first one if theirs is no longer an admin."""
    return user.kept_by if user.kept_by in settings.admin_ids else settings.admin_ids[0]


def is_admin(actor: Actor, user: User) -> bool:
    """Return True if a person is an admin, which only the settings file decides."""
    return user.id in actor.settings.admin_ids
