"""More traffic and more time: one tap asks, one tap by an admin grants, and two admins never grant twice."""

from __future__ import annotations

import pytest

from lib.chat.notify.reminders import remind
from lib.chat.rules import enough_more
from lib.store.configs import find_config
from lib.store.database import wanted_version
from lib.store.told import tell_once
from lib.store.users import get_user, set_quota, set_reachable
from lib.values import GIGABYTE
from tests.unit.chat.configs import hold_config, use
from tests.unit.chat.desk import NOON, Desk, data_of, text_of
from tests.unit.chat.screens import alert, buttons, said, told

FRIEND, DAY = 100, 86400


@pytest.fixture
def config(desk: Desk) -> int:
    """A friend with a config who has used up their limit of 10 GB."""
    desk.is_let_in(FRIEND)
    set_quota(desk.db, FRIEND, 10 * GIGABYTE)
    config_id = hold_config(desk.db, FRIEND, desk.now)
    use(desk, config_id, 11 * GIGABYTE)
    return config_id


def limit(desk: Desk) -> int | None:
    return get_user(desk.db, FRIEND).quota_bytes


def test_it_works(desk: Desk, config: int) -> None:
    rows = desk.taps(FRIEND, "more")
    cards = {row["chat_id"]: row for row in rows if row["subject"] == "ticket:1"}
    assert [*cards] == [1, 2]
    assert "This month: 11.0 GB of 10.0 GB" in text_of(cards[1])
    assert "За месяц: 11,0 ГБ из 10,0 ГБ" in text_of(cards[2])
    assert data_of(cards[1]) == ["grant:1:more:10", "grant:1:never", "ticket_person:1", "ticket_done:1"]
    before = wanted_version(desk.db)
    granted = desk.taps(1, "grant:1:more:10")
    assert limit(desk) == 20 * GIGABYTE
    assert wanted_version(desk.db) > before, "the keeper brings the peers back"
    assert alert(granted) == "Now 20.0 GB each month"
    assert "20.0 GB now, 9.00 GB of it left this month" in told(granted)[0]
    edited = {row["chat_id"]: row for row in granted if row["method"] == "editMessageText"}
    assert "Now 20.0 GB each month: Person 1" in text_of(edited[1])
    assert data_of(edited[2]) == ["ticket_person:1", "requests:0"]


def test_a_second_admin_grants_nothing_and_is_told_who_did(desk: Desk, config: int) -> None:
    desk.taps(FRIEND, "more")
    desk.taps(1, "grant:1:more:10")
    for word in ("more:10", "never"):
        assert "Person 1" in alert(desk.taps(2, f"grant:1:{word}"))
    assert limit(desk) == 20 * GIGABYTE


def test_two_wishes_for_the_same_are_granted_once(desk: Desk, config: int) -> None:
    desk.taps(FRIEND, "more")
    desk.now += DAY
    desk.taps(FRIEND, "more")
    desk.taps(1, "grant:2:more:10")
    assert "already dealt with" in alert(desk.taps(1, "grant:1:more:10"))
    assert limit(desk) == 20 * GIGABYTE


def test_a_limit_that_was_changed_meanwhile_is_not_changed_again(desk: Desk, config: int) -> None:
    desk.taps(FRIEND, "more")
    desk.taps(2, f"person_quota:{FRIEND}:50")
    assert "has been changed since" in alert(desk.taps(1, "grant:1:more:10"))
    assert limit(desk) == 50 * GIGABYTE


def test_what_is_offered_is_enough_and_the_button_says_how_much(desk: Desk, config: int) -> None:
    use(desk, hold_config(desk.db, FRIEND, desk.now, "Laptop"), 94 * GIGABYTE)
    cards = {row["chat_id"]: row for row in desk.taps(FRIEND, "more") if row["subject"] == "ticket:1"}
    assert "This month: 105 GB of 10.0 GB" in text_of(cards[1])
    assert [buttons(cards[who])[0] for who in (1, 2)] == [
        ("➕ 100 GB a month", "grant:1:more:100"), ("➕ 100 ГБ в месяц", "grant:1:more:100"),
    ]  # fmt: skip
    granted = desk.taps(2, "grant:1:more:100")
    assert limit(desk) == 110 * GIGABYTE
    assert alert(granted) == "Теперь 110 ГБ в месяц"
    assert "If the VPN was off, it turns on" in told(granted)[0]
    assert "Now 110 GB each month: Person 2" in said(desk.taps(1, "ticket:1"))


@pytest.mark.parametrize(
    ("quota", "used", "more"), [(50, 40, 10), (50, 59, 10), (50, 60, 20), (50, 120, 100), (1, 999, 1000), (0, 9e9, 5e6)]
)
def test_the_smallest_step_that_leaves_a_gigabyte_is_offered(quota: int, used: float, more: float) -> None:
    assert enough_more(quota * GIGABYTE, int(used * GIGABYTE)) == more


def test_whoever_is_nearly_over_the_new_limit_is_not_told_so_at_once(desk: Desk, config: int) -> None:
    use(desk, hold_config(desk.db, FRIEND, desk.now, "Laptop"), 7 * GIGABYTE)
    remind(desk.db, desk.settings, desk.now)
    desk.taps(FRIEND, "more")
    assert "2.00 GB of it left" in told(desk.taps(1, "grant:1:more:10"))[0]
    assert remind(desk.db, desk.settings, desk.now + 60) == []


def test_whoever_is_still_over_the_limit_is_told_so_and_may_ask_again(desk: Desk, config: int) -> None:
    desk.taps(FRIEND, "more")
    use(desk, hold_config(desk.db, FRIEND, desk.now, "Laptop"), 30 * GIGABYTE)
    assert "stays off" in told(desk.taps(1, "grant:1:more:10"))[0]
    assert "your request" in text_of(desk.taps(FRIEND, "more")[1])


def test_no_limit_is_no_limit(desk: Desk, config: int) -> None:
    tell_once(desk.db, f"user:{FRIEND}", "quota:100:2026-05", desk.now)
    desk.taps(FRIEND, "more")
    assert "removed your monthly limit" in told(desk.taps(1, "grant:1:never"))[0]
    assert limit(desk) == 0
    assert desk.db.execute("SELECT count(*) FROM told").fetchone()[0] == 0, "the news is not told a second time"


def test_more_is_asked_once_a_day_and_only_near_the_limit(desk: Desk, config: int) -> None:
    desk.taps(FRIEND, "more")
    assert "already has this request" in alert(desk.taps(FRIEND, "more"))
    desk.now += DAY
    assert len(desk.taps(FRIEND, "more")) == 4
    set_quota(desk.db, FRIEND, 14 * GIGABYTE)
    assert "traffic left" in alert(desk.taps(FRIEND, "more"))
    set_quota(desk.db, FRIEND, 13 * GIGABYTE)
    assert len(desk.taps(FRIEND, "more")) == 4


def test_a_wish_of_somebody_who_was_blocked_meanwhile_is_not_granted(desk: Desk, config: int) -> None:
    desk.taps(FRIEND, "more")
    desk.taps(1, f"decide:{FRIEND}:approved:blocked")
    assert "no access" in alert(desk.taps(1, "grant:1:more:10"))
    assert limit(desk) == 10 * GIGABYTE


def test_a_wish_for_more_time_reaches_every_admin_once_a_day(desk: Desk, config: int) -> None:
    desk.db.execute("UPDATE configs SET expires_at = ?", (NOON + DAY,))
    rows = [row for row in desk.taps(FRIEND, f"extend:{config}") if row["method"] != "answerCallbackQuery"]
    told = {row["chat_id"]: row for row in rows}
    assert "your request for more time for “Phone”" in text_of(told[FRIEND])
    assert "Person 100" in text_of(told[1])
    assert "Expires: 29 May 2026 23:26" in text_of(told[1])
    assert "Просьба: продлить" in text_of(told[2])
    assert data_of(told[2]) == ["grant:1:more", "grant:1:never", "ticket_person:1", "ticket_done:1"]
    assert "already has this request" in alert(desk.taps(FRIEND, f"extend:{config}"))
    desk.now += DAY
    assert len(desk.taps(FRIEND, f"extend:{config}")) == 4


@pytest.mark.parametrize(("ends", "word", "until"), [(-9 * DAY, "more", 30 * DAY), (3 * DAY, "more", 33 * DAY)])
def test_thirty_days_more_are_counted_from_the_end_or_from_today(
    desk: Desk, config: int, ends: int, word: str, until: int
) -> None:
    desk.db.execute("UPDATE configs SET expires_at = ?", (NOON + ends,))
    desk.taps(FRIEND, f"extend:{config}")
    rows = desk.taps(1, f"grant:1:{word}")
    after = find_config(desk.db, config)
    assert after
    assert NOON + until <= (after.expires_at or 0) < NOON + until + DAY
    assert len(told(rows)) == 1
    assert "already dealt with" in alert(desk.taps(1, "grant:1:never"))


def test_whose_time_was_extended_may_ask_again_at_once(desk: Desk, config: int) -> None:
    desk.db.execute("UPDATE configs SET expires_at = ? WHERE id = ?", (desk.now + 9, config))
    desk.taps(FRIEND, f"extend:{config}")
    assert "already has this request" in alert(desk.taps(FRIEND, f"extend:{config}"))
    desk.taps(1, "grant:1:more")
    assert "already has" not in alert(desk.taps(FRIEND, f"extend:{config}"))


def test_a_wish_for_more_time_can_be_granted_for_good(desk: Desk, config: int) -> None:
    desk.db.execute("UPDATE configs SET expires_at = ?", (NOON,))
    desk.taps(FRIEND, f"extend:{config}")
    desk.taps(1, "grant:1:never")
    after = find_config(desk.db, config)
    assert after
    assert after.expires_at is None


def test_a_friend_who_stopped_the_bot_gets_what_they_asked_for_all_the_same(desk: Desk, config: int) -> None:
    desk.taps(FRIEND, "more")
    set_reachable(desk.db, FRIEND, False)
    desk.taps(1, "grant:1:more:10")
    assert limit(desk) == 20 * GIGABYTE


def test_thirty_days_more_than_a_day_is_that_many_days_and_no_day_more(desk: Desk, config: int) -> None:
    desk.taps(1, f"held_until:{config}:30")
    before = find_config(desk.db, config)
    desk.taps(FRIEND, f"extend:{config}")
    desk.taps(1, "grant:1:more")
    after = find_config(desk.db, config)
    assert before
    assert after
    assert after.expires_at == (before.expires_at or 0) + 30 * DAY


def test_an_end_that_was_changed_meanwhile_is_not_changed_again(desk: Desk, config: int) -> None:
    desk.db.execute("UPDATE configs SET expires_at = ?", (NOON + DAY,))
    desk.taps(FRIEND, f"extend:{config}")
    desk.db.execute("UPDATE configs SET expires_at = ?", (NOON + 90 * DAY,))
    for word in ("more", "never"):
        assert "has been changed since" in alert(desk.taps(1, f"grant:1:{word}"))
    after = find_config(desk.db, config)
    assert after
    assert after.expires_at == NOON + 90 * DAY


def test_a_wish_about_one_device_leaves_that_about_another_open(desk: Desk, config: int) -> None:
    other = hold_config(desk.db, FRIEND, desk.now, "Laptop")
    desk.db.execute("UPDATE configs SET expires_at = ?", (NOON + DAY,))
    for held in (config, other):
        desk.taps(FRIEND, f"extend:{held}")
    desk.taps(1, "grant:1:more")
    assert "already dealt with" not in alert(desk.taps(1, "grant:2:more"))
