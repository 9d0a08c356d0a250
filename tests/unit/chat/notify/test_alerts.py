"""One message for all troubles: it begins, follows what comes and goes, and ends; the next trouble starts another."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import pytest

from lib.chat.notify import alerts
from lib.chat.screens import hush
from lib.settings import Settings
from lib.store.database import transaction
from lib.store.keeper_notes import TROUBLES, read_incident, read_troubles
from lib.store.outbox import enqueue
from tests.unit.chat.complaints import complaints
from tests.unit.chat.desk import Desk, text_of
from tests.unit.stage import MOSCOW

FULL = {
    "interface": "not_permitted",
    "making": "not_permitted",
    "subnet": "10.8.0.0/24",
    "parameters": json.dumps([("fault_misread", {"name": "H1", "value": "3289393", "meant": "112"})] * 40),
    "conflict": ", ".join(f"10.8.{number // 250}.{number % 250}/32" for number in range(5000)),
    "impossible": ", ".join(["A" * 43 + "="] * 40),
    "backup": "<b>& can't be made: " + "A" * 2000,
    "silence": "1780000000",
    "disk": "123456789",
    "clock": "-7200",
    "sampling": "1780000000",
    "no_ipv4": "fd10:8::1/64, fd00:1::1/64",
    "outside": json.dumps({
        "addresses": ", ".join(f"10.66.{number // 250}.{number % 250}/32" for number in range(5000)),
        "networks": "10.8.0.0/16, fd10:8::/64", "command": "ip address add 10.66.0.250/24 dev awg0; " * 3,
    }),
    "way_out": json.dumps([
        ("way_forward_once", {"family": "IPv4", "where": "ip filter FORWARD (docker)",
                              "command": "iptables -I DOCKER-USER -i awg0 -j ACCEPT\niptables -I DOCKER-USER …"}),
        ("way_input_once", {"port": "51820", "where": "ip filter INPUT", "command": "iptables -I INPUT -p udp …"}),
        ("way_nat", {"family": "IPv4", "command": "nft 'table inet awg0_nat { … }'"}),
        ("way_nat", {"family": "IPv6", "command": "nft 'table inet awg0_nat { … }'"}),
    ]),
    "fence": "nft could not be run: No such file or directory",
    "speeds": "awg0 has a queue that is not ours: cake",
    "peers_file": "[Errno 28] No space left on device: '/var/lib/andreyvpn/bot_data.db.peers.new'",
}


@dataclass
class Post:
    """The admins' chats: what is found goes in, what is sent comes out and arrives."""

    desk: Desk

    def finds(self, found: Mapping[str, str] | None = None, after: int = 60, **more: str) -> list[sqlite3.Row]:
        desk = self.desk
        desk.now += after
        last = desk.db.execute("SELECT coalesce(max(id), 0) FROM outbox").fetchone()[0]
        with transaction(desk.db):
            messages = alerts.follow(desk.db, desk.settings, {**(found or {}), **more}, desk.now)
            enqueue(desk.db, messages, desk.now)
        rows = desk.db.execute("SELECT * FROM outbox WHERE id > ? ORDER BY id", (last,)).fetchall()
        assert [complaint for row in rows for complaint in complaints(row)] == []
        return rows

    def goes_on(self, found: Mapping[str, str] | None = None, after: int = 60, **more: str) -> list[sqlite3.Row]:
        """Repeat after everything queued so far was delivered."""
        self.desk.deliver()
        return self.finds(found, after, **more)


@pytest.fixture
def post(desk: Desk) -> Post:
    desk.now = int(datetime(2026, 5, 20, 14, 0, tzinfo=MOSCOW).timestamp()) - 60
    desk.deliver()
    return Post(desk)


def methods(rows: list[sqlite3.Row], chat: int = 1) -> list[str]:
    return [row["method"] for row in rows if row["chat_id"] == chat]


def test_it_works(post: Post) -> None:
    begun = post.finds(interface="no_interface")
    assert [(row["chat_id"], row["method"]) for row in begun] == [(1, "sendMessage"), (2, "sendMessage")]
    assert "can't be reached" in text_of(begun[0])
    assert "Since 14:00" in text_of(begun[0])
    assert "недоступен" in text_of(begun[1])
    assert "С 14:00" in text_of(begun[1])
    assert post.goes_on(interface="no_interface") == [], "it is announced once"
    more = post.goes_on(interface="no_interface", disk="100000000")
    assert methods(more) == ["editMessageText"]
    assert "can't be reached" in text_of(more[0])
    assert "Free: 100 MB" in text_of(more[0])
    assert "14:02" in text_of(more[0])
    less = post.goes_on(disk="100000000")
    assert "works again" in text_of(less[0])
    assert "(14:00 – 14:03)" in text_of(less[0])
    over = post.goes_on({}, after=22 * 60)
    assert methods(over) == ["editMessageText"]
    assert "All is well again" in text_of(over[0])
    assert "25 min" in text_of(over[0])
    assert "almost full" not in text_of(over[0])
    assert "space on the disk again" in text_of(over[0])
    assert len({row["subject"] for row in (*begun, *more, *less, *over)}) == 1
    assert read_incident(post.desk.db) is None
    assert post.goes_on({}) == []


def test_the_next_trouble_begins_a_new_message_and_leaves_the_old_one_alone(post: Post) -> None:
    first = post.finds(interface="timeout")
    post.goes_on({})
    second = post.goes_on(interface="timeout")
    assert methods(second) == ["sendMessage"]
    assert second[0]["subject"] != first[0]["subject"]
    assert {row["subject"] for row in post.goes_on({})} == {second[0]["subject"]}


def test_a_trouble_that_comes_and_goes_while_telegram_is_away_arrives_as_it_ended(post: Post) -> None:
    post.finds(interface="timeout")
    post.finds(interface="timeout", disk="1")
    post.finds({})
    post.finds(silence="1780000000")
    rows = post.desk.db.execute("SELECT method, subject FROM outbox WHERE chat_id = 1 ORDER BY id").fetchall()
    assert [row["method"] for row in rows] == ["sendMessage", "editMessageText", "sendMessage"]
    assert rows[0]["subject"] == rows[1]["subject"] != rows[2]["subject"]


def test_a_trouble_that_comes_back_within_an_incident_has_its_new_time(post: Post) -> None:
    post.finds(subnet="10.8.0.0/24", conflict="10.8.0.2/32")
    post.goes_on(subnet="10.8.0.0/24")
    rows = post.goes_on(subnet="10.8.0.0/24", conflict="10.8.0.2/32")
    assert "Since 14:02" in text_of(rows[0])
    assert "free again" not in text_of(rows[0])


def test_a_changed_reason_is_written_into_the_message(post: Post) -> None:
    post.finds(interface="timeout")
    rows = post.goes_on(interface="missing")
    assert methods(rows) == ["editMessageText"]
    assert "was not found" in text_of(rows[0])
    assert "Since 14:00" in text_of(rows[0])


def test_a_trouble_that_joins_an_old_one_is_a_new_message(post: Post) -> None:
    old = post.finds(subnet="10.8.0.0/24")
    rows = post.goes_on(subnet="10.8.0.0/24", interface="timeout", after=5 * 3600)
    assert methods(rows) == ["editMessageText", "sendMessage"]
    assert rows[0]["subject"] == old[0]["subject"]
    assert "newer message below" in text_of(rows[0])
    assert "No free addresses" in text_of(rows[2])
    assert "can't be reached" in text_of(rows[2])
    over = post.goes_on(subnet="10.8.0.0/24")
    assert {row["subject"] for row in over} == {rows[2]["subject"]}
    assert methods(over) == ["editMessageText"]


def test_times_of_another_day_have_their_date(post: Post) -> None:
    post.finds(interface="timeout")
    rows = post.goes_on({}, after=86400)
    assert "(20 May 14:00 – 14:00)" in text_of(rows[0])


def test_a_new_admin_gets_a_message_and_a_former_one_does_not(post: Post) -> None:
    post.finds(interface="timeout")
    post.desk.settings = replace(post.desk.settings, admin_ids=(2, 3))
    rows = post.goes_on(interface="timeout", disk="1")
    assert [(row["chat_id"], row["method"]) for row in rows] == [(2, "editMessageText"), (3, "sendMessage")]
    post.desk.settings = replace(post.desk.settings, admin_ids=(2, 4))
    assert [row["chat_id"] for row in post.goes_on({})] == [2], "nobody new is told of what is over"


def test_a_new_message_is_silent_at_night(desk: Desk) -> None:
    night = int(datetime(2026, 5, 20, 2, tzinfo=MOSCOW).timestamp())
    settings = replace(desk.settings, quiet_hours=(23, 8))
    (first, *_) = hush(settings, alerts.follow(desk.db, settings, {"interface": "timeout"}, night), night)
    assert first.params["disable_notification"] is True


@pytest.mark.parametrize("who", [1, 2])
def test_all_troubles_at_once_fit_into_the_message_and_the_screen(post: Post, who: int) -> None:
    assert set(FULL) == set(TROUBLES)
    text = next(text_of(row) for row in post.finds(FULL) if row["chat_id"] == who)
    assert text.count("🕒") == len(FULL)
    assert "&lt;b&gt;&amp;" in text
    rows = post.desk.taps(who, "status")
    assert [complaint for row in rows for complaint in complaints(row)] == []
    assert read_troubles(post.desk.db) == FULL
    over = next(text_of(row) for row in post.goes_on({}) if row["chat_id"] == who)
    assert over.count("🟢") == len(FULL)


def test_its_button_shows_the_server_below_and_leaves_the_alert_in_place(post: Post) -> None:
    (row, *_) = post.finds(interface="timeout")
    keyboard = json.loads(row["params"])["reply_markup"]["inline_keyboard"]
    assert [[button["callback_data"] for button in line] for line in keyboard] == [["server"]]
    rows = post.desk.taps(1, "server")
    assert [row["method"] for row in rows] == ["answerCallbackQuery", "sendMessage"]
    assert "Server" in text_of(rows[1])


@pytest.mark.parametrize(("detail", "words"), [("7200", "ahead by 2 h"), ("-600", "back by 10 min")])
def test_a_clock_jump_is_described_with_direction_and_length(settings: Settings, detail: str, words: str) -> None:
    assert words in alerts.trouble("en", settings, "clock", detail)
