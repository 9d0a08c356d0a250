"""A person as admins see them: everything that is known, and what can be decided about them."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards, rules
from lib.chat.admin import audit_log, people
from lib.chat.admin.person_configs import config_button, config_lines
from lib.chat.apps import AMNEZIA
from lib.chat.friend.account import forget_person
from lib.chat.phrases import full_date, size
from lib.chat.rules import config_limit, is_admin, quota_of, this_month
from lib.chat.screens import Actor, Keyboard, about, button, confirm, done, show
from lib.chat.texts import Markup
from lib.errors import Refused
from lib.store.audit import list_entries
from lib.store.config_requests import open_request
from lib.store.configs import configs_of
from lib.store.outbox import Outgoing
from lib.store.users import User, get_user, name_of
from lib.store.views.summaries import Summary

CONFIGS_SHOWN = 8  # on the page itself; a longer list has pages of its own
ENTRIES_SHOWN = 3  # of the audit log
NAME_LENGTH = 40  # of the name of whoever decided


def show_person(db: sqlite3.Connection, actor: Actor, user_id: int, now: int) -> list[Outgoing]:
    """Show everything that is known about a person."""
    return show_user(db, actor, get_user(db, user_id), now)


def show_user(db: sqlite3.Connection, actor: Actor, user: User, now: int) -> list[Outgoing]:
    """Show the page of a person whose row the caller has read, or has just changed."""
    month = this_month(db, actor, user.id, now)
    configs = month.configs
    may_read_note = actor.role == "admin" or actor.id != user.id  # a helper does not read their own
    helps = user.helper and user.state == "approved"
    role = actor.plain("person_admin") if is_admin(actor, user) else actor.plain("person_helper") if helps else ""
    more, listed = (
        len(configs) - CONFIGS_SHOWN,
        config_lines(actor, user, month.used.total, configs[:CONFIGS_SHOWN], now),
    )
    text = actor.say(
        "person",
        **about(actor.language, user),
        role=role,
        speaks=user.language,
        state=_state(db, actor, user),
        came=full_date(actor.language, user.created_at, actor.zone),
        app=AMNEZIA[user.app].name if user.app else actor.plain("person_no_app"),
        unreachable="" if user.reachable else actor.say("person_unreachable"),
        used=size(actor.language, month.used.total),
        quota=quota_in_words(actor, user),
        held=len(configs),
        limit=limit_in_words(actor, user),
        configs=Markup(listed + actor.say("holdings_more", count=more)) if more > 0 else listed,
        note=actor.say("person_note", note=user.note) if user.note and may_read_note else "",
        deeds=_last_entries(db, actor, user),
    )
    return show(actor, text, _keyboard(db, actor, user, month, now))


def confirm_expulsion(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Explain what deleting a person means."""
    user = get_non_admin(db, actor, user_id)
    text = actor.say("confirm_expel", name=user.full_name, count=len(configs_of(db, user.id)))
    yes = actor.button("expel_now", "expel", user.id, style="danger")
    return confirm(actor, text, yes, "person", user.id)


def expel(db: sqlite3.Connection, actor: Actor, user_id: int, now: int) -> list[Outgoing]:
    """Delete a person and all their configs."""
    gone = forget_person(db, actor.settings, user_id, now, actor.id)
    return [*done(actor, "done_expel"), *gone, *people.list_screen(db, actor, *people.last_list(db, actor)[:2], now)]


def get_non_admin(db: sqlite3.Connection, actor: Actor, user_id: int) -> User:
    """Read a person; raise Refused("is_admin") for an admin, whom only the settings file can change."""
    user = get_user(db, user_id)
    if is_admin(actor, user):
        raise Refused("is_admin")
    return user


def quota_in_words(actor: Actor, user: User) -> str:
    """Write a person's monthly limit, and whether it is everybody's."""
    quota = quota_of(actor.settings, user.quota_bytes)
    words = size(actor.language, quota) if quota else actor.plain("quota_none")
    return actor.plain("as_everybody", what=words) if user.quota_bytes is None else words


def limit_in_words(actor: Actor, user: User) -> str:
    """Write how many configs a person may have, and whether that is everybody's number."""
    if is_admin(actor, user):
        return actor.plain("limit_none")
    words = str(config_limit(actor.settings, user))
    return actor.plain("as_everybody", what=words) if user.config_limit is None else words


def _state(db: sqlite3.Connection, actor: Actor, user: User) -> Markup:
    """Write a person's state, since when, and who decided it."""
    since = full_date(actor.language, user.decided_at or user.created_at, actor.zone)
    by = "" if user.decided_by is None else actor.say("person_by", who=name_of(db, user.decided_by)[:NAME_LENGTH])
    return Markup(actor.say(f"person_is_{user.state}", date=since) + by)


def _last_entries(db: sqlite3.Connection, actor: Actor, user: User) -> Markup:
    """Write what they did last, and what was decided about them."""
    lines = [f"\n{audit_log.describe(actor, entry)}" for entry in list_entries(db, user.id, ENTRIES_SHOWN)]
    return Markup(actor.say("person_deeds") + "".join(lines)) if lines else Markup("")


def _keyboard(db: sqlite3.Connection, actor: Actor, user: User, month: Summary, now: int) -> Keyboard:
    """Offer what the actor's role and the person's state allow."""
    may_decide = not rules.why_not_decide(actor, user)
    return [
        *_config_rows(actor, user, month, now),
        *(_admin_rows(db, actor, user) if actor.role == "admin" else []),
        *(keyboards.decide(actor.language, user, keyboards.PAGE) if may_decide else []),
        [actor.button("refresh", "person", user.id), people.back_to_list(db, actor)],
    ]


def _config_rows(actor: Actor, user: User, month: Summary, now: int) -> Keyboard:
    if len(month.configs) > CONFIGS_SHOWN:
        return [[button(actor.plain("holdings_button", count=len(month.configs)), "holdings", user.id, 0)]]
    buttons = [config_button(actor, user, month.used.total, one, now) for one in month.configs]
    return [buttons[at : at + 2] for at in range(0, len(buttons), 2)]


def _admin_rows(db: sqlite3.Connection, actor: Actor, user: User) -> Keyboard:
    """Offer what only admins may do."""
    inside, fellow_admin = user.state == "approved", is_admin(actor, user)
    issue = actor.button("issue_button", "issue", user.id, style="primary")
    write = actor.button("write_button", "write", user.id)
    limit = actor.button("limit_button", "person_limits", user.id)
    appoint = actor.button("appoint_button", "appoint", user.id)
    dismiss = actor.button("dismiss_button", "helper", user.id, "off")
    expel = actor.button("expel", "confirm_expel", user.id, style="danger")
    help_button = [dismiss if user.helper else appoint] if inside and not fellow_admin else []
    return [
        [*([issue] if inside and not open_request(db, user.id) else []), *([write] if user.id != actor.id else [])],
        [actor.button("quota_button", "person_quotas", user.id), *([] if fellow_admin else [limit])],
        [actor.button("note_button", "note", user.id), *help_button],
        [actor.button("history_button", "history", user.id, 0), *([] if fellow_admin else [expel])],
    ]
