"""Invitations: one-time links."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards
from lib.chat.input import clean_name
from lib.chat.paging import page_of
from lib.chat.phrases import full_date, full_date_time, shorten, span
from lib.chat.screens import Actor, Keyboard, button, done, say_to, show, text_button
from lib.chat.texts import plain, say
from lib.errors import Refused
from lib.store import audit
from lib.store import invitations as store
from lib.store.invitations import Invitation, get_invitation, read_username
from lib.store.outbox import Outgoing
from lib.store.users import name_of, set_awaiting

ON_A_PAGE = 8
DAYS = ("1", "7", "30")  # how long one may be valid
KINDS = {"config": True, "plain": False}  # with a config approved along with it, or without
SIGNS = {"open": "🟢", "used": "✅", "revoked": "🚫", "expired": "⌛"}


def overview(db: sqlite3.Connection, actor: Actor, page: int, now: int) -> list[Outgoing]:
    """List invitations, newest first, a page of them."""
    total = store.count_invitations(db)
    here = page_of(page, total, ON_A_PAGE)
    rows = [
        [button(_label(db, actor.language, one, now), "invitation", one.id)]
        for one in store.list_invitations(db, ON_A_PAGE, here.offset)
    ]
    text = actor.say("invitations" if total else "invitations_none", count=total)
    new = actor.button("invite_button", "invite", style="primary")
    return show(actor, text, [*rows, *here.buttons("invitations"), [new], *keyboards.to_panel(actor.language)])


def _label(db: sqlite3.Connection, language: str, one: Invitation, now: int) -> str:
    state = one.state(now)
    what = {
        "open": plain(language, "still_valid", span=span(language, one.expires_at - now)),
        "used": shorten(_user_name(db, language, one), 16),
    }.get(state) or plain(language, f"invitation_{state}")
    return f"{SIGNS[state]} {shorten(one.name, 16)} · {what}"


def _user_name(db: sqlite3.Connection, language: str, one: Invitation) -> str:
    return plain(language, "somebody") if one.used_by is None else name_of(db, one.used_by)


def show_invitation(db: sqlite3.Connection, actor: Actor, invitation_id: int, now: int) -> list[Outgoing]:
    """Show one, but never its link again."""
    one, language = get_invitation(db, invitation_id), actor.language
    state, zone = one.state(now), actor.zone
    ended = one.used_at or one.revoked_at or one.expires_at
    text = say(
        language,
        "invitation",
        name=one.name,
        by=name_of(db, one.created_by),
        made=full_date(language, one.created_at, zone),
        config=plain(language, "with_config" if one.with_config else "without_config"),
        state=plain(
            language,
            f"invitation_is_{state}",
            who=_user_name(db, language, one),
            at=full_date_time(language, ended, zone),
        ),
    )
    back = text_button(language, "back", "invitations", 0)
    end = text_button(language, "take_back", "confirm_uninvite", one.id, style="danger")
    return show(actor, text, [[end], [back]] if state == "open" else [[back]])


def choose_kind(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Ask what a new one opens, and for how long."""
    rows: Keyboard = [
        [
            button(
                actor.plain(f"invite_{kind}", span=span(actor.language, int(days) * 86400)),
                "invite_for",
                kind,
                days,
            )
            for days in DAYS
        ]
        for kind in KINDS
    ]
    back = [[actor.back("invitations", 0)]]
    return show(actor, actor.say("choose_invitation"), [*rows, *back])


def ask_name(db: sqlite3.Connection, actor: Actor, kind: str, days: str) -> list[Outgoing]:
    """Let the next message be for whom it is."""
    kind, days = _offered(kind, days)
    set_awaiting(db, actor.id, f"invite_name:{kind}:{days}")
    text = actor.say("type_invited")
    return show(actor, text, [[actor.back("invite")]])


def _offered(kind: str, days: str) -> tuple[str, str]:
    if kind not in KINDS or days not in DAYS:
        raise Refused("old_button")
    return kind, days


def create(db: sqlite3.Connection, actor: Actor, text: str, kind: str, days: str, now: int) -> list[Outgoing]:
    """Make an invitation and show its link, this once."""
    kind, days = _offered(kind, days)
    name, username = clean_name(text), read_username(db)
    if username is None:
        raise Refused("no_username_yet")
    seconds = int(days) * 86400
    number, code = store.add_invitation(db, name, KINDS[kind], actor.id, now + seconds, now)
    set_awaiting(db, actor.id, None)
    audit.note(db, now, actor.id, "invite", f"invitation:{number}", f"{kind}, {days} d")
    link = f"https://t.me/{username}?start={code}"
    text = actor.say(
        "invitation_made",
        name=name,
        link=link,
        span=span(actor.language, seconds),
        config=actor.plain("with_config" if KINDS[kind] else "without_config"),
    )
    copy = {"text": actor.plain("copy_link"), "copy_text": {"text": link}}
    return [say_to(actor.id, text, [[copy], [actor.button("to_invitations", "invitations", 0)]])]


def confirm_end(db: sqlite3.Connection, actor: Actor, invitation_id: int, now: int) -> list[Outgoing]:
    """Ask whether it shall really be taken back."""
    one = get_invitation(db, invitation_id)
    if one.state(now) != "open":
        raise Refused(f"invitation_was_{one.state(now)}")
    yes = actor.button("take_back", "uninvite", one.id, style="danger")
    back = actor.back("invitation", one.id)
    return show(actor, actor.say("confirm_uninvite", name=one.name), [[yes, back]])


def end(db: sqlite3.Connection, actor: Actor, invitation_id: int, now: int) -> list[Outgoing]:
    """Take it back: its link opens nothing any more."""
    store.take_back(db, invitation_id, now)
    audit.note(db, now, actor.id, "uninvite", f"invitation:{invitation_id}")
    return [*done(actor, "done_taken_back"), *overview(db, actor, 0, now)]
