"""Invitations: a link that lets one friend in without a CAPTCHA, maybe with a config, once and for some days."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from lib.chat import door, keyboards, notices
from lib.chat.asking import clean_name
from lib.chat.screens import Actor, Keyboard, button, language_of, say_to, show, toast, username_of
from lib.chat.texts import Markup, plain, say, span
from lib.chat.typed import cut
from lib.errors import Refused
from lib.store import audit
from lib.store import invitations as store
from lib.store.config_requests import add_request, move_request, open_request
from lib.store.invitations import Invitation, find_by_code, get_invitation, is_code, read_username
from lib.store.outbox import Outgoing
from lib.store.users import get_user, move_user, name_of, set_awaiting, set_captcha

ON_A_PAGE = 8
DAYS = ("1", "7", "30")  # how long one may be valid
KINDS = {"config": True, "plain": False}  # with a config approved along with it, or without
SIGNS = {"open": "🟢", "used": "✅", "revoked": "🚫", "expired": "⌛"}
OPENS_FOR = ("captcha", "pending", "rejected")  # who is blocked stays so, who is inside needs none


def overview(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """List invitations, newest first, a page of them."""
    total = store.count_invitations(db)
    page = min(args[0], max(total - 1, 0) // ON_A_PAGE)
    rows = [
        [button(_label(db, actor.language, one, now), "invitation", one.id)]
        for one in store.list_invitations(db, ON_A_PAGE, page * ON_A_PAGE)
    ]
    text = say(actor.language, "invitations" if total else "invitations_none", count=total)
    new = button(plain(actor.language, "invite_button"), "invite", style="primary")
    turning = keyboards.pages(page, -(-total // ON_A_PAGE), "invitations")
    return show(actor, text, [*rows, *turning, [new], *keyboards.to_panel(actor.language)])


def _label(db: sqlite3.Connection, language: str, one: Invitation, now: int) -> str:
    state = one.state(now)
    what = {
        "open": plain(language, "still_valid", span=span(language, one.expires_at - now)),
        "used": cut(_user_name(db, language, one), 16),
    }.get(state) or plain(language, f"invitation_{state}")
    return f"{SIGNS[state]} {cut(one.name, 16)} · {what}"


def _user_name(db: sqlite3.Connection, language: str, one: Invitation) -> str:
    return plain(language, "somebody") if one.used_by is None else name_of(db, one.used_by)


def show_invitation(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Show one, but never its link again."""
    one, language = get_invitation(db, args[0]), actor.language
    state, zone = one.state(now), actor.settings.timezone
    ended = one.used_at or one.revoked_at or one.expires_at
    text = say(
        language,
        "invitation",
        name=one.name,
        by=name_of(db, one.created_by),
        made=datetime.fromtimestamp(one.created_at, zone).strftime("%d.%m.%Y"),
        config=plain(language, "with_config" if one.with_config else "without_config"),
        state=plain(
            language,
            f"invitation_is_{state}",
            who=_user_name(db, language, one),
            at=datetime.fromtimestamp(ended, zone).strftime("%d.%m.%Y %H:%M"),
        ),
    )
    back = button(plain(language, "back"), "invitations", 0)
    end = button(plain(language, "take_back"), "confirm_uninvite", one.id, style="danger")
    return show(actor, text, [[end], [back]] if state == "open" else [[back]])


def choose_kind(db: sqlite3.Connection, actor: Actor, args: tuple[()], now: int) -> list[Outgoing]:
    """Ask what a new one opens, and for how long."""
    rows: Keyboard = [
        [
            button(
                plain(actor.language, f"invite_{kind}", span=span(actor.language, int(days) * 86400)),
                "invite_for",
                kind,
                days,
            )
            for days in DAYS
        ]
        for kind in KINDS
    ]
    back = [[button(plain(actor.language, "back"), "invitations", 0)]]
    return show(actor, say(actor.language, "choose_invitation"), [*rows, *back])


def ask_name(db: sqlite3.Connection, actor: Actor, args: tuple[str, str], now: int) -> list[Outgoing]:
    """Let the next message be for whom it is."""
    kind, days = _offered(*args)
    set_awaiting(db, actor.id, f"invite_name:{kind}:{days}")
    text = say(actor.language, "type_invited")
    return show(actor, text, [[button(plain(actor.language, "back"), "invite")]])


def _offered(kind: str, days: str) -> tuple[str, str]:
    if kind not in KINDS or days not in DAYS:
        raise Refused("old_button")
    return kind, days


def create(db: sqlite3.Connection, actor: Actor, args: tuple[str, str, str], now: int) -> list[Outgoing]:
    """Make an invitation and show its link, this once."""
    kind, days = _offered(args[1], args[2])
    name, username = clean_name(args[0]), read_username(db)
    if username is None:
        raise Refused("no_username_yet")
    seconds = int(days) * 86400
    number, code = store.add_invitation(db, name, KINDS[kind], actor.id, now + seconds, now)
    set_awaiting(db, actor.id, None)
    audit.note(db, now, actor.id, "invite", f"invitation:{number}", f"{kind}, {days} d")
    link = f"https://t.me/{username}?start={code}"
    text = say(
        actor.language,
        "invitation_made",
        name=name,
        link=link,
        span=span(actor.language, seconds),
        config=plain(actor.language, "with_config" if KINDS[kind] else "without_config"),
    )
    copy = {"text": plain(actor.language, "copy_link"), "copy_text": {"text": link}}
    return [say_to(actor.id, text, [[copy], [button(plain(actor.language, "to_invitations"), "invitations", 0)]])]


def confirm_end(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Ask whether it shall really be taken back."""
    one = get_invitation(db, args[0])
    if one.state(now) != "open":
        raise Refused(f"invitation_was_{one.state(now)}")
    yes = button(plain(actor.language, "take_back"), "uninvite", one.id, style="danger")
    back = button(plain(actor.language, "back"), "invitation", one.id)
    return show(actor, say(actor.language, "confirm_uninvite", name=one.name), [[yes, back]])


def end(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Take it back: its link opens nothing any more."""
    store.take_back(db, args[0], now)
    audit.note(db, now, actor.id, "uninvite", f"invitation:{args[0]}")
    return [toast(actor, plain(actor.language, "done_taken_back")), *overview(db, actor, (0,), now)]


def enter(db: sqlite3.Connection, actor: Actor, args: tuple[str, ...], now: int) -> list[Outgoing]:
    """Answer /start of somebody who is not inside: an invitation opens the door, all else leads to the CAPTCHA."""
    user = get_user(db, actor.id)
    if not args or not is_code(args[0]) or user.state not in OPENS_FOR:
        return door.enter(db, actor, args, now)
    found = find_by_code(db, args[0])
    if found is not None and store.use(db, found.id, actor.id, now):
        return _let_in(db, actor, found, user.state, now)
    state = found.state(now) if found else "unknown"
    return [say_to(actor.id, say(actor.language, f"invitation_fails_{state}")), *door.enter(db, actor, (), now)]


def _let_in(db: sqlite3.Connection, actor: Actor, one: Invitation, before: str, now: int) -> list[Outgoing]:
    """Open the door at once, in the inviting admin's name."""
    picture = [Outgoing(actor.id, "deleteMessage", {}, subject=f"captcha:{actor.id}")] if before == "captcha" else []
    set_captcha(db, actor.id, None, None, 0)
    move_user(db, actor.id, before, "approved", now, one.created_by)
    audit.note(db, now, actor.id, "come", f"user:{actor.id}", f"invitation:{one.id}")
    granted = bool(one.with_config) and open_request(db, actor.id) is None
    if granted:
        number = add_request(db, actor.id, plain(actor.language, "name_phone"), now)
        move_request(db, number, "pending", "approved", now, one.created_by)
        audit.note(db, now, one.created_by, "approved", f"request:{number}", f"invitation:{one.id}")
    welcome = say(actor.language, "you_came", who=name_of(db, one.created_by))
    if granted:
        welcome = Markup(welcome + say(actor.language, "you_came_config"))
    return [
        *picture,
        say_to(actor.id, welcome, keyboards.to_menu(actor.language)),
        *notices.update_user_notices(db, actor.settings, actor.id),
        *_tell_host(db, actor, one),
    ]


def _tell_host(db: sqlite3.Connection, actor: Actor, one: Invitation) -> list[Outgoing]:
    """Tell the inviting admin who came; where that is no admin any more, all of them."""
    admins = actor.settings.admin_ids
    user = get_user(db, actor.id)
    told = []
    for host in (one.created_by,) if one.created_by in admins else admins:
        language = language_of(db, actor.settings, host)
        text = say(
            language, "invited_came", invited=one.name, name=user.full_name, username=username_of(language, user)
        )
        told.append(say_to(host, text, [[button(plain(language, "to_invitations"), "invitations", 0)]]))
    return told
