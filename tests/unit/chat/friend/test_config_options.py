"""What a friend chooses for a config is in its next file, and nothing else changes."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace

import pytest

from lib.chat.attachments import render
from lib.settings import Settings
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk, text_of

FRIEND = 100


@pytest.fixture
def config_id(desk: Desk) -> int:
    desk.is_let_in(FRIEND)
    return hold_config(desk.db, FRIEND, desk.now)


def conf(desk: Desk, config_id: int) -> list[str]:
    """Return the lines of the file that would be sent now."""
    file = render(desk.db, desk.settings, f"conf:{config_id}", desk.now)
    return file.content.decode().splitlines() if file else []


def labels(row: sqlite3.Row) -> list[str]:
    return [button["text"] for line in json.loads(row["params"])["reply_markup"]["inline_keyboard"] for button in line]


def test_it_works(desk: Desk, config_id: int) -> None:
    assert "⚙️ DNS and routes" in labels(desk.taps(FRIEND, f"config:{config_id}")[-1])
    before = conf(desk, config_id)
    shown = desk.taps(FRIEND, f"options:{config_id}")[-1]
    assert "DNS: as usual\nThrough the VPN: as usual" in text_of(shown)
    assert labels(shown)[:4] == [
        "✅ DNS: as usual", "DNS: Family", "✅ Through the VPN: as usual", "Through the VPN: Home"
    ]  # fmt: skip
    shown = desk.taps(FRIEND, f"dns:{config_id}:1")[-1]
    assert labels(shown)[:2] == ["DNS: as usual", "✅ DNS: Family"]
    desk.taps(FRIEND, f"routes:{config_id}:1")
    after = conf(desk, config_id)
    assert set(after) - set(before) == {"DNS = 1.1.1.3, 1.0.0.3", "AllowedIPs = 192.168.0.0/16, fd00::/8"}
    desk.taps(FRIEND, f"dns:{config_id}:0")
    desk.taps(FRIEND, f"routes:{config_id}:0")
    assert conf(desk, config_id) == before


def test_a_choice_that_is_no_longer_offered_falls_back_to_the_usual_one(desk: Desk, config_id: int) -> None:
    before = conf(desk, config_id)
    desk.taps(FRIEND, f"dns:{config_id}:1")
    desk.settings = replace(desk.settings, client_dns_choices=())
    assert conf(desk, config_id) == before


def test_there_is_no_button_if_nothing_is_offered(desk: Desk, config_id: int) -> None:
    desk.settings = replace(desk.settings, client_dns_choices=(), client_route_choices=())
    assert not [label for label in labels(desk.taps(FRIEND, f"config:{config_id}")[-1]) if "DNS" in label]
    (alert,) = desk.taps(FRIEND, f"options:{config_id}")
    assert "out of date" in json.loads(alert["params"])["text"]


def test_only_what_is_offered_is_shown(desk: Desk, config_id: int) -> None:
    desk.settings = replace(desk.settings, client_route_choices=())
    shown = labels(desk.taps(FRIEND, f"options:{config_id}")[-1])
    assert shown[:2] == ["✅ DNS: as usual", "DNS: Family"]
    assert not [label for label in shown if "Through" in label]


def test_clients_have_junk_of_their_own_if_the_owner_says_so(desk: Desk, settings: Settings, config_id: int) -> None:
    assert "Jc = 4" in conf(desk, config_id)
    desk.settings = replace(settings, client_parameters={"Jc": "7", "Jmin": "20", "Jmax": "90", "I1": "<r 20>"})
    lines = conf(desk, config_id)
    assert [line for line in lines if line[0] in "JI"] == ["Jc = 7", "Jmin = 20", "Jmax = 90", "I1 = <r 20>"]
    desk.db.execute("""UPDATE server SET parameters = '{"Jc": "9", "H1": "77"}'""")
    desk.settings = replace(settings, client_parameters={"Jc": "off"})
    assert "Jc = 4" in conf(desk, config_id), "AmneziaVPN needs one: the makers' own"


def test_a_plain_server_stays_plain_whatever_the_settings_say(desk: Desk, settings: Settings, config_id: int) -> None:
    desk.db.execute("UPDATE server SET parameters = '{}'")
    desk.settings = replace(settings, client_parameters={"Jc": "7"})
    assert not [line for line in conf(desk, config_id) if line.startswith("Jc")]
