"""Reminders: each once, only the nearest after a silence, again when an end is moved, none to unreachable people."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from lib.chat.notify.reminders import remind
from lib.keeper import ERRANDS, Keeper
from lib.store.outbox import BROADCAST
from lib.store.users import add_user
from tests.unit.chat.complaints import complaints
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk, data_of, in_timezone
from tests.unit.interface import MemoryAwg

FRIEND, HOUR, DAY = 100, 3600, 86400
MAY_20 = 1_779_224_400  # 00:00 in Moscow


@pytest.fixture
def config(desk: Desk) -> int:
    desk.is_let_in(FRIEND)
    desk.now = MAY_20
    return hold_config(desk.db, FRIEND, desk.now)


def told(desk: Desk, seconds: int = 0, **settings: object) -> list[str]:
    """Advance the clock; return what the friend is told."""
    desk.now += seconds
    messages = remind(desk.db, replace(desk.settings, **settings), desk.now)  # type: ignore[arg-type]
    assert all(message.chat_id == FRIEND and message.priority == BROADCAST for message in messages)
    return [in_timezone(str(message.params["text"])) for message in messages]


def ends(desk: Desk, config: int, seconds: int) -> None:
    """Set an end to a config, and let the bot see it."""
    desk.db.execute("UPDATE configs SET expires_at = ? WHERE id = ?", (desk.now + seconds, config))
    assert told(desk) == []


def uses(desk: Desk, config: int, day: str, amount: int) -> None:
    desk.db.execute("INSERT INTO stats VALUES (?, ?, 0, ?)", (config, day, amount))


def test_it_works(desk: Desk, config: int) -> None:
    ends(desk, config, 30 * DAY)
    assert told(desk, 23 * DAY - 1) == []
    assert told(desk, 1) == ["⏱ “Phone” expires on 18 Jun 2026 23:59, 7 days left. Need it longer? Ask the admin now."]
    assert told(desk, 6 * DAY - 1) == []
    assert "1 day left" in told(desk, 1)[0]
    assert told(desk, DAY - 1) == []
    assert "expired on 18 Jun 2026 23:59" in told(desk, 1)[0]
    assert told(desk, 60) == told(desk, 30 * DAY) == []


def test_a_reminder_leads_to_asking_for_more_time_and_to_the_config(desk: Desk, config: int) -> None:
    ends(desk, config, 8 * DAY)
    desk.now += 2 * DAY
    (message,) = remind(desk.db, desk.settings, desk.now)
    keyboard = message.params["reply_markup"]["inline_keyboard"]
    assert [[button["callback_data"] for button in line] for line in keyboard] == [["extend:1"], ["config:1"], ["menu"]]


@pytest.mark.parametrize(("silence", "words"), [(25, "5 days left"), (29, "1 day left"), (33, "expired")])
def test_after_days_of_silence_only_the_nearest_is_told(desk: Desk, config: int, silence: int, words: str) -> None:
    ends(desk, config, 30 * DAY)
    (text,) = told(desk, silence * DAY + 60 - 60)
    assert words in text
    assert told(desk, 60) == []


def test_an_end_long_ago_is_no_news(desk: Desk, config: int) -> None:
    ends(desk, config, 30 * DAY)
    assert told(desk, 38 * DAY) == []


def test_what_an_admin_set_a_moment_ago_is_not_told_at_once(desk: Desk, config: int) -> None:
    ends(desk, config, 7 * DAY)
    assert told(desk, DAY) == []
    assert "1 day left" in told(desk, 5 * DAY)[0]


def test_an_end_that_is_moved_is_told_again(desk: Desk, config: int) -> None:
    ends(desk, config, 8 * DAY)
    assert len(told(desk, 8 * DAY)) == 1
    ends(desk, config, 30 * DAY)
    assert [len(told(desk, days * DAY)) for days in (23, 6, 1)] == [1, 1, 1]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE users SET state = 'blocked' WHERE id = 100",
        "UPDATE users SET reachable = 0 WHERE id = 100",
    ],
)
def test_people_who_are_blocked_or_unreachable_are_told_nothing(desk: Desk, config: int, change: str) -> None:
    ends(desk, config, 8 * DAY)
    uses(desk, config, "2026-05-21", 900)
    desk.db.execute(change)
    assert told(desk, 2 * DAY, quota_bytes=1000) == []


def test_a_paused_or_deleted_config_is_not_mentioned(desk: Desk, config: int) -> None:
    ends(desk, config, 8 * DAY)
    desk.db.execute("UPDATE configs SET paused_at = 1")
    assert told(desk, 2 * DAY) == []
    desk.db.execute("UPDATE configs SET paused_at = NULL")
    assert len(told(desk)) == 1
    desk.db.execute("UPDATE configs SET revoked_at = 1, private_key = NULL, preshared_key = NULL")
    assert told(desk, 7 * DAY) == []


def test_the_quota_is_told_at_four_fifths_and_at_its_end_and_when_the_month_reopens_it(desk: Desk, config: int) -> None:
    uses(desk, config, "2026-05-20", 799)
    assert told(desk, quota_bytes=1000) == []
    uses(desk, config, "2026-05-21", 1)
    (near,) = told(desk, quota_bytes=1000)
    assert "limit of 1.00 KB is used: 200 B left" in near
    assert "until 31 May 2026 23:59" in near
    assert told(desk, quota_bytes=1000) == []
    uses(desk, config, "2026-05-22", 200)
    (shut,) = told(desk, quota_bytes=1000)
    assert "off until 31 May 2026 23:59, then it comes back by itself" in shut
    assert told(desk, 12 * DAY - 1, quota_bytes=1000) == []
    (back,) = told(desk, 1, quota_bytes=1000)
    assert "works as before" in back
    assert told(desk, 60, quota_bytes=1000) == []


def test_a_quota_that_is_used_up_at_once_is_told_in_one_message(desk: Desk, config: int) -> None:
    uses(desk, config, "2026-05-20", 5000)
    (text,) = told(desk, quota_bytes=1000)
    assert "used up" in text


def test_a_quota_that_an_admin_raises_is_open_at_once_and_counts_again(desk: Desk, config: int) -> None:
    desk.db.execute("UPDATE users SET quota_bytes = 1000 WHERE id = 100")
    uses(desk, config, "2026-05-20", 1000)
    assert len(told(desk)) == 1
    desk.db.execute("UPDATE users SET quota_bytes = 2000 WHERE id = 100")
    assert ["works as before" in text for text in told(desk)] == [True]
    uses(desk, config, "2026-05-21", 600)
    assert ["Most of this month's limit" in text for text in told(desk)] == [True]
    uses(desk, config, "2026-05-22", 400)
    assert ["used up" in text for text in told(desk)] == [True]


def test_a_bot_that_slept_over_the_turn_tells_only_that_the_vpn_is_back(desk: Desk, config: int) -> None:
    uses(desk, config, "2026-05-20", 1000)
    told(desk, quota_bytes=1000)
    assert ["works as before" in text for text in told(desk, 80 * DAY, quota_bytes=1000)] == [True]


def test_somebody_over_the_limit_again_at_the_next_look_is_told_only_that(desk: Desk, config: int) -> None:
    uses(desk, config, "2026-05-20", 1000)
    told(desk, quota_bytes=1000)
    uses(desk, config, "2026-06-02", 1000)
    (text,) = told(desk, 14 * DAY, quota_bytes=1000)
    assert "off until 30 Jun 2026 23:59, then it comes back by itself" in text


def test_somebody_unreachable_meanwhile_is_not_told_what_is_long_past(desk: Desk, config: int) -> None:
    uses(desk, config, "2026-05-20", 1000)
    told(desk, quota_bytes=1000)
    desk.db.execute("UPDATE users SET reachable = 0 WHERE id = 100")
    assert told(desk, 14 * DAY, quota_bytes=1000) == []
    desk.db.execute("UPDATE users SET reachable = 1 WHERE id = 100")
    assert told(desk, quota_bytes=1000) == []


def test_the_keeper_tells_it_in_quiet_hours_without_a_sound(desk: Desk, config: int) -> None:
    assert remind in ERRANDS
    settings = replace(desk.settings, quota_bytes=1000, quiet_hours=(23, 8))
    uses(desk, config, "2026-05-20", 900)
    desk.deliver()
    Keeper(desk.db, MemoryAwg(), settings, lambda: None).round(desk.now)  # type: ignore[arg-type]
    (row,) = desk.db.execute("SELECT * FROM outbox WHERE chat_id = 100").fetchall()
    assert json.loads(row["params"])["disable_notification"] is True
    assert complaints(row) == []
    assert data_of(row) == ["more", "stats", "menu"]


def test_a_round_runs_as_many_queries_for_three_hundred_friends_as_for_one(desk: Desk, config: int) -> None:
    for who in range(1000, 1300):
        add_user(desk.db, who, None, f"Friend {who}", "en", 0)
        desk.db.execute("UPDATE users SET state = 'approved' WHERE id = ?", (who,))
        other = hold_config(desk.db, who, desk.now)
        uses(desk, other, "2026-05-20", 500 + who)
        desk.db.execute("UPDATE configs SET expires_at = ? WHERE id = ?", (desk.now + 30 * DAY, other))
    remind(desk.db, replace(desk.settings, quota_bytes=1000), desk.now)
    asked: list[str] = []
    desk.db.set_trace_callback(asked.append)
    remind(desk.db, replace(desk.settings, quota_bytes=1000), desk.now + 60)
    desk.db.set_trace_callback(None)
    assert len(asked) == 3


def test_a_friend_whose_limit_an_admin_raises_is_told_that_it_is_open_again(desk: Desk, config: int) -> None:
    uses(desk, config, "2026-05-20", 2 * 10**9)
    assert "used up" in told(desk, quota_bytes=10**9)[0]
    desk.taps(1, f"person_quota:{FRIEND}:10")
    (again,) = told(desk, 60, quota_bytes=10**9)
    assert "You have traffic again" in again
