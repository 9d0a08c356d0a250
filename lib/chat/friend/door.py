"""The door: the first /start, the CAPTCHA with its growing pauses, invitations, and what people outside are told."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards
from lib.chat.drawing import captcha
from lib.chat.drawing.captcha import new_answer
from lib.chat.files import Attachment
from lib.chat.notify import decisions_shown
from lib.chat.phrases import span
from lib.chat.screens import (
    Actor,
    Keyboard,
    attach,
    button,
    delete,
    language_of,
    say_to,
    text_button,
    toast,
    username_of,
)
from lib.chat.texts import Markup, say
from lib.settings import Settings
from lib.store import audit
from lib.store import invitations as store
from lib.store.config_requests import add_request, move_request, open_request
from lib.store.invitations import Invitation, find_by_code, is_code
from lib.store.outbox import Outgoing
from lib.store.users import User, find_user, get_user, move_user, name_of, set_captcha, set_captcha_typed

ANSWER_SECONDS = 300
TRIES = 3
PAUSES = (60, 300, 1800, 7200, 43200, 86400)  # seconds; after the 3rd, 6th, … wrong answer, then always the last
ASK_AGAIN_SECONDS = 7 * 86400  # how long a rejection stands
OPENS_FOR = ("captcha", "pending", "rejected")  # who is blocked stays so, who is inside needs none


def knock(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Answer /start of somebody who is not inside: a new picture, or what they are waiting for."""
    user = get_user(db, actor.id)
    if user.state == "rejected" and now >= (user.decided_at or 0) + ASK_AGAIN_SECONDS:
        move_user(db, user.id, "rejected", "captcha", now)
        user = get_user(db, actor.id)
    if user.state != "captcha":
        return [say_to(actor.id, denial(actor.language, user, now))]
    if _paused(user, now):
        return [_pause_text(actor, (user.captcha_until or now) - now)]
    return _new_picture(db, actor, user.captcha_tries, now, "captcha")


def denial(language: str, user: User | None, now: int) -> str:
    """Say that the door is closed, and what to do next, to somebody who is not inside."""
    if user is None:
        return say(language, "denied_stranger")
    if user.state == "rejected":
        left = (user.decided_at or 0) + ASK_AGAIN_SECONDS - now
        return (
            say(language, "denied_rejected", span=span(language, left))
            if left > 0
            else say(language, "denied_rejected_over")
        )
    return say(language, f"denied_{user.state}")


def digit(db: sqlite3.Connection, actor: Actor, picture: int, pressed: int, now: int) -> list[Outgoing]:
    """Take a digit from the keypad; the last one is the answer."""
    user = get_user(db, actor.id)
    if not _shown(user, picture, now):
        return _stale(db, actor, user, now)
    typed = user.captcha_typed + str(pressed)
    if len(typed) >= len(user.captcha_answer or ""):
        return _judge(db, actor, user, typed, now)
    set_captcha_typed(db, user.id, typed)
    return [_edit_typed(actor, user, typed)]


def erase(db: sqlite3.Connection, actor: Actor, picture: int, now: int) -> list[Outgoing]:
    """Take the last digit back."""
    user = get_user(db, actor.id)
    if not _shown(user, picture, now):
        return _stale(db, actor, user, now)
    set_captcha_typed(db, user.id, user.captcha_typed[:-1])
    return [_edit_typed(actor, user, user.captcha_typed[:-1])] if user.captcha_typed else []


def another(db: sqlite3.Connection, actor: Actor, picture: int, now: int) -> list[Outgoing]:
    """Show another picture, whichever one the button stands under; it costs no try and gives none."""
    user = get_user(db, actor.id)
    if _paused(user, now):
        return _stale(db, actor, user, now)
    return _new_picture(db, actor, user.captcha_tries, now, "captcha")


def answer_text(db: sqlite3.Connection, actor: Actor, text: str, now: int) -> list[Outgoing]:
    """Take the answer as a message: its digits count, in any script, whatever stands between them."""
    user = get_user(db, actor.id)
    if _paused(user, now):
        return [_pause_text(actor, (user.captcha_until or now) - now)]
    if user.captcha_answer is None or now >= (user.captcha_until or 0):
        return _new_picture(db, actor, user.captcha_tries, now, "captcha_late")
    digits = "".join(str(int(sign)) for sign in text[:64] if sign.isdecimal())
    if not digits:
        return [say_to(actor.id, actor.say("denied_captcha"))]
    return _judge(db, actor, user, digits, now)


def _judge(db: sqlite3.Connection, actor: Actor, user: User, answer: str, now: int) -> list[Outgoing]:
    if answer == user.captcha_answer:
        set_captcha(db, user.id, None, None, 0)
        move_user(db, user.id, "captcha", "pending", now)
        gone = Outgoing(user.id, "deleteMessage", {}, subject=f"captcha:{user.id}")
        told = say_to(user.id, actor.say("captcha_passed"))
        return [gone, told, *decisions_shown.announce_user(db, actor.settings, get_user(db, user.id), now)]
    tries = user.captcha_tries + 1
    if tries % TRIES:
        return _new_picture(db, actor, tries, now, "captcha_wrong")
    pause = PAUSES[min(tries // TRIES, len(PAUSES)) - 1]
    set_captcha(db, user.id, None, now + pause, tries)
    gone = Outgoing(user.id, "deleteMessage", {}, subject=f"captcha:{user.id}")
    return [gone, _pause_text(actor, pause)]


def _new_picture(db: sqlite3.Connection, actor: Actor, tries: int, now: int, key: str) -> list[Outgoing]:
    """Put a new picture before a person in the place of the old one."""
    set_captcha(db, actor.id, new_answer(), now + ANSWER_SECONDS, tries)
    caption = actor.say(key, left=TRIES - tries % TRIES, typed="")
    return [
        Outgoing(actor.id, "deleteMessage", {}, subject=f"captcha:{actor.id}"),
        attach(
            actor.id,
            "Photo",
            f"captcha:{actor.id}",
            caption,
            _keypad(actor.language, now + ANSWER_SECONDS),
            subject=f"captcha:{actor.id}",
            lasts=ANSWER_SECONDS,
        ),
    ]


def _edit_typed(actor: Actor, user: User, typed: str) -> Outgoing:
    digits = actor.say("captcha_typed", digits=typed) if typed else ""
    params = {
        "message_id": actor.message_id,
        "caption": actor.say("captcha", typed=digits),
        "parse_mode": "HTML",
        "reply_markup": {"inline_keyboard": _keypad(actor.language, user.captcha_until or 0)},
    }
    return Outgoing(actor.id, "editMessageCaption", params, lasts=ANSWER_SECONDS)


def _shown(user: User, picture: int, now: int) -> bool:
    """Tell whether the tapped keypad belongs to the picture that is valid now."""
    return user.captcha_answer is not None and user.captcha_until == picture and now < picture


def _stale(db: sqlite3.Connection, actor: Actor, user: User, now: int) -> list[Outgoing]:
    """Answer a keypad that is no longer valid: a new picture if its time was over, else it simply goes."""
    if user.captcha_answer is not None and now >= (user.captcha_until or 0):
        return _new_picture(db, actor, user.captcha_tries, now, "captcha_late")
    if _paused(user, now):
        text = actor.plain("captcha_paused", span=span(actor.language, (user.captcha_until or now) - now))
        return [toast(actor, text, alert=True), delete(actor)]
    return [toast(actor, actor.plain("old_button"), alert=True), delete(actor)]


def _paused(user: User, now: int) -> bool:
    return user.captcha_answer is None and user.captcha_until is not None and now < user.captcha_until


def _pause_text(actor: Actor, seconds: int) -> Outgoing:
    return say_to(actor.id, actor.say("captcha_paused", span=span(actor.language, seconds)))


def enter(db: sqlite3.Connection, actor: Actor, payload: str, now: int) -> list[Outgoing]:
    """Answer /start of somebody who is not inside: an invitation opens the door, all else leads to the CAPTCHA."""
    user = get_user(db, actor.id)
    if not is_code(payload) or user.state not in OPENS_FOR:
        return knock(db, actor, now)
    found = find_by_code(db, payload)
    if found is not None and store.use(db, found.id, actor.id, now):
        return _let_in(db, actor, found, user.state, now)
    state = found.state(now) if found else "unknown"
    return [say_to(actor.id, actor.say(f"invitation_fails_{state}")), *knock(db, actor, now)]


def _let_in(db: sqlite3.Connection, actor: Actor, one: Invitation, before: str, now: int) -> list[Outgoing]:
    """Open the door at once, in the inviting admin's name."""
    picture = [Outgoing(actor.id, "deleteMessage", {}, subject=f"captcha:{actor.id}")] if before == "captcha" else []
    set_captcha(db, actor.id, None, None, 0)
    move_user(db, actor.id, before, "approved", now, one.created_by)
    audit.note(db, now, actor.id, "come", f"user:{actor.id}", f"invitation:{one.id}")
    granted = bool(one.with_config) and open_request(db, actor.id) is None
    if granted:
        number = add_request(db, actor.id, actor.plain("name_phone"), now)
        move_request(db, number, "pending", "approved", now, one.created_by)
        audit.note(db, now, one.created_by, "approved", f"request:{number}", f"invitation:{one.id}")
    welcome = actor.say("you_came", who=name_of(db, one.created_by))
    if granted:
        welcome = Markup(welcome + actor.say("you_came_config"))
    return [
        *picture,
        say_to(actor.id, welcome, keyboards.to_menu(actor.language)),
        *decisions_shown.update_user_notices(db, actor.settings, get_user(db, actor.id)),
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
        told.append(say_to(host, text, [[text_button(language, "to_invitations", "invitations", 0)]]))
    return told


def _keypad(language: str, picture: int) -> Keyboard:
    """Digits 1-9, erase, 0, another picture; `picture` tells an old keypad from the present one."""
    rows = [[button(str(d), "digit", picture, d) for d in row] for row in ((1, 2, 3), (4, 5, 6), (7, 8, 9))]
    erase = text_button(language, "erase", "erase", picture)
    another = text_button(language, "another_picture", "another", picture)
    return [*rows, [erase, button("0", "digit", picture, 0)], [another]]


def render_captcha(db: sqlite3.Connection, settings: Settings, user_id: str, now: int) -> Attachment | None:
    user = find_user(db, int(user_id))
    if user is None or user.captcha_answer is None:
        return None
    return Attachment("photo", "captcha.png", "image/png", captcha.draw(user.captcha_answer))
