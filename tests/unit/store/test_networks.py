"""People who roam cause no alert; two devices that share a config do, once a month."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterable

import pytest

from lib.chat.notify.sharing import note_turns
from lib.days import day_of
from lib.settings import Settings
from lib.store.configs import revoke
from lib.store.networks import note_networks
from lib.store.outbox import Outgoing
from lib.vpn.addresses import network_of
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk
from tests.unit.stage import MOSCOW, Stage, make_stage

MINUTE, HOUR, DAY = 60, 3600, 86400
MONDAY = 1_777_885_200  # 2026-05-04, noon in Moscow
HOME, WORK, MOBILE = "198.51.100.0/24", "203.0.113.0/24", "2001:db8:1::/48"


@pytest.fixture
def desk(db: sqlite3.Connection, settings: Settings) -> Desk:
    db.execute("PRAGMA synchronous = OFF")
    desk = Desk(db, settings, now=MONDAY)
    desk.says(1, "/start")
    desk.says(2, "/start", language_code="ru")
    desk.is_let_in(100, first_name="<b>Anna")
    hold_config(db, 100, MONDAY)
    return desk


def live(desk: Desk, steps: Iterable[tuple[int, str]]) -> list[Outgoing]:
    """Show the config in networks, each some seconds after the previous one; return what the admins are told."""
    told: list[Outgoing] = []
    for seconds, network in steps:
        desk.now += seconds
        turning = note_networks(desk.db, {1: network}, day_of(desk.now, MOSCOW), desk.now)
        told += note_turns(desk.db, desk.settings, turning, desk.now)
    return told


def take_turns(count: int) -> list[tuple[int, str]]:
    return [(MINUTE, (HOME, MOBILE)[number % 2]) for number in range(count)]


def skip_to_tomorrow() -> list[tuple[int, str]]:
    return [(DAY, "192.0.2.0/24")]


def test_it_works(desk: Desk) -> None:
    assert live(desk, take_turns(60)) == [], "one day may be chance"
    told = live(desk, [*skip_to_tomorrow(), *take_turns(60)])
    assert [message.chat_id for message in told] == [1, 2]
    text = told[0].params["text"]
    assert "&lt;b&gt;Anna" in text
    assert "On 2 days" in text
    assert "at least 6 times" in text
    assert "Nothing is done automatically" in text
    assert told[0].params["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "person:100"
    assert "Один конфиг на двух устройствах" in told[1].params["text"]


def test_no_network_is_named(desk: Desk) -> None:
    told = live(desk, [*take_turns(60), *skip_to_tomorrow(), *take_turns(60)])
    assert "198.51" not in json.dumps([dict(message.params) for message in told])


def test_it_is_told_once_a_month(desk: Desk) -> None:
    week = [step for _ in range(3) for step in (*take_turns(40), *skip_to_tomorrow())]
    assert len(live(desk, week)) == 2
    assert live(desk, take_turns(40)) == []
    desk.now += 30 * DAY
    assert len(live(desk, week)) == 2


def test_two_days_more_than_a_week_apart_are_chance(desk: Desk) -> None:
    assert live(desk, [*take_turns(40), (8 * DAY, WORK), *take_turns(40)]) == []


def test_a_phone_that_goes_to_work_and_home_again_is_left_in_peace(desk: Desk) -> None:
    day = [(HOUR, HOME), (20 * MINUTE, MOBILE), (40 * MINUTE, WORK), (4 * HOUR, MOBILE), (15 * MINUTE, WORK),
           (4 * HOUR, MOBILE), (30 * MINUTE, HOME), (2 * HOUR, MOBILE), (5 * MINUTE, HOME),
           (670 * MINUTE, HOME)]  # fmt: skip
    assert live(desk, day * 30) == []


def test_a_phone_at_the_edge_of_its_wifi_a_few_times_a_day_is_left_in_peace(desk: Desk) -> None:
    flutter = [(3 * HOUR, MOBILE), (2 * MINUTE, HOME), (2 * MINUTE, MOBILE), (2 * MINUTE, HOME)]
    assert live(desk, [*flutter, (20 * HOUR + 54 * MINUTE, HOME)] * 30) == []


def test_a_carrier_that_hands_out_ever_other_networks_is_left_in_peace(desk: Desk) -> None:
    rng = random.Random(7)
    pool = [f"100.64.{number}.0/24" for number in range(32)]
    assert live(desk, [(rng.randrange(5, 60) * MINUTE, rng.choice(pool)) for _ in range(2000)]) == []


def test_who_comes_back_after_more_than_ten_minutes_does_not_count(desk: Desk) -> None:
    steps = [(11 * MINUTE, (HOME, WORK)[number % 2]) for number in range(600)]
    assert live(desk, steps) == []


def test_two_people_far_apart_are_found_although_samples_miss_most_of_it(desk: Desk) -> None:
    rng = random.Random(3)
    steps = [(MINUTE, rng.choice((HOME, WORK))) for _ in range(2 * 24 * 60)]
    assert len(live(desk, steps)) == 2


def test_a_clock_set_back_makes_no_return(desk: Desk) -> None:
    live(desk, [(0, HOME), (MINUTE, WORK), (-HOUR, HOME)])
    assert desk.db.execute("SELECT returns FROM networks").fetchone()[0] == 0


def test_what_a_revoked_config_showed_is_forgotten(desk: Desk) -> None:
    live(desk, take_turns(2))
    assert desk.db.execute("SELECT count(*) FROM networks").fetchone()[0] == 1
    revoke(desk.db, 1, desk.now)
    assert desk.db.execute("SELECT count(*) FROM networks").fetchone()[0] == 0
    live(desk, take_turns(2))
    assert desk.db.execute("SELECT count(*) FROM networks").fetchone()[0] == 0


@pytest.mark.parametrize(
    ("endpoint", "network"),
    [
        ("203.0.113.77:51820", "203.0.113.0/24"),
        ("[2001:db8:1:2::3]:443", "2001:db8:1::/48"),
        ("[::ffff:203.0.113.77]:443", "203.0.113.0/24"),
        ("[fe80::1%eth0]:443", "fe80::/48"),
        ("(none)", None),
        ("", None),
        ("example.org:1", None),
    ],
)
def test_only_the_network_of_an_endpoint_is_taken(endpoint: str, network: str | None) -> None:
    assert network_of(endpoint) == network


@pytest.fixture
def stage(db: sqlite3.Connection, settings: Settings) -> Stage:
    db.execute("PRAGMA synchronous = OFF")
    desk = Desk(db, settings, now=MONDAY)
    desk.says(1, "/start")
    return make_stage(desk, settings)


def test_the_keeper_notes_networks_and_never_a_whole_address(stage: Stage) -> None:
    key = stage.give_config()
    told = []
    for number in range(20):
        endpoint = ("198.51.100.23:1000", "203.0.113.45:2000")[number % 2]
        stage.awg.peers[key] = stage.awg.peers[key]._replace(endpoint=endpoint)
        rows = stage.round(DAY if number == 10 else 120)
        told += [row for row in rows if "One config on two devices" in row["params"]]
    assert [row["chat_id"] for row in told] == [1]
    everything = str(stage.desk.dump())
    assert "203.0.113.0/24" in everything
    assert "203.0.113.45" not in everything
    assert "198.51.100.23" not in everything
