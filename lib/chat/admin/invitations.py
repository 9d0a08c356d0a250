"""Invitations: one-time links."""

from __future__ import annotations

import sqlite3

from lib.chat.admin import way_back
from lib.chat.drawing.code_card import draw_card
from lib.chat.files import Attachment
from lib.chat.input import ask, clean_name
from lib.chat.paging import page_of
from lib.chat.phrases import end_date, labelled, local_date, local_date_time, shorten, span
from lib.chat.screens import Actor, Button, Keyboard, attach, button, confirm, done, say_to, show
from lib.errors import Refused
from lib.settings import Settings
from lib.store import audit
from lib.store import invitations as store
from lib.store.outbox import Outgoing
from lib.store.users import find_user, name_of

ON_A_PAGE = 6
DAYS = ("1", "7", "30")  # for which a link can be valid
KINDS = {"config": True, "plain": False}  # whether a config comes with it, already approved
SIGNS = {"open": "🟢", "used": "✅", "revoked": "🚫", "expired": "⌛"}


def overview(db: sqlite3.Connection, actor: Actor, page: int, now: int) -> list[Outgoing]:
    """List invitations, newest first, a page of them."""
    total = store.count_invitations(db)
    here = page_of(page, total, ON_A_PAGE)
    shown = store.list_invitations(db, ON_A_PAGE, here.offset)
    way_back.remember_place(db, actor, "invitations", here.number)
    rows = [[button(_label(db, actor, one, now), "invitation", one.id)] for one in shown]
    text = actor.say("invitations" if total else "invitations_none", count=total)
    new = actor.button("invite_button", "invite", style="primary")
    add = actor.button("add_person_button", "add_person")
    return show(actor, text, [*rows, *here.buttons("invitations"), [new, add], [actor.back("panel")]])


def _label(db: sqlite3.Connection, actor: Actor, one: store.Invitation, now: int) -> str:
    state = one.state(now)
    if state == "open":
        what = actor.plain("still_valid", span=span(actor.language, one.expires_at - now))
    else:
        what = shorten(_guest(db, actor, one), 16) if state == "used" else actor.plain(f"invitation_{state}")
    return labelled(SIGNS[state], one.name, f" · {what}")


def _guest(db: sqlite3.Connection, actor: Actor, one: store.Invitation) -> str:
    return actor.plain("somebody") if one.used_by is None else name_of(db, one.used_by)


def show_invitation(db: sqlite3.Connection, actor: Actor, invitation_id: int, now: int) -> list[Outgoing]:
    """Show an invitation, with the ways to the list and to the person without Telegram whom it is for."""
    guest = store.get_invitation(db, invitation_id).for_user
    back = actor.back("invitations", way_back.page_of(db, actor, "invitations"))
    known = guest is not None and find_user(db, guest) is not None
    return show_link(db, actor, invitation_id, [back, *([actor.button("to_person", "person", guest)] * known)], now)


def show_link(db: sqlite3.Connection, actor: Actor, invitation_id: int, ways: list[Button], now: int) -> list[Outgoing]:
    """Show an invitation, with its link while the link is valid, and the given ways to go on."""
    one = store.get_invitation(db, invitation_id)
    state, ended, link = one.state(now), one.used_at or one.revoked_at, link_of(db, one.id, now)
    write, moment = (local_date_time, ended) if ended else (end_date, one.expires_at)
    at = write(actor.language, moment, actor.zone)
    text = actor.say(
        "invitation",
        name=one.name,
        by=name_of(db, one.created_by),
        made=local_date(actor.language, one.created_at, actor.zone),
        config=actor.plain("own_configs" if one.for_user else "with_config" if one.with_config else "without_config"),
        state=actor.say(f"invitation_is_{state}", who=_guest(db, actor, one), at=at),
        link=f"\n\n{link}" if link else "",
    )
    end = actor.button("take_back", "confirm_uninvite", one.id, style="danger")
    return show(actor, text, [*_link_rows(actor, one.id, link), ways, [end] if state == "open" else []])


def link_of(db: sqlite3.Connection, invitation_id: int, now: int) -> str | None:
    """Return the link of an open invitation; None if there is none to show."""
    code, username = store.open_code(db, invitation_id, now), store.read_username(db)
    return f"https://t.me/{username}?start={code}" if code and username else None


def _link_rows(actor: Actor, invitation_id: int, link: str | None) -> Keyboard:
    """Return buttons to copy the link or show it to another phone."""
    if link is None:
        return []
    copy = {"text": actor.plain("copy_link"), "copy_text": {"text": link}}
    return [[copy], [actor.button("invitation_qr", "invitation_qr", invitation_id)]]


def send_qr(db: sqlite3.Connection, actor: Actor, invitation_id: int, now: int) -> list[Outgoing]:
    """Send the QR code of an open invitation's link."""
    one = store.get_invitation(db, invitation_id)
    if one.state(now) != "open":
        raise Refused(f"invitation_was_{one.state(now)}")
    if link_of(db, one.id, now) is None:
        raise Refused("no_link_kept")
    caption = actor.say("invitation_qr_caption", name=one.name)
    return [attach(actor.id, "Photo", f"invitation:{one.id}", caption, [[actor.back("invitation", one.id)]])]


def render_qr(db: sqlite3.Connection, settings: Settings, rest: str, now: int) -> Attachment | None:
    """Draw the QR code of an invitation's link, with the guest's name; None if it is no longer open."""
    link = link_of(db, int(rest), now)
    if link is None:
        return None
    card = draw_card([link], title=store.get_invitation(db, int(rest)).name)
    return Attachment("photo", "invitation.png", "image/png", card)


def choose_kind(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Ask what the new invitation includes, and for how long it is valid."""
    spans = {days: span(actor.language, int(days) * 86400) for days in DAYS}
    rows = [
        [button(actor.plain(f"invite_{kind}", span=spans[days]), "invite_for", kind, days) for kind in KINDS]
        for days in DAYS
    ]
    return show(actor, actor.say("choose_invitation"), [*rows, [actor.back("invitations", 0)]])


def ask_name(db: sqlite3.Connection, actor: Actor, kind: str, days: str) -> list[Outgoing]:
    """Ask who the invitation is for."""
    return ask(db, actor, f"invite_name:{kind}:{days}", actor.say("type_invited"), [[actor.back("invite")]])


def create(db: sqlite3.Connection, actor: Actor, text: str, kind: str, days: str, now: int) -> list[Outgoing]:
    """Create an invitation and show its link."""
    name = clean_name(text)
    if store.read_username(db) is None:
        raise Refused("no_username_yet")
    seconds = int(days) * 86400
    number, _ = store.add_invitation(db, name, KINDS[kind], actor.id, now + seconds, now)
    audit.note(db, now, actor.id, "invite", f"invitation:{number}", f"{kind}, {days} d")
    link = link_of(db, number, now)
    valid, config = span(actor.language, seconds), actor.plain("with_config" if KINDS[kind] else "without_config")
    text = actor.say("invitation_made", name=name, link=link, span=valid, config=config)
    to_list = [actor.button("to_invitations", "invitations", 0)]
    return [say_to(actor.id, text, [*_link_rows(actor, number, link), to_list])]


def confirm_end(db: sqlite3.Connection, actor: Actor, invitation_id: int, now: int) -> list[Outgoing]:
    """Ask for confirmation before an invitation is taken back."""
    one = store.get_invitation(db, invitation_id)
    if one.state(now) != "open":
        raise Refused(f"invitation_was_{one.state(now)}")
    yes = actor.button("take_back", "uninvite", one.id, style="danger")
    return confirm(actor, actor.say("confirm_uninvite", name=one.name), yes, "invitation", one.id)


def end(db: sqlite3.Connection, actor: Actor, invitation_id: int, now: int) -> list[Outgoing]:
    """Take an invitation back: its link is no longer valid."""
    store.take_back(db, invitation_id, now)
    audit.note(db, now, actor.id, "uninvite", f"invitation:{invitation_id}")
    return [*done(actor, "done_taken_back"), *overview(db, actor, 0, now)]
