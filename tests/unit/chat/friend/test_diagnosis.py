"""“Not working?”: whatever can be seen of a peer leads to its own advice, and to one line for the admins."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lib.chat.rules import PACES
from lib.store import counters
from lib.store.database import transaction
from lib.store.keeper_notes import Health, Incident, Trouble, write_fact, write_incident
from lib.store.server import note_generation
from lib.store.users import set_speed
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import NOON, Desk, data_of, text_of

FRIEND = 100
HEALTHY = Health(up=True, since=NOON - 9000)


def see(desk: Desk, config: int, received: int = 0, sent: int = 0, handshake_ago: int | None = None) -> None:
    """Make the interface show a peer."""
    handshake_at = 0 if handshake_ago is None else desk.now - handshake_ago
    reading = counters.Reading(config, received, sent, handshake_at)
    with transaction(desk.db):
        counters.record_sample(desk.db, [reading], [], "1:1", desk.now, desk.settings.timezone)


def held(desk: Desk) -> int:
    desk.is_let_in(FRIEND)
    with transaction(desk.db):
        write_fact(desk.db, HEALTHY)
        return hold_config(desk.db, FRIEND, desk.now)


def advice(desk: Desk, config: int) -> str:
    (row,) = [row for row in desk.taps(FRIEND, f"trouble:{config}") if row["method"] == "editMessageText"]
    return text_of(row)


def test_it_works(desk: Desk) -> None:
    config = held(desk)
    see(desk, config, received=2_000_000, sent=9_000_000, handshake_ago=20)
    assert "Everything looks fine" in advice(desk, config)


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        ({}, "Nothing from this device"),
        ({"received": 148}, "the answer doesn't get back"),
        ({"received": 2_000, "sent": 92, "handshake_ago": 30}, "almost nothing has come through"),
        ({"received": 9_000_000, "sent": 9_000_000, "handshake_ago": 7200}, "last connection was 2 h ago"),
        ({"received": 9_000_000, "sent": 9_000_000, "handshake_ago": 170}, "Everything looks fine"),
    ],
)
def test_what_is_seen_of_the_peer_leads_to_its_own_advice(desk: Desk, seen: dict[str, Any], words: str) -> None:
    config = held(desk)
    see(desk, config, **seen)
    assert words in advice(desk, config)


@pytest.mark.parametrize(("heard", "flowed", "shook", "words"), [
    (20, 1200, 900, "It worked before: the last connection was 15 min ago. Your device still reaches"),  # no answer
    (20, 9000, 7200, "It worked before: the last connection was 2 h ago. Your device still reaches"),
    (900, 900, 900, "nothing since"),
    (20, 900, 20, "almost nothing has come through"),  # a handshake and no traffic, also after months of traffic
    (20, 20, 20, "Everything looks fine"),
])  # fmt: skip
def test_the_moments_of_life_tell_a_network_from_a_device(
    desk: Desk, heard: int, flowed: int, shook: int, words: str
) -> None:
    config = held(desk)
    see(desk, config, received=9_000_000, sent=9_000_000, handshake_ago=shook)
    moments = (desk.now - heard, desk.now - flowed)
    desk.db.execute("UPDATE counters SET heard_at = ?, flowed_at = ?", moments)
    (row,) = [row for row in desk.taps(FRIEND, f"trouble:{config}") if row["method"] == "editMessageText"]
    assert words in text_of(row)
    assert (f"another_way:{config}:0" in data_of(row)) == ("fine" not in words)


def test_a_peer_that_was_never_seen_is_silent(desk: Desk) -> None:
    assert "Nothing from this device" in advice(desk, held(desk))


def test_a_problem_of_the_server_comes_before_advice_to_the_friend(desk: Desk) -> None:
    config = held(desk)
    write_fact(desk.db, Health(up=False, since=NOON, kind="no_interface"))
    assert "The server itself" in advice(desk, config)


def test_who_finds_it_slow_reads_their_speed_limit(desk: Desk) -> None:
    config = held(desk)
    see(desk, config, received=9_000_000, sent=9_000_000, handshake_ago=30)
    assert "Slow?" not in advice(desk, config)
    set_speed(desk.db, FRIEND, 10_000)
    assert advice(desk, config).endswith("Slow? Your speed limit is 10 Mbit/s, shared by all your devices.")
    desk.now += 7200
    assert "Slow?" not in advice(desk, config), "it does not work at all"


def test_a_used_up_limit_is_the_cause(desk: Desk) -> None:
    config = held(desk)
    see(desk, config, received=9_000_000, sent=9_000_000, handshake_ago=30)
    desk.db.execute("UPDATE users SET quota_bytes = 1000 WHERE id = ?", (FRIEND,))
    assert "is used up" in advice(desk, config)


@pytest.mark.parametrize(
    ("column", "words", "step"),
    [("paused_at", "admin has paused", "complain:1"), ("expires_at", "expired on 28 May 2026 23:26", "extend:1")],
)
def test_a_config_that_is_switched_off_is_the_cause_and_has_its_own_next_step(
    desk: Desk, column: str, words: str, step: str
) -> None:
    config = held(desk)
    write_fact(desk.db, Health(up=False, since=NOON, kind="no_interface"))
    desk.db.execute("UPDATE users SET quota_bytes = 1 WHERE id = ?", (FRIEND,))
    desk.db.execute(f"UPDATE configs SET {column} = ? WHERE id = ?", (desk.now, config))
    (row,) = [row for row in desk.taps(FRIEND, f"trouble:{config}") if row["method"] == "editMessageText"]
    assert words in text_of(row)
    assert step in data_of(row)
    assert not any(data.startswith("file:") for data in data_of(row)), "a fresh file would not help"


def test_an_address_that_another_peer_has_is_a_problem_of_the_server(desk: Desk) -> None:
    config = held(desk)
    (address,) = desk.db.execute("SELECT address FROM configs").fetchone()
    write_incident(desk.db, Incident(desk.now, {"conflict": Trouble(f"10.9.0.9/32, {address}/32", desk.now)}))
    assert "The server itself" in advice(desk, config)


def test_the_button_in_the_menu_leads_straight_to_the_only_device(desk: Desk) -> None:
    desk.is_let_in(FRIEND)
    assert "problem:0" in data_of(desk.taps(FRIEND, "menu")[-1])
    (_, none) = desk.taps(FRIEND, "problem:0")
    assert "have a config yet" in text_of(none)
    assert "new" in data_of(none)
    desk.taps(FRIEND, "device:iphone")
    assert "is with the admin" in text_of(desk.taps(FRIEND, "problem:0")[-1])
    desk.taps(1, "judge:1:approved")
    assert "is being made" in text_of(desk.taps(FRIEND, "problem:0")[-1])
    desk.db.execute("UPDATE config_requests SET state = 'issued'")
    write_fact(desk.db, HEALTHY)
    hold_config(desk.db, FRIEND, desk.now)
    assert "Nothing from this device" in text_of(desk.taps(FRIEND, "problem:0")[-1])


def test_one_of_several_devices_is_chosen_from_pages(desk: Desk) -> None:
    held(desk)
    for number in range(24):
        hold_config(desk.db, FRIEND, desk.now, f"Device {number}")
    first, last = (data_of(desk.taps(FRIEND, f"problem:{page}")[-1]) for page in (0, 77))
    assert first == [*(f"trouble:{number}" for number in range(1, 6)), "problem:1", "menu"]
    assert last == [*(f"trouble:{number}" for number in range(21, 26)), "problem:3", "menu"]
    assert "configs_page:1" in data_of(desk.taps(FRIEND, "configs")[-1])
    assert "config:25" in data_of(desk.taps(FRIEND, "configs_page:4")[-1])


def test_an_outdated_config_is_the_cause_unless_it_works_anyway(desk: Desk) -> None:
    config = held(desk)
    see(desk, config, received=9_000_000, sent=9_000_000, handshake_ago=30)
    note_generation(desk.db, "server key", {"Jc": "4"}, "vpn.example.org:443", desk.now)
    assert "The server has changed" in advice(desk, config)
    desk.now += 60
    see(desk, config, received=9_000_000, sent=9_000_000, handshake_ago=30)
    assert "Everything looks fine" in advice(desk, config)


def test_the_file_below_the_diagnosis_is_the_current_one(desk: Desk) -> None:
    config = held(desk)
    note_generation(desk.db, "server key", {"Jc": "4"}, "vpn.example.org:443", desk.now)
    desk.taps(FRIEND, f"file:{config}")
    assert "Nothing from this device" in advice(desk, config)


def test_a_complaint_reaches_every_admin_once_an_hour_with_what_is_seen(desk: Desk) -> None:
    config = held(desk)
    rows = desk.taps(FRIEND, f"complain:{config}")
    told = {row["chat_id"]: text_of(row) for row in rows if row["method"] == "sendMessage"}
    assert "Person 100" in told[1]
    assert "no packet from this peer" in told[1]
    assert "ни одного пакета" in told[2]
    assert "The admin has your report" in told[FRIEND]
    (alert,) = desk.taps(FRIEND, f"complain:{config}")
    assert "already knows" in json.loads(alert["params"])["text"]
    pace = PACES["complain"]
    assert pace
    desk.now += pace.seconds
    assert len(desk.taps(FRIEND, f"complain:{config}")) == 4


def test_a_used_up_limit_offers_to_ask_for_more_at_once(desk: Desk) -> None:
    config = held(desk)
    see(desk, config, received=9_000_000, sent=9_000_000, handshake_ago=30)
    desk.db.execute("UPDATE users SET quota_bytes = 1000 WHERE id = ?", (FRIEND,))
    for done in (f"trouble:{config}", f"config:{config}", "menu", "stats"):
        assert data_of(desk.taps(FRIEND, done)[-1])[0] == "more", done
    desk.taps(FRIEND, "more")
    assert "more" not in data_of(desk.taps(FRIEND, "menu")[-1]), "it has just been asked"
