"""Silence, the disk, the clock, rounds that break off: each is noticed, each ends, and none flaps."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

import pytest

from lib.errors import AwgError
from lib.keeper import Keeper
from lib.settings import Settings
from lib.store import hours
from lib.store.configs import revoke
from lib.store.database import transaction
from lib.store.keeper_notes import TROUBLES, Incident, Trouble, read_troubles, write_incident
from lib.vpn.interface import LivePeer
from lib.watch import troubles
from tests.unit.chat.desk import Desk, text_of
from tests.unit.interface import MemoryAwg
from tests.unit.stage import Stage, texts
from tests.unit.watch.surroundings import OWN, around, base, table

MINUTE, HOUR, DAY = 60, 3600, 86400
MB = 10**6


@dataclass
class World(Stage):
    """A stage whose machine has a clock since its boot, and a disk."""

    boot: float = 1000.0
    space: list[int] = field(default_factory=lambda: [10**9, 10**10])

    def passes(self, seconds: int, jump: int = 0) -> list[sqlite3.Row]:
        """Advance the time, set the clock, and run a round."""
        self.boot += seconds
        return self.round(seconds + jump)

    def restarts(self) -> None:
        """Restart the bot."""
        self.keeper = Keeper(self.desk.db, self.awg, self.desk.settings, lambda: None, lambda: self.boot)  # type: ignore[arg-type]

    def wrong(self) -> set[str]:
        return set(read_troubles(self.desk.db))


@pytest.fixture
def world(db: sqlite3.Connection, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> World:
    db.execute("PRAGMA synchronous = OFF")
    desk = Desk(db, settings)
    desk.says(1, "/start")
    world = World(desk, MemoryAwg(), None)  # type: ignore[arg-type]
    world.restarts()
    monkeypatch.setattr("lib.watch.troubles.read_disk", lambda path: tuple(world.space))
    world.at(2026, 5, 20, 15, 30)
    return world


@pytest.fixture
def busy(world: World) -> str:
    """Record someone online in every hour of the past days; return the key of a friend's device."""
    key = world.give_config()
    for ago in range(7 * 24):
        hours.note_online(world.desk.db, 2, world.desk.now - ago * HOUR)
    world.awg.move(key, 1, 1, handshake_at=world.desk.now)
    world.passes(MINUTE)
    return key


def wait(world: World, minutes: int) -> list[str]:
    """Run a round every minute; return the troubles after each."""
    seen = []
    for _ in range(minutes):
        world.passes(MINUTE)
        seen.append(",".join(sorted(world.wrong())))
    return seen


def test_it_works(world: World, busy: str) -> None:
    assert set(wait(world, 18)) == {""}, "less than twenty minutes"
    rows = world.passes(MINUTE)
    assert world.wrong() == {"silence"}
    assert "no friend's device has connected since 20 May 15:30" in texts(rows)[0]
    assert world.passes(MINUTE) == []
    world.awg.move(busy, 1, 1, handshake_at=world.desk.now)
    rows = world.passes(MINUTE)
    assert "Friends are connecting again" in texts(rows)[0]
    assert world.wrong() == set()


def test_a_friend_who_is_online_is_no_silence(world: World, busy: str) -> None:
    for _ in range(30):
        world.awg.move(busy, 1, 1, handshake_at=world.desk.now)
        world.passes(2 * MINUTE)
        assert world.wrong() == set()


def test_a_handshake_every_ten_minutes_is_no_silence(world: World, busy: str) -> None:
    stood = []
    for minute in range(120):
        if minute % 10 == 0:
            world.awg.move(busy, 1, 1, handshake_at=world.desk.now)
        stood += wait(world, 1)
    assert set(stood) == {""}


def test_a_quiet_hour_of_the_day_is_no_silence(world: World) -> None:
    key = world.give_config()
    for days in (1, 2, 3):
        for hour in (0, 1, 2):
            hours.note_online(world.desk.db, 1, world.desk.now - days * DAY - hour * HOUR)
    world.awg.move(key, 1, 1, handshake_at=world.desk.now)
    assert set(wait(world, 60)) == {""}, "three days of seven are no habit"


def test_without_friends_there_is_no_silence(world: World, busy: str) -> None:
    world.desk.taps(1, "decide:100:approved:blocked")
    assert set(wait(world, 40)) == {""}


def test_a_device_that_is_not_the_bots_shows_that_the_server_can_be_reached(world: World, busy: str) -> None:
    for _ in range(20):
        hand = LivePeer("HAND" + "=" * 40, None, "10.9.0.2/32", None, world.desk.now, 0, 0)
        world.awg.peers[hand.public_key] = hand
        world.passes(2 * MINUTE)
    assert world.wrong() == set()


def test_a_bot_that_was_off_gives_friends_twenty_minutes_before_it_says_anything(world: World, busy: str) -> None:
    world.boot += 5 * HOUR
    world.desk.now += 5 * HOUR
    world.restarts()
    assert set(wait(world, 20)) == {""}
    assert wait(world, 1) == ["silence"]


def test_an_interface_that_was_down_gives_friends_twenty_minutes(world: World, busy: str) -> None:
    world.awg.trouble = AwgError("no such device", "no_interface")
    assert set(wait(world, 60)) == {"interface"}, "down is told as down, and as nothing else"
    world.awg.trouble = None
    assert set(wait(world, 20)) == {""}
    assert wait(world, 1) == ["silence"]


def test_what_only_the_interface_shows_stands_while_it_is_down(world: World, busy: str) -> None:
    world.give_config(101)
    peer = world.awg.peers.pop(busy)
    world.awg.peers["HAND"] = LivePeer("HAND", None, peer.allowed_ips, None, 0, 0, 0)
    world.awg.peers["MAD"] = LivePeer("MAD", None, "10.8.0.77/32", None, 0, 2**60, 0)
    world.desk.taps(1, "person_speed:101:5")
    world.awg.fence_trouble = AwgError("no nft", "missing")
    assert wait(world, 1) == ["conflict,fence,impossible"]
    world.awg.trouble = AwgError("no such device", "no_interface")
    assert set(wait(world, 3)) == {"conflict,fence,impossible,interface"}, "nobody knows whether they are over"
    world.restarts()
    assert wait(world, 1) == ["conflict,fence,impossible,interface"]
    world.awg.peers.clear()
    world.awg.trouble = world.awg.fence_trouble = None
    assert wait(world, 1) == [""]


OTHERWISE = {"backup", "clock", "disk", "interface", "peers_file", "sampling", "silence", "way_out"}
DETAILS = {
    "outside": json.dumps({"addresses": "10.66.0.2/32", "networks": "10.8.0.0/24", "command": "ip address add …"}),
    "parameters": json.dumps([("fault_misread", {"name": "H1", "value": "3289393", "meant": "112"})]),
}


@pytest.mark.parametrize("kind", sorted({*TROUBLES} - OTHERWISE))
def test_each_kind_that_only_the_interface_shows_is_over_as_soon_as_it_answers(world: World, kind: str) -> None:
    incident = Incident(world.desk.now, {kind: Trouble(DETAILS.get(kind, "failed"), world.desk.now)})
    with transaction(world.desk.db):
        write_incident(world.desk.db, incident)
    world.awg.trouble = AwgError("no such device", "no_interface")
    assert wait(world, 2) == [",".join(sorted({kind, "interface"}))] * 2
    world.awg.trouble = None
    assert wait(world, 1) == [""]


def test_what_is_seen_without_the_interface_is_over_while_it_is_down(world: World) -> None:
    world.awg.trouble = AwgError("no such device", "no_interface")
    world.space = [0, 10**10]
    assert wait(world, 1) == ["disk,interface"]
    world.space = [10**10, 10**10]
    assert wait(world, 1) == ["interface"]


def test_what_was_seen_before_the_interface_failed_counts(world: World, busy: str) -> None:
    world.awg.peers["MAD"] = LivePeer("MAD", None, "10.8.0.77/32", None, 0, 2**60, 0)
    peer = world.awg.peers.pop(busy)
    world.awg.peers["HAND"] = LivePeer("HAND", None, peer.allowed_ips, None, 0, 0, 0)
    assert wait(world, 1) == ["conflict,impossible"]
    del world.awg.peers["HAND"], world.awg.peers["MAD"]
    change, world.awg.change = world.awg.change, fails  # type: ignore[method-assign]
    assert wait(world, 1) == ["conflict,interface"]
    world.awg.change = change  # type: ignore[method-assign]
    assert wait(world, 1) == [""]


def fails(*_: object, **__: object) -> NoReturn:
    raise AwgError("it failed", "failed")


def test_speeds_are_not_said_to_work_again_while_there_is_no_fence_at_all(world: World, busy: str) -> None:
    world.desk.taps(1, "person_speed:100:5")
    world.awg.speed_trouble = "awg0 has a queue that is not ours: cake"
    assert wait(world, 1) == ["speeds"]
    world.awg.fence_trouble = AwgError("no nft", "missing")
    assert wait(world, 1) == ["fence,speeds"]
    world.awg.fence_trouble = world.awg.speed_trouble = None
    assert wait(world, 1) == [""]


def test_silence_stands_through_an_outage_and_a_restart_of_the_bot(world: World, busy: str) -> None:
    wait(world, 25)
    world.awg.trouble = AwgError("no such device", "no_interface")
    assert wait(world, 1) == ["interface,silence"]
    world.awg.trouble = None
    world.restarts()
    assert wait(world, 1) == ["silence"]


@pytest.mark.parametrize("jump", [HOUR, -HOUR, 40 * DAY, -40 * DAY])
def test_a_clock_that_jumps_is_told_once_and_is_over_after_an_even_hour(world: World, busy: str, jump: int) -> None:
    rows = world.passes(MINUTE, jump)
    (told,) = [text for text in texts(rows) if "clock was changed" in text]
    assert ("ahead by" if jump > 0 else "back by") in told
    assert set(wait(world, 59)) <= {"clock", "clock,silence"}
    wait(world, 1)
    assert "clock" not in world.wrong()


def test_a_jump_ahead_is_no_silence(world: World, busy: str) -> None:
    world.passes(MINUTE, 3 * HOUR)
    assert world.wrong() == {"clock"}
    assert set(wait(world, 19)) == {"clock"}


@pytest.mark.parametrize("jump", [-290, -1, 0, 1, 290])
def test_a_clock_that_is_put_right_by_little_is_no_trouble(world: World, busy: str, jump: int) -> None:
    for _ in range(3):
        world.passes(MINUTE, jump)
        assert "clock" not in world.wrong()


def test_a_second_jump_begins_the_even_hour_anew(world: World, busy: str) -> None:
    world.passes(MINUTE, HOUR)
    wait(world, 40)
    (row, *_) = world.passes(MINUTE, -HOUR)
    assert "back by 1 h" in text_of(row)
    wait(world, 40)
    assert "clock" in world.wrong()


def test_a_machine_that_wakes_up_is_no_jump(world: World, busy: str) -> None:
    world.passes(9 * HOUR)
    assert "clock" not in world.wrong()


def test_a_clock_before_what_the_database_holds_is_told_at_the_start(world: World, busy: str) -> None:
    world.desk.now -= 30 * DAY
    world.restarts()
    assert any("back by 30 days" in text for text in texts(world.passes(MINUTE)))
    world.restarts()
    assert set(wait(world, 59)) == {"clock"}, "another start does not end it"
    wait(world, 2)
    assert world.wrong() == set()


@pytest.mark.parametrize(
    ("told", "free", "total", "wrong"),
    [
        (None, 199 * MB, 10**9, True),
        (None, 201 * MB, 10**9, False),
        (None, 250 * MB, 10**10, True),
        (None, 301 * MB, 10**10, False),
        ("1", 299 * MB, 10**9, True),
        ("1", 301 * MB, 10**9, False),
        ("1", 390 * MB, 10**10, True),
        ("1", 401 * MB, 10**10, False),
    ],
)
def test_a_full_disk_begins_and_ends_at_different_marks(told: str | None, free: int, total: int, wrong: bool) -> None:
    assert (troubles.disk(told, free, total) is not None) is wrong


def test_a_disk_on_the_edge_is_told_once(world: World) -> None:
    told = []
    for free in (199, 201, 198, 250, 180, 220) * 3:
        world.space[:] = [free * MB, 10**9]
        told += texts(world.passes(MINUTE))
    assert len(told) == 1
    assert "Free: 199 MB" in told[0]
    world.space[:] = [400 * MB, 10**9]
    assert "space on the disk again" in texts(world.passes(MINUTE))[0]


def fail(world: World, minutes: int) -> list[str]:
    """Run rounds that fail as after a bug, each in a new keeper; return what the admins are told."""
    told = []
    for _ in range(minutes):
        last = world.desk.db.execute("SELECT coalesce(max(id), 0) FROM outbox").fetchone()[0]
        with pytest.raises(ZeroDivisionError):
            world.passes(MINUTE)
        told += texts(world.desk.db.execute("SELECT * FROM outbox WHERE id > ?", (last,)).fetchall())
        world.restarts()
    return told


def broken(*_: object) -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize("place", ["Sampler.record", "peers.PeersFile.write", "forget_strangers"])
def test_rounds_that_break_off_are_told_after_ten_minutes_wherever_they_do(
    world: World, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    world.passes(MINUTE)
    with monkeypatch.context() as patch:
        patch.setattr(f"lib.keeper.{place}", broken)
        assert fail(world, 10) == []
        (told,) = fail(world, 10)
        assert "The bot is stuck" in told
        assert "since 20 May 15:33" in told
    (over,) = texts(world.passes(MINUTE))
    assert "The bot is working again" in over


def test_a_tool_that_fails_is_told_as_that_and_not_as_a_stuck_bot(world: World) -> None:
    world.awg.trouble = AwgError("awg show failed (1)", "failed")
    assert set(wait(world, 30)) == {"interface"}


@pytest.mark.parametrize("pause", [20 * MINUTE, DAY, -DAY])
def test_a_bot_that_was_stopped_in_the_middle_of_a_round_is_not_stuck(
    world: World, monkeypatch: pytest.MonkeyPatch, pause: int
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("lib.keeper.Sampler.record", broken)
        fail(world, 5)
    world.boot += pause
    world.desk.now += pause
    world.restarts()
    assert "sampling" not in set(wait(world, 12))


def test_alerts_that_a_failing_errand_takes_back_come_with_the_next_round(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    errand: Callable[..., object] = broken
    monkeypatch.setattr("lib.keeper.ERRANDS", (errand,))
    world.awg.trouble = AwgError("awg show failed (1)", "failed")
    fail(world, 3)
    monkeypatch.setattr("lib.keeper.ERRANDS", ())
    assert "can't be reached" in texts(world.passes(MINUTE))[0]


def test_a_trouble_at_night_makes_no_sound(world: World) -> None:
    world.desk.settings = replace(world.desk.settings, quiet_hours=(23, 8))
    world.restarts()
    world.awg.trouble = AwgError("no such device", "no_interface")
    world.at(2026, 5, 21, 2)
    (night,) = [json.loads(row["params"]) for row in world.round() if row["chat_id"] == 1]
    assert night["disable_notification"] is True
    world.awg.trouble = None
    world.passes(MINUTE)
    world.awg.trouble = AwgError("no such device", "no_interface")
    world.at(2026, 5, 21, 9)
    (day,) = [json.loads(row["params"]) for row in world.round() if "can't be reached" in row["params"]]
    assert "disable_notification" not in day


def test_a_round_forgets_hours_and_networks_that_are_of_no_more_use(world: World, busy: str) -> None:
    hours.note_online(world.desk.db, 1, world.desk.now - 40 * DAY)
    world.awg.peers[busy] = world.awg.peers[busy]._replace(endpoint="203.0.113.9:1000")
    world.passes(MINUTE)
    assert len(hours.list_hours(world.desk.db, 0, world.desk.now - 35 * DAY)) == 0
    assert world.desk.db.execute("SELECT network FROM networks").fetchall()[0][0] == "203.0.113.0/24"
    revoke(world.desk.db, 1, world.desk.now)
    world.passes(MINUTE)
    world.passes(MINUTE)
    assert world.desk.db.execute("SELECT count(*) FROM networks").fetchone()[0] == 0


CLOSED = table("mine", base("forward", policy="drop"))


def looks(world: World, *tables: list[dict[str, Any]]) -> list[str]:
    """Load these tables into the firewall and run a round; return what the first admin is sent."""
    world.awg.around = around(OWN, *tables)
    return texts(world.passes(MINUTE))


def test_what_is_in_friends_way_is_told_after_two_looks_and_taken_back_after_two(world: World) -> None:
    assert looks(world) == []
    assert looks(world, CLOSED) == []
    (told,) = looks(world, CLOSED)
    assert "The server is blocking friends" in told
    assert "inet mine forward" in told
    assert "nft insert rule inet mine forward iifname awg0 oifname eth0 accept" in told
    assert looks(world, CLOSED) == [], "it is told once"
    assert looks(world) == []
    (over,) = looks(world)
    assert "The server no longer blocks friends" in over
    assert world.wrong() == set()


def test_a_firewall_that_is_reloaded_rings_nobody(world: World) -> None:
    for _ in range(3):
        assert looks(world, CLOSED) == []
        assert looks(world) == []
    for _ in range(2):
        looks(world, CLOSED)
    for _ in range(3):
        assert looks(world) == [], "it is not over for one look either"
        assert looks(world, CLOSED) == []
    assert world.wrong() == {"way_out"}


def test_what_is_in_the_way_is_remembered_by_a_bot_that_restarts(world: World) -> None:
    looks(world, CLOSED)
    looks(world, CLOSED)
    world.restarts()
    assert looks(world, CLOSED) == []
    assert world.wrong() == {"way_out"}
    assert looks(world, CLOSED) == []
    looks(world)
    looks(world)
    assert world.wrong() == set()


def test_rounds_that_an_approval_wakes_are_no_looks(world: World) -> None:
    world.passes(MINUTE)
    world.awg.around = around(OWN, CLOSED)
    world.passes(MINUTE)
    for _ in range(3):
        assert texts(world.passes(5)) == []
    assert world.wrong() == set()


def test_a_second_thing_in_the_way_joins_the_first(world: World) -> None:
    looks(world, CLOSED)
    looks(world, CLOSED)
    both = table("mine", base("forward", policy="drop"), base("input", policy="drop"))
    assert looks(world, both) == []
    (told,) = looks(world, both)
    assert "UDP port 51820" in told
    assert "inet mine forward" in told
