"""A person's page for admins: the essentials first, then the available decisions."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards, rules
from lib.chat.admin import people, way_back
from lib.chat.admin.person_configs import config_button, config_lines
from lib.chat.friend.account import forget_person
from lib.chat.phrases import LABEL_LENGTH, local_date, shorten, size, span, speed
from lib.chat.rules import config_limit, is_admin, keeper_of, quota_of, speed_of, this_month
from lib.chat.screens import Actor, Button, Keyboard, about, button, confirm, done, show
from lib.chat.texts import Markup
from lib.errors import Refused
from lib.store.config_requests import ConfigRequest, open_request
from lib.store.configs import configs_of
from lib.store.outbox import Outgoing
from lib.store.tickets import Ticket, open_tickets_of
from lib.store.users import User, get_user, name_of
from lib.store.views.summaries import Summary

CONFIGS_SHOWN = 4  # on the page itself; a longer list has pages of its own
NOTE_LINES, NOTE_LENGTH = 3, 200  # of the note; UTF-16 units
NAME_LENGTH = 40  # of the name of the person who decided


def show_person(db: sqlite3.Connection, actor: Actor, user_id: int, now: int) -> list[Outgoing]:
    """Show a person's page."""
    return show_user(db, actor, get_user(db, user_id), now)


def show_user(db: sqlite3.Connection, actor: Actor, user: User, now: int) -> list[Outgoing]:
    """Show the page of a person whose row the caller has read, or has just changed."""
    month = this_month(db, actor, user.id, now)
    configs = month.configs
    more = len(configs) - CONFIGS_SHOWN
    listed = config_lines(actor, user, month.used.total, configs[:CONFIGS_SHOWN], now)
    request, wrote = open_request(db, user.id), open_tickets_of(db, user.id) if actor.role == "admin" else []
    shown = request is not None and any(one.config.request_id == request.id for one in configs)
    text = actor.say(
        "person",
        name=user.full_name,
        role=role_of(actor, user),
        identity=_identity(db, actor, user),
        state=Markup(_state(db, actor, user) + (actor.say("person_said", text=user.said) if user.said else "")),
        unreachable="" if user.reachable or not user.in_telegram else actor.say("person_unreachable"),
        used=size(actor.language, month.used.total),
        quota=quota_in_words(actor, user),
        speed=_speed(actor, user),
        held=len(configs),
        limit=limit_in_words(actor, user),
        configs=Markup(listed + actor.say("holdings_more", count=more)) if more > 0 else listed,
        waiting=_waiting(actor, None if shown else request, wrote, now),
        note=note_of(actor, user, NOTE_LINES, NOTE_LENGTH),
    )
    waiting = _waiting_buttons(actor, request, wrote)
    return show(actor, text, _keyboard(db, actor, user, month, request, waiting, now))


def role_of(actor: Actor, user: User) -> str:
    """Return the label for an admin or a helper; empty for anyone else."""
    if is_admin(actor, user):
        return actor.plain("person_admin")
    return actor.plain("person_helper") if user.helper and user.state == "approved" else ""


def note_of(actor: Actor, user: User, lines: int, length: int) -> Markup:
    """Return the beginning of the note about a person; helpers don't see the note about themselves."""
    if not user.note or (actor.role != "admin" and actor.id == user.id):
        return Markup("")
    shown = user.note.splitlines()
    cut = "\n".join(shown[:lines]) + ("…" if len(shown) > lines else "")
    return actor.say("person_note", note=shorten(cut, length))


def confirm_expulsion(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Explain what deleting a person means."""
    user = get_non_admin(db, actor, user_id)
    key = "confirm_expel" if user.in_telegram else "confirm_expel_offline"
    text = actor.say(key, name=user.full_name, count=len(configs_of(db, user.id)))
    yes = actor.button("expel_now", "expel", user.id, style="danger")
    return confirm(actor, text, yes, "person_more", user.id)


def expel(db: sqlite3.Connection, actor: Actor, user_id: int, now: int) -> list[Outgoing]:
    """Delete a person and all their configs."""
    gone = forget_person(db, actor.settings, user_id, now, actor.id)
    return [*done(actor, "done_expel"), *gone, *people.list_screen(db, actor, *way_back.last_list(db, actor)[:2], now)]


def get_non_admin(db: sqlite3.Connection, actor: Actor, user_id: int) -> User:
    """Return a person; raise Refused("is_admin") for an admin, which only the settings file can change."""
    user = get_user(db, user_id)
    if is_admin(actor, user):
        raise Refused("is_admin")
    return user


def quota_in_words(actor: Actor, user: User) -> str:
    """Return a person's monthly limit as text, and whether it is the common one."""
    quota = quota_of(actor.settings, user.quota_bytes)
    words = size(actor.language, quota) if quota else actor.plain("quota_none")
    return actor.plain("as_everybody", what=words) if user.quota_bytes is None else words


def speed_in_words(actor: Actor, user: User) -> str:
    """Return a person's speed limit as text, and whether it is the common one."""
    kbit = speed_of(actor.settings, user.speed_kbit)
    words = speed(actor.language, kbit) if kbit else actor.plain("speed_none")
    return actor.plain("as_everybody", what=words) if user.speed_kbit is None else words


def limit_in_words(actor: Actor, user: User) -> str:
    """Return a person's config limit as text, and whether it is the common one."""
    if is_admin(actor, user):
        return actor.plain("limit_none")
    words = str(config_limit(actor.settings, user))
    return actor.plain("as_everybody", what=words) if user.config_limit is None else words


def _speed(actor: Actor, user: User) -> Markup:
    """Return the line about a person's speed limit; empty if there is neither a common one nor their own."""
    if user.speed_kbit is None and not actor.settings.speed_kbit:
        return Markup("")
    return actor.say("person_speed", speed=speed_in_words(actor, user))


def _identity(db: sqlite3.Connection, actor: Actor, user: User) -> Markup:
    """Return a person's username and id or, if they have no Telegram, who gets their files."""
    if user.in_telegram:
        return actor.say("person_in_telegram", **about(actor.language, user, alone=True))
    return actor.say("person_offline", who=name_of(db, keeper_of(actor.settings, user))[:NAME_LENGTH])


def _state(db: sqlite3.Connection, actor: Actor, user: User) -> Markup:
    """Return a person's state, since when, and who decided it, unless that was themselves."""
    since = local_date(actor.language, user.decided_at or user.created_at, actor.zone)
    by = (
        ""
        if user.decided_by in (None, user.id)
        else actor.say("person_by", who=name_of(db, user.decided_by)[:NAME_LENGTH])
    )
    return Markup(actor.say(f"person_is_{user.state}", date=since) + by)


def _waiting(actor: Actor, request: ConfigRequest | None, wrote: list[Ticket], now: int) -> Markup:
    """Return what a person is waiting for, in words: a config requested or being made, and answers."""
    lines = []
    if request:
        key = "person_asks_for" if request.state == "pending" else "person_gets"
        lines.append(actor.say(key, name=request.name, span=span(actor.language, now - request.created_at)))
    if wrote:
        oldest = wrote[0].sent_at or wrote[0].created_at
        lines.append(actor.say("person_wrote", count=len(wrote), span=span(actor.language, now - oldest)))
    return Markup("".join(f"\n{line}" for line in lines))


def _waiting_buttons(actor: Actor, request: ConfigRequest | None, wrote: list[Ticket]) -> list[Button]:
    """Return the buttons to a request that waits for a decision, and to the oldest ticket."""
    asked = request is not None and request.state == "pending"
    return [
        *([actor.button("person_request_button", "request", request.id)] if request and asked else []),
        *([actor.button("person_ticket_button", "ticket", wrote[0].id, keyboards.LIST)] if wrote else []),
    ]


def _keyboard(
    db: sqlite3.Connection, actor: Actor, user: User, month: Summary, request: ConfigRequest | None,
    waiting: list[Button], now: int,
) -> Keyboard:  # fmt: skip
    """Return the buttons that the actor's role and the person's state allow."""
    may_decide = not rules.why_not_decide(actor, user)
    return [
        waiting,
        *_config_rows(actor, user, month, now),
        *(_admin_rows(actor, user, request) if actor.role == "admin" else []),
        *(keyboards.decide(actor.language, user, keyboards.PAGE) if may_decide else []),
        [actor.button("person_more_button", "person_more", user.id), actor.button("refresh", "person", user.id)],
        [way_back.back_button(db, actor)],
    ]


def _config_rows(actor: Actor, user: User, month: Summary, now: int) -> Keyboard:
    if len(month.configs) > CONFIGS_SHOWN:
        return [[button(actor.plain("holdings_button", count=len(month.configs)), "holdings", user.id, 0)]]
    buttons = [config_button(actor, user, month.used.total, one, now) for one in month.configs]
    a_row = 2 if all(len(one["text"]) <= LABEL_LENGTH // 2 for one in buttons) else 1
    return [buttons[at : at + a_row] for at in range(0, len(buttons), a_row)]


def _admin_rows(actor: Actor, user: User, request: ConfigRequest | None) -> Keyboard:
    """Return the frequent actions that only admins have."""
    issue = actor.button("issue_button", "issue", user.id, style="primary")
    write = actor.button("write_button", "write", user.id)
    may_issue = user.state == "approved" and not request
    may_write = user.id != actor.id and user.in_telegram
    invite = actor.button("invite_person_button", "invite_person", user.id)
    return [
        [issue] if may_issue else [],
        [actor.button("quota_button", "person_quotas", user.id), *([write] if may_write else [])],
        [invite] if user.state == "approved" and not user.in_telegram else [],
    ]
