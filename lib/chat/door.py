"""The door: a stranger's first word, the CAPTCHA and its growing pauses, and what those outside are told."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards, notices
from lib.chat.captcha import new_answer
from lib.chat.screens import Actor, attach, delete, say_to, toast
from lib.chat.texts import plain, say, span
from lib.store.outbox import Outgoing
from lib.store.users import User, get_user, move_user, set_captcha, set_captcha_typed

ANSWER_SECONDS = 300
TRIES = 3
PAUSES = (60, 300, 1800, 7200, 43200, 86400)  # seconds; after the 3rd, 6th, … wrong answer, then always the last
ASK_AGAIN_SECONDS = 7 * 86400  # how long a rejection stands


def enter(db: sqlite3.Connection, actor: Actor, args: tuple[str, ...], now: int) -> list[Outgoing]:
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


def digit(db: sqlite3.Connection, actor: Actor, args: tuple[int, int], now: int) -> list[Outgoing]:
    """Take a digit from the keypad; the last one is the answer."""
    user = get_user(db, actor.id)
    picture, pressed = args
    if not _shown(user, picture, now):
        return _stale(db, actor, user, now)
    typed = user.captcha_typed + str(pressed)
    if len(typed) >= len(user.captcha_answer or ""):
        return _judge(db, actor, user, typed, now)
    set_captcha_typed(db, user.id, typed)
    return [_edit_typed(actor, user, typed)]


def erase(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Take the last digit back."""
    user = get_user(db, actor.id)
    if not _shown(user, args[0], now):
        return _stale(db, actor, user, now)
    set_captcha_typed(db, user.id, user.captcha_typed[:-1])
    return [_edit_typed(actor, user, user.captcha_typed[:-1])] if user.captcha_typed else []


def another(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Show another picture; it costs nothing, and gains nothing."""
    user = get_user(db, actor.id)
    if _paused(user, now):
        return _stale(db, actor, user, now)
    return _new_picture(db, actor, user.captcha_tries, now, "captcha")


def answer_text(db: sqlite3.Connection, actor: Actor, args: tuple[str], now: int) -> list[Outgoing]:
    """Take the answer as a message: its digits count, in any script, whatever stands between them."""
    user = get_user(db, actor.id)
    if _paused(user, now):
        return [_pause_text(actor, (user.captcha_until or now) - now)]
    if user.captcha_answer is None or now >= (user.captcha_until or 0):
        return _new_picture(db, actor, user.captcha_tries, now, "captcha_late")
    digits = "".join(str(int(sign)) for sign in args[0][:64] if sign.isdecimal())
    if not digits:
        return [say_to(actor.id, say(actor.language, "denied_captcha"))]
    return _judge(db, actor, user, digits, now)


def _judge(db: sqlite3.Connection, actor: Actor, user: User, answer: str, now: int) -> list[Outgoing]:
    if answer == user.captcha_answer:
        set_captcha(db, user.id, None, None, 0)
        move_user(db, user.id, "captcha", "pending", now)
        gone = Outgoing(user.id, "deleteMessage", {}, subject=f"captcha:{user.id}")
        told = say_to(user.id, say(actor.language, "captcha_passed"))
        return [gone, told, *notices.announce_user(db, actor.settings, get_user(db, user.id), now)]
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
    caption = say(actor.language, key, left=TRIES - tries % TRIES, typed="")
    return [
        Outgoing(actor.id, "deleteMessage", {}, subject=f"captcha:{actor.id}"),
        attach(
            actor.id,
            "Photo",
            f"captcha:{actor.id}",
            caption,
            keyboards.captcha(actor.language, now + ANSWER_SECONDS),
            subject=f"captcha:{actor.id}",
            lasts=ANSWER_SECONDS,
        ),
    ]


def _edit_typed(actor: Actor, user: User, typed: str) -> Outgoing:
    digits = say(actor.language, "captcha_typed", digits=typed) if typed else ""
    params = {
        "message_id": actor.message_id,
        "caption": say(actor.language, "captcha", typed=digits),
        "parse_mode": "HTML",
        "reply_markup": {"inline_keyboard": keyboards.captcha(actor.language, user.captcha_until or 0)},
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
        text = plain(actor.language, "captcha_paused", span=span(actor.language, (user.captcha_until or now) - now))
        return [toast(actor, text, alert=True), delete(actor)]
    return [toast(actor, plain(actor.language, "old_button"), alert=True), delete(actor)]


def _paused(user: User, now: int) -> bool:
    return user.captcha_answer is None and user.captcha_until is not None and now < user.captcha_until


def _pause_text(actor: Actor, seconds: int) -> Outgoing:
    return say_to(actor.id, say(actor.language, "captcha_paused", span=span(actor.language, seconds)))
