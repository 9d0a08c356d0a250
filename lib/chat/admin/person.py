"""One person as admins see them: everything known, and what can be decided about them."""

from __future__ import annotations

import sqlite3

from lib.chat.admin import audit_log, people
from lib.chat.admin.person_configs import Holding, holding_button, holding_line, holdings_of
from lib.chat.apps import AMNEZIA
from lib.chat.friend.account import forget_person
from lib.chat.keyboards import DECISIONS
from lib.chat.phrases import full_date, size
from lib.chat.rules import config_limit, is_admin, quota_of
from lib.chat.screens import Actor, Button, Keyboard, button, done, show, text_button, username_of
from lib.chat.texts import Markup, plain, say
from lib.errors import Refused
from lib.store.audit import list_entries
from lib.store.config_requests import open_request
from lib.store.outbox import Outgoing
from lib.store.users import User, get_user, name_of

CONFIGS_SHOWN = 8  # configs listed on the page itself; more of them have pages of their own
DEEDS_SHOWN = 3
NAME_SHOWN = 40  # characters of a name beside which others stand


def show_person(db: sqlite3.Connection, actor: Actor, user_id: int, now: int) -> list[Outgoing]:
    """Show everything that is known of a person."""
    user = get_user(db, user_id)
    held, used = holdings_of(db, actor, user.id, now)
    language = actor.language
    text = say(
        language,
        "person",
        name=user.full_name,
        role=_role(actor, user),
        username=username_of(language, user),
        id=user.id,
        speaks=user.language,
        state=_state(db, actor, user),
        came=full_date(actor.language, user.created_at, actor.zone),
        app=AMNEZIA[user.app].name if user.app else plain(language, "person_no_app"),
        unreachable="" if user.reachable else say(language, "person_unreachable"),
        used=size(language, used),
        quota=quota_in_words(actor, user),
        held=len(held),
        limit=limit_in_words(actor, user),
        configs=_configs(language, held, now),
        note=say(language, "person_note", note=user.note) if user.note and _may_read_note(actor, user) else "",
        deeds=_deeds(db, actor, user),
    )
    return show(actor, text, _keyboard(db, actor, user, held, now))


def confirm_expulsion(db: sqlite3.Connection, actor: Actor, user_id: int, now: int) -> list[Outgoing]:
    """Say what deleting a person means."""
    user = _deletable(db, actor, user_id)
    held, _ = holdings_of(db, actor, user.id, now)
    yes = actor.button("expel_now", "expel", user.id, style="danger")
    text = actor.say("confirm_expel", name=user.full_name, count=len(held))
    return show(actor, text, [[yes, actor.back("person", user.id)]])


def expel(db: sqlite3.Connection, actor: Actor, user_id: int, now: int) -> list[Outgoing]:
    """Delete a person with all that they hold."""
    user = _deletable(db, actor, user_id)
    return [
        *done(actor, "done_expel"),
        *forget_person(db, actor.settings, user.id, now, actor.id),
        *people.list_screen(db, actor, *people.way_back(db, actor), now),
    ]


def quota_in_words(actor: Actor, user: User) -> str:
    """Say a person's limit of a month, and whether it is everybody's."""
    quota = quota_of(actor.settings, user.quota_bytes)
    words = size(actor.language, quota) if quota else actor.plain("quota_none")
    return actor.plain("as_everybody", what=words) if user.quota_bytes is None else words


def limit_in_words(actor: Actor, user: User) -> str:
    """Say how many configs a person may hold, and whether that is everybody's number."""
    if is_admin(actor, user):
        return actor.plain("limit_none")
    words = str(config_limit(actor.settings, user))
    return actor.plain("as_everybody", what=words) if user.config_limit is None else words


def _may_read_note(actor: Actor, user: User) -> bool:
    """Keep the note from whom it is about; admins write it."""
    return actor.role == "admin" or actor.id != user.id


def _deletable(db: sqlite3.Connection, actor: Actor, user_id: int) -> User:
    user = get_user(db, user_id)
    if is_admin(actor, user):
        raise Refused("is_admin")
    return user


def _role(actor: Actor, user: User) -> str:
    if is_admin(actor, user):
        return actor.plain("person_admin")
    return actor.plain("person_helper") if user.helper and user.state == "approved" else ""


def _state(db: sqlite3.Connection, actor: Actor, user: User) -> Markup:
    """Say how far they were let in, since when, and who decided it."""
    text = actor.say(
        f"person_is_{user.state}",
        date=full_date(actor.language, user.decided_at or user.created_at, actor.zone),
    )
    if user.decided_by is None:
        return text
    return Markup(text + actor.say("person_by", who=name_of(db, user.decided_by)[:NAME_SHOWN]))


def _configs(language: str, held: list[Holding], now: int) -> Markup:
    lines = [Markup(f"\n{holding_line(language, holding, now)}") for holding in held[:CONFIGS_SHOWN]]
    if len(held) > CONFIGS_SHOWN:
        lines.append(say(language, "holdings_more", count=len(held) - CONFIGS_SHOWN))
    return Markup("".join(lines))


def _deeds(db: sqlite3.Connection, actor: Actor, user: User) -> Markup:
    """Tell what they did last, and what was decided about them."""
    lines = [Markup(f"\n{audit_log.line(actor, entry)}") for entry in list_entries(db, user.id, DEEDS_SHOWN)]
    return Markup(actor.say("person_deeds") + "".join(lines)) if lines else Markup("")


def _keyboard(db: sqlite3.Connection, actor: Actor, user: User, held: list[Holding], now: int) -> Keyboard:
    """Offer what the actor's role and the person's state allow."""
    chosen, page = people.way_back(db, actor)
    look = [
        actor.button("refresh", "person", user.id),
        actor.back("people", chosen, page),
    ]
    rows = [
        *_config_rows(actor.language, user, held, now),
        *(_admins_rows(db, actor, user) if actor.role == "admin" else []),
        _decisions(actor, user),
        look,
    ]
    return [row for row in rows if row]


def _config_rows(language: str, user: User, held: list[Holding], now: int) -> Keyboard:
    if len(held) > CONFIGS_SHOWN:
        return [[button(plain(language, "holdings_button", count=len(held)), "holdings", user.id, 0)]]
    buttons = [holding_button(holding, now) for holding in held]
    return [buttons[at : at + 2] for at in range(0, len(buttons), 2)]


def _admins_rows(db: sqlite3.Connection, actor: Actor, user: User) -> Keyboard:
    """Offer what admins alone may do."""
    language, inside, is_one = actor.language, user.state == "approved", is_admin(actor, user)
    may_get = inside and open_request(db, user.id) is None
    issue = [text_button(language, "issue_button", "issue", user.id, style="primary")] if may_get else []
    write = [text_button(language, "write_button", "write", user.id)] if user.id != actor.id else []
    limit = [] if is_one else [text_button(language, "limit_button", "person_limits", user.id)]
    expel = [] if is_one else [text_button(language, "expel", "confirm_expel", user.id, style="danger")]
    return [
        [*issue, *write],
        [text_button(language, "quota_button", "person_quotas", user.id), *limit],
        [text_button(language, "note_button", "note", user.id), *_helper_button(actor, user)],
        [text_button(language, "history_button", "history", user.id, 0), *expel],
    ]


def _helper_button(actor: Actor, user: User) -> list[Button]:
    if user.state != "approved" or is_admin(actor, user):
        return []
    if user.helper:
        return [actor.button("dismiss_button", "helper", user.id, "off")]
    return [actor.button("appoint_button", "appoint", user.id)]


def _decisions(actor: Actor, user: User) -> list[Button]:
    """Offer the decisions that are open; helpers decide on no helper, and nobody on an admin."""
    if is_admin(actor, user) or (user.helper and actor.role != "admin"):
        return []
    return [
        button(actor.plain(text), "decide", user.id, user.state, after, "page", style=style)
        for after, text, style in DECISIONS.get(user.state, ())
    ]
