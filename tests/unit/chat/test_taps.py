"""How many taps the common tasks take, pressing only buttons that are shown."""

from __future__ import annotations

import sqlite3

import pytest

from lib.settings import Settings
from lib.store.invitations import add_invitation
from lib.store.users import get_user, set_quota
from lib.values import GIGABYTE
from tests.unit.chat.configs import use
from tests.unit.chat.desk import Desk, data_of
from tests.unit.stage import Stage, make_stage

FRIEND = 100


class Hand:
    """A user who presses what is on the screen, and counts the taps."""

    def __init__(self, desk: Desk, who: int) -> None:
        self.desk, self.who, self.taps = desk, who, 0
        self.offered: set[str] = set()

    def sees(self, rows: list[sqlite3.Row]) -> None:
        for row in rows:
            if row["chat_id"] == self.who and row["method"].startswith(("send", "edit")):
                self.offered |= set(data_of(row))

    def start(self, payload: str = "") -> None:
        """Press START, or a link."""
        self.sees(self.desk.says(self.who, f"/start {payload}".strip()))

    def press(self, data: str) -> None:
        assert data in self.offered, f"{data} is not on the screen"
        self.taps += 1
        self.sees(self.desk.taps(self.who, data))


@pytest.fixture
def stage(desk: Desk, settings: Settings) -> Stage:
    return make_stage(desk, settings)


def files(rows: list[sqlite3.Row], who: int) -> list[str]:
    return [str(row["attachment"]) for row in rows if row["chat_id"] == who and row["attachment"]]


def test_it_works(stage: Stage) -> None:
    """The first config: START, the digits as one message, and one tap; on the keypad, one tap per digit."""
    desk, hand = stage.desk, Hand(stage.desk, FRIEND)
    hand.start()
    desk.says(FRIEND, get_user(desk.db, FRIEND).captcha_answer or "")
    hand.sees(desk.taps(1, f"decide:{FRIEND}:pending:approved"))
    hand.press("device:android")
    desk.taps(1, "judge:1:approved")
    assert len(files(stage.round(), FRIEND)) == 1
    assert hand.taps == 1, "beyond START and the picture"


def test_by_the_keypad_the_first_config_takes_six(stage: Stage) -> None:
    desk, hand = stage.desk, Hand(stage.desk, FRIEND)
    hand.start()
    for digit in get_user(desk.db, FRIEND).captcha_answer or "":
        hand.press(f"digit:{get_user(desk.db, FRIEND).captcha_until}:{digit}")
    hand.sees(desk.taps(1, f"decide:{FRIEND}:pending:approved"))
    hand.press("device:iphone")
    assert 1 + hand.taps == 6, "START, four digits, the device"


def test_by_an_invitation_the_first_config_takes_one_tap(stage: Stage) -> None:
    desk, hand = stage.desk, Hand(stage.desk, FRIEND)
    _, code = add_invitation(desk.db, "Anna", True, 1, desk.now + 60, desk.now)
    hand.start(code)
    hand.press("device:iphone")
    assert len(files(stage.round(), FRIEND)) == 1, "and nobody has to decide"
    assert hand.taps == 1


def test_a_second_device_takes_two(stage: Stage) -> None:
    desk, hand = stage.desk, Hand(stage.desk, FRIEND)
    stage.give_config(FRIEND)
    hand.start()
    hand.press("new")
    hand.press("device:windows")
    assert hand.taps == 2
    desk.taps(1, "judge:2:approved")
    assert len(files(stage.round(), FRIEND)) == 1


def test_another_app_takes_one_and_a_code_for_another_screen_one(stage: Stage) -> None:
    desk, hand = stage.desk, Hand(stage.desk, FRIEND)
    desk.is_let_in(FRIEND)
    desk.taps(FRIEND, "device:iphone")
    desk.taps(1, "judge:1:approved")
    hand.sees(stage.round())
    hand.press("steps_with:1:amneziavpn")
    hand.press("qr:1")
    assert hand.taps == 2


def test_what_is_wrong_with_the_only_device_takes_one(stage: Stage) -> None:
    desk, hand = stage.desk, Hand(stage.desk, FRIEND)
    stage.give_config(FRIEND)
    desk.deliver()
    hand.start()
    hand.press("problem:0")
    assert "complain:1" in hand.offered, "that is the diagnosis itself"
    assert hand.taps == 1


def test_more_traffic_takes_one_and_one_of_an_admin(stage: Stage) -> None:
    desk, hand, admin = stage.desk, Hand(stage.desk, FRIEND), Hand(stage.desk, 1)
    stage.give_config(FRIEND)
    set_quota(desk.db, FRIEND, GIGABYTE)
    use(desk, 1, GIGABYTE)
    desk.deliver()
    hand.start()
    rows = desk.taps(FRIEND, "more")
    assert "more" in hand.offered
    admin.sees(rows)
    (grant,) = [data for data in admin.offered if data.startswith("grant:") and ":more:" in data]
    admin.press(grant)
    assert get_user(desk.db, FRIEND).quota_bytes == 11 * GIGABYTE
    assert admin.taps == 1
