"""Every verb by which a non-admin makes other people's phones ring, and its maximum pace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from lib.store.invitations import add_invitation
from lib.store.tickets import add_draft
from lib.store.users import add_offline, find_user, set_helper, set_quota
from lib.values import GIGABYTE
from tests.unit.chat.configs import hold_config, use
from tests.unit.chat.desk import Desk

FRIEND, ANOTHER, TIMES = 100, 101, 30
Heard = Counter[int]
"""By person: how often someone else's action made their phone ring."""


@dataclass(frozen=True)
class Ringing:
    """How often a verb may reach each other person within an hour, and the actor who tries to exceed that."""

    an_hour: int
    drive: Callable[[Desk, Heard], None]


def hear(desk: Desk, heard: Heard, who: int, done: str) -> None:
    """Perform an action, and record whose phones ring; edits are silent."""
    rows = desk.says(who, done[1:]) if done[:1] in '"/' else desk.taps(who, done)
    heard.update(row["chat_id"] for row in rows if row["method"].startswith("send") and row["chat_id"] != who)


def _ask(question: str, answer: str) -> Callable[[Desk, Heard], None]:
    def drive(desk: Desk, heard: Heard) -> None:
        desk.is_let_in(FRIEND)
        for _ in range(TIMES):
            if question:
                desk.taps(FRIEND, question)
            hear(desk, heard, FRIEND, answer)
            for (request,) in desk.db.execute("SELECT id FROM config_requests WHERE state = 'pending'").fetchall():
                hear(desk, heard, FRIEND, f"cancel:{request}")

    return drive


def _complain(desk: Desk, heard: Heard) -> None:
    """Complain about the same two devices again and again."""
    desk.is_let_in(FRIEND)
    configs = [hold_config(desk.db, FRIEND, desk.now) for _ in range(2)]
    for number in range(TIMES):
        hear(desk, heard, FRIEND, f"complain:{configs[number % 2]}")


def _write(desk: Desk, heard: Heard) -> None:
    desk.is_let_in(FRIEND)
    for number in range(TIMES):
        hear(desk, heard, FRIEND, f"write_send:{add_draft(desk.db, FRIEND, f'Word {number}', desk.now).id}")


def _more(desk: Desk, heard: Heard) -> None:
    """Ask for more traffic again as soon as there is more."""
    desk.is_let_in(FRIEND)
    use(desk, hold_config(desk.db, FRIEND, desk.now), 999 * GIGABYTE)
    for number in range(TIMES):
        set_quota(desk.db, FRIEND, (number + 1) * GIGABYTE)
        hear(desk, heard, FRIEND, "more")


def _extend(desk: Desk, heard: Heard) -> None:
    desk.is_let_in(FRIEND)
    for _ in range(TIMES):
        config = hold_config(desk.db, FRIEND, desk.now)
        desk.db.execute("UPDATE configs SET expires_at = ? WHERE id = ?", (desk.now + 9, config))
        hear(desk, heard, FRIEND, f"extend:{config}")


def _leave(desk: Desk, heard: Heard) -> None:
    """Leave and come again: the next farewell takes an admin's approval in between."""
    desk.is_let_in(FRIEND)
    for _ in range(TIMES):
        hear(desk, heard, FRIEND, "goodbye")
        desk.says(FRIEND, "/start")
        user = find_user(desk.db, FRIEND)
        if user and user.captcha_answer:
            desk.says(FRIEND, user.captcha_answer)


def _knock(by_keypad: bool) -> Callable[[Desk, Heard], None]:
    def drive(desk: Desk, heard: Heard) -> None:
        for _ in range(TIMES):
            desk.says(FRIEND, "/start")
            user = find_user(desk.db, FRIEND)
            answer = (user and user.captcha_answer) or "00000"
            for done in answer if by_keypad else ():
                hear(desk, heard, FRIEND, f"digit:{user.captcha_until if user else 0}:{done}")
            if not by_keypad:
                hear(desk, heard, FRIEND, f'"{answer}')

    return drive


def _invited(desk: Desk, heard: Heard) -> None:
    _, code = add_invitation(desk.db, "Anna", True, 1, desk.now + 9, desk.now)
    for _ in range(TIMES):
        rows = desk.says(FRIEND, f"/start {code}")
        heard.update(row["chat_id"] for row in rows if row["method"].startswith("send") and row["chat_id"] != FRIEND)


def _join(desk: Desk, heard: Heard) -> None:
    """Take over what a person had without Telegram, again and again."""
    desk.is_let_in(FRIEND)
    guest = add_offline(desk.db, "Grandma", "en", 1, desk.now)
    _, code = add_invitation(desk.db, "Grandma", False, 1, desk.now + 9, desk.now, for_user=guest)
    for _ in range(TIMES):
        hear(desk, heard, FRIEND, f"join:{code}")


def _decide(desk: Desk, heard: Heard) -> None:
    """Block and unblock the same friend again and again, as a helper."""
    for who in (FRIEND, ANOTHER):
        desk.is_let_in(who)
    set_helper(desk.db, FRIEND, True)
    for _ in range(TIMES):
        for step in ("approved:blocked", "blocked:approved"):
            hear(desk, heard, FRIEND, f"decide:{ANOTHER}:{step}")


def _settle(done: str, question: str = "") -> Callable[[Desk, Heard], None]:
    """Repeat a decision as a helper: on a request, or on a person waiting at the door."""

    def drive(desk: Desk, heard: Heard) -> None:
        desk.is_let_in(FRIEND)
        set_helper(desk.db, FRIEND, True)
        if str(ANOTHER) in (question or done):
            desk.passes_captcha(ANOTHER)
        else:
            desk.is_let_in(ANOTHER)
            desk.taps(ANOTHER, "device:iphone")
            desk.deliver()
            desk.db.execute("DELETE FROM notices")  # else the answer is an edit, which makes no sound
        for _ in range(TIMES):
            if question:
                desk.taps(FRIEND, question)
            hear(desk, heard, FRIEND, done)

    return drive


RINGING = {
    "join": Ringing(1, _join),
    "device": Ringing(6, _ask("", "device:iphone")),
    "complain": Ringing(2, _complain),
    "write_send": Ringing(6, _write),
    "more": Ringing(6, _more),
    "extend": Ringing(6, _extend),
    "goodbye": Ringing(1, _leave),
    "digit": Ringing(1, _knock(by_keypad=True)),
    "text.captcha": Ringing(1, _knock(by_keypad=False)),
    "/start": Ringing(1, _invited),
    "decide": Ringing(4, _decide),
    "judge": Ringing(1, _settle("judge:1:rejected")),
    "admit": Ringing(1, _settle(f"admit:{ANOTHER}")),
    "reject_as": Ringing(1, _settle(f"reject_as:{ANOTHER}:unknown:card")),
    "turn_down_as": Ringing(1, _settle("turn_down_as:1:enough:card")),
    "text.reason_person": Ringing(1, _settle('"No room', f"why_person:{ANOTHER}")),
    "text.reason_request": Ringing(1, _settle('"No room', "why_request:1")),
}
