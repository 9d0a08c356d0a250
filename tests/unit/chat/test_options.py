"""What a friend may choose for a config is in the next file, and nothing else is."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace

import pytest

from lib.chat.delivery import conf_text
from lib.settings import Settings
from lib.store.configs import Config, get_config
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk, text_of

FRIEND = 100


@pytest.fixture
def config_id(desk: Desk) -> int:
    desk.is_let_in(FRIEND)
    return hold_config(desk.db, FRIEND, desk.now)


def conf(desk: Desk, config_id: int) -> list[str]:
    """Give the lines of the file that would be sent now."""
    return (conf_text(desk.db, desk.settings, config(desk, config_id)) or "").splitlines()


def config(desk: Desk, config_id: int) -> Config:
    return get_config(desk.db, config_id, FRIEND)


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


def test_what_the_owner_no_longer_offers_is_as_usual(desk: Desk, config_id: int) -> None:
    before = conf(desk, config_id)
    desk.taps(FRIEND, f"dns:{config_id}:1")
    desk.settings = replace(desk.settings, client_dns_choices=())
    assert conf(desk, config_id) == before


def test_where_nothing_is_offered_there_is_no_button(desk: Desk, config_id: int) -> None:
    desk.settings = replace(desk.settings, client_dns_choices=(), client_route_choices=())
    assert not [label for label in labels(desk.taps(FRIEND, f"config:{config_id}")[-1]) if "DNS" in label]
    (alert,) = desk.taps(FRIEND, f"options:{config_id}")
    assert "out of date" in json.loads(alert["params"])["text"]


def test_where_one_thing_is_offered_only_that_is_shown(desk: Desk, config_id: int) -> None:
    desk.settings = replace(desk.settings, client_route_choices=())
    shown = labels(desk.taps(FRIEND, f"options:{config_id}")[-1])
    assert shown[:2] == ["✅ DNS: as usual", "DNS: Family"]
    assert not [label for label in shown if "Through" in label]


def test_clients_have_their_own_junk_where_the_owner_says_so(desk: Desk, settings: Settings, config_id: int) -> None:
    assert "Jc = 4" in conf(desk, config_id)
    desk.settings = replace(settings, client_parameters={"Jc": "7", "Jmin": "20", "Jmax": "90", "I1": "<r 20>"})
    lines = conf(desk, config_id)
    assert [line for line in lines if line[0] in "JI"] == ["Jc = 7", "Jmin = 20", "Jmax = 90", "I1 = <r 20>"]
    desk.db.execute("""UPDATE server SET parameters = '{"Jc": "9", "H1": "77"}'""")
    desk.settings = replace(settings, client_parameters={"Jc": "off"})
    assert "Jc = 4" in conf(desk, config_id), "AmneziaVPN needs one: the makers' own"


def test_a_plain_server_stays_plain_whatever_the_owner_wishes(desk: Desk, settings: Settings, config_id: int) -> None:
    desk.db.execute("UPDATE server SET parameters = '{}'")
    desk.settings = replace(settings, client_parameters={"Jc": "7"})
    assert not [line for line in conf(desk, config_id) if line.startswith("Jc")]
