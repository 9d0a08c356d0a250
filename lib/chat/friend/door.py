"""The door: the first /start, the CAPTCHA with its growing pauses, invitations, and replies to outsiders.

A right answer always counts while its picture is valid. Wrong answers and new pictures are limited, and neither
/start nor a restart resets that. Replacing an expired picture costs nothing.
"""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards
from lib.chat.drawing import captcha
from lib.chat.files import Attachment
from lib.chat.friend import joining
from lib.chat.notify import decisions_shown
from lib.chat.notify.claims_shown import offer
from lib.chat.phrases import span
from lib.chat.screens import (
    Actor,
    Keyboard,
    about,
    attach,
    button,
    delete,
    edit_caption,
    language_of,
    say_to,
    text_button,
    toast,
)
from lib.chat.texts import say
from lib.settings import Settings
from lib.store import audit, invitations
from lib.store.invitations import Invitation
from lib.store.outbox import Outgoing
from lib.store.users import (
    User,
    find_user,
    get_user,
    move_user,
    name_of,
    set_captcha,
    set_captcha_others,
    set_captcha_typed,
    set_granted_by,
)

ANSWER_SECONDS = 300
TRIES = 3
OTHERS = 5  # new pictures that a person may ask for within OTHERS_SECONDS while the current one is valid
OTHERS_SECONDS = 3600
PAUSES = (60, 300, 1800, 7200, 43200, 86400)  # seconds; after the 3rd, 6th, … wrong answer, then always the last
ASK_AGAIN_SECONDS = 7 * 86400  # how long a rejection stands
OPENS_FOR = ("captcha", "pending", "rejected")  # an invitation opens nothing for the blocked, and friends need none


def enter(db: sqlite3.Connection, actor: Actor, payload: str, now: int) -> list[Outgoing]:
    """Answer /start from an outsider: an invitation opens the door, anything else leads to the CAPTCHA."""
    state = actor.person.state
    if not invitations.is_code(payload) or state not in OPENS_FOR:
        return knock(db, actor, now)
    found = invitations.find_by_code(db, payload)
    by_admin = found is not None and found.created_by in actor.settings.admin_ids  # who made it may be none any more
    guest = joining.find_guest(db, found) if found else None
    if found and by_admin and (guest or not found.for_user) and invitations.use(db, found.id, actor.id, now):
        return _let_in(db, actor, found, guest, state, now)
    became = found.state(now) if found else "unknown"
    fails = f"invitation_fails_{'revoked' if became == 'open' else became}"
    return [say_to(actor.id, actor.say(fails)), *knock(db, actor, now)]


def knock(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Show a picture, or tell an outsider what they are waiting for."""
    user = actor.person
    if user.state == "rejected" and now >= (user.decided_at or 0) + ASK_AGAIN_SECONDS:
        move_user(db, user.id, "rejected", "captcha", now)
    elif user.state != "captcha":
        return [say_to(actor.id, denial(actor.language, user, now))]
    if _paused(user, now):
        return [_pause_text(actor, _left(user, now))]
    return _other_picture(db, actor, now)


def denial(language: str, user: User | None, now: int) -> str:
    """Explain to an outsider why the door is closed, and what to do next."""
    if user is None:
        return say(language, "denied_stranger")
    if user.state != "rejected":
        return say(language, f"denied_{user.state}")
    left = (user.decided_at or 0) + ASK_AGAIN_SECONDS - now
    return say(language, "denied_rejected" if left > 0 else "denied_rejected_over", span=span(language, left))


def digit(db: sqlite3.Connection, actor: Actor, picture: int, pressed: int, now: int) -> list[Outgoing]:
    """Take a digit from the keypad; the last one completes the answer."""
    user = actor.person
    if not _shown(user, picture, now):
        return _stale(db, actor, now)
    typed = user.captcha_typed + str(pressed)
    if len(typed) >= len(user.captcha_answer or ""):
        return _judge(db, actor, typed, now)
    set_captcha_typed(db, user.id, typed)
    return [_edit_typed(actor, typed)]


def erase(db: sqlite3.Connection, actor: Actor, picture: int, now: int) -> list[Outgoing]:
    """Erase the last digit."""
    user = actor.person
    if not _shown(user, picture, now):
        return _stale(db, actor, now)
    set_captcha_typed(db, user.id, user.captcha_typed[:-1])
    return [_edit_typed(actor, user.captcha_typed[:-1])] if user.captcha_typed else []


def another(db: sqlite3.Connection, actor: Actor, picture: int, now: int) -> list[Outgoing]:
    """Show another picture, whichever one the button is below; this costs no try and gives none."""
    if _paused(actor.person, now):
        return _stale(db, actor, now)
    return _other_picture(db, actor, now)


def answer_text(db: sqlite3.Connection, actor: Actor, text: str, now: int) -> list[Outgoing]:
    """Read the answer from a message: its digits, in any script, whatever is between them.

    Too few or too many digits don't count as a try.
    """
    user = actor.person
    if _paused(user, now):
        return [_pause_text(actor, _left(user, now))]
    if not _is_good(user, now):
        return _new_picture(db, actor, user.captcha_tries, now, "captcha_late")
    digits, count = _digits(text), len(user.captcha_answer or "")
    if not digits:
        return [say_to(actor.id, actor.say("denied_captcha"))]
    if len(digits) != count:
        return [say_to(actor.id, actor.say("captcha_length", count=count, typed=len(digits)))]
    return _judge(db, actor, digits, now)


def is_answer(user: User | None, text: str, now: int) -> bool:
    """Return True if a text is the right answer to the current picture."""
    return user is not None and _is_good(user, now) and _digits(text) == user.captcha_answer


def _digits(text: str) -> str:
    """Return the digits of a text, from any script."""
    return "".join(str(int(sign)) for sign in text[:64] if sign.isdecimal())


def _judge(db: sqlite3.Connection, actor: Actor, answer: str, now: int) -> list[Outgoing]:
    if answer == actor.person.captcha_answer:
        set_captcha(db, actor.id, None, None, 0)
        move_user(db, actor.id, "captcha", "pending", now)
        notices = decisions_shown.announce_user(db, actor.settings, get_user(db, actor.id), now)
        return [_delete_picture(actor), say_to(actor.id, actor.say("captcha_passed")), *notices]
    tries = actor.person.captcha_tries + 1
    if tries % TRIES:
        return _new_picture(db, actor, tries, now, "captcha_wrong")
    pause = PAUSES[min(tries // TRIES, len(PAUSES)) - 1]
    set_captcha(db, actor.id, None, now + pause, tries)
    return [_delete_picture(actor), _pause_text(actor, pause)]


def _other_picture(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Show another picture; at most OTHERS an hour while the current one is still valid."""
    user = actor.person
    if not _is_good(user, now):
        return _new_picture(db, actor, user.captcha_tries, now, "captcha")
    others, hour = user.captcha_others, user.captcha_hour
    if hour is None or not 0 <= now - hour < OTHERS_SECONDS:
        others, hour = 0, now
    if others >= OTHERS:
        wait = min(hour + OTHERS_SECONDS, user.captcha_until or 0) - now
        values = {"count": OTHERS, "span": span(actor.language, wait)}
        if actor.query_id is None:
            return [say_to(actor.id, actor.say("captcha_others", **values))]
        return [toast(actor, actor.plain("captcha_others", **values), alert=True)]
    set_captcha_others(db, user.id, others + 1, hour)
    return _new_picture(db, actor, user.captcha_tries, now, "captcha")


def _new_picture(db: sqlite3.Connection, actor: Actor, tries: int, now: int, key: str) -> list[Outgoing]:
    """Replace the picture by a new one."""
    subject, until = f"captcha:{actor.id}", now + ANSWER_SECONDS
    set_captcha(db, actor.id, captcha.new_answer(), until, tries)
    caption, keypad = (
        actor.say(key, count=captcha.DIGITS, left=TRIES - tries % TRIES, typed=""),
        _keypad(actor.language, until),
    )
    picture = attach(actor.id, "Photo", subject, caption, keypad, subject=subject, lasts=ANSWER_SECONDS)
    return [_delete_picture(actor), picture]


def _delete_picture(actor: Actor) -> Outgoing:
    return Outgoing(actor.id, "deleteMessage", {}, subject=f"captcha:{actor.id}")


def _edit_typed(actor: Actor, typed: str) -> Outgoing:
    digits = actor.say("captcha_typed", digits=typed) if typed else ""
    keypad = _keypad(actor.language, actor.person.captcha_until or 0)
    text = actor.say("captcha", count=len(actor.person.captcha_answer or ""), typed=digits)
    return edit_caption(actor, text, keypad, ANSWER_SECONDS)


def _is_good(user: User, now: int) -> bool:
    """Return True if there is a picture that can still be answered."""
    return user.captcha_answer is not None and now < (user.captcha_until or 0)


def _shown(user: User, picture: int, now: int) -> bool:
    """Return True if the tapped keypad belongs to the current picture."""
    return _is_good(user, now) and user.captcha_until == picture


def _stale(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Answer a keypad that is no longer valid: by a new picture if its time was over, else by deleting it."""
    user = actor.person
    if user.captcha_answer is not None and not _is_good(user, now):
        return _new_picture(db, actor, user.captcha_tries, now, "captcha_late")
    paused = actor.plain("captcha_paused", span=span(actor.language, _left(user, now)))
    return [toast(actor, paused if _paused(user, now) else actor.plain("old_button"), alert=True), delete(actor)]


def _paused(user: User, now: int) -> bool:
    return user.captcha_answer is None and _left(user, now) > 0


def _left(user: User, now: int) -> int:
    return (user.captcha_until or now) - now


def _pause_text(actor: Actor, seconds: int) -> Outgoing:
    return say_to(actor.id, actor.say("captcha_paused", span=span(actor.language, seconds)))


def _let_in(
    db: sqlite3.Connection, actor: Actor, one: Invitation, guest: User | None, before: str, now: int
) -> list[Outgoing]:
    """Open the door at once, in the inviting admin's name."""
    set_captcha(db, actor.id, None, None, 0)
    move_user(db, actor.id, before, "approved", now, one.created_by)
    audit.note(db, now, actor.id, "come", f"user:{actor.id}", f"invitation:{one.id}")
    gone = [_delete_picture(actor)] if before == "captcha" else []
    edits = decisions_shown.update_user_notices(db, actor.settings, get_user(db, actor.id))
    if guest:
        return [*gone, *edits, *joining.take_over(db, actor, one, guest, now)]
    if one.with_config:
        set_granted_by(db, actor.id, one.created_by)
    key = "you_came_config" if one.with_config else "you_came"
    welcome = actor.say(key, who=name_of(db, one.created_by))
    here_already = offer(db, actor.settings, actor.language)
    ways = [*keyboards.devices(actor.language, "device"), *here_already, [actor.to_menu()]]
    return [*gone, say_to(actor.id, welcome, ways), *edits, *_tell_host(db, actor, one)]


def _tell_host(db: sqlite3.Connection, actor: Actor, one: Invitation) -> list[Outgoing]:
    """Notify the inviting admin of who joined."""
    language = language_of(db, actor.settings, one.created_by)
    text = say(language, "invited_came", invited=one.name, **about(language, actor.person))
    return [say_to(one.created_by, text, [[text_button(language, "to_invitations", "invitations", 0)]])]


def _keypad(language: str, picture: int) -> Keyboard:
    """Digits, erase, another picture; `picture` tells an old keypad from the present one."""
    rows = [[button(str(d), "digit", picture, d) for d in row] for row in ((1, 2, 3), (4, 5, 6), (7, 8, 9))]
    erase = text_button(language, "erase", "erase", picture)
    another = text_button(language, "another_picture", "another", picture)
    return [*rows, [erase, button("0", "digit", picture, 0)], [another]]


def render_captcha(db: sqlite3.Connection, settings: Settings, user_id: str, now: int) -> Attachment | None:
    user = find_user(db, int(user_id))
    if user is None or user.captcha_answer is None:
        return None
    return Attachment("photo", "captcha.png", "image/png", captcha.draw(user.captcha_answer))
