"""`andreyvpn check` says of each thing whether it is right, and never more than is proven."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lib import own_disguises
from lib.chat.texts import plain
from lib.console import check, check_interface
from lib.errors import AwgError
from lib.settings import Settings
from lib.store.preferences import set_preference
from lib.store.server import note_generation
from lib.vpn.interface import Interface
from lib.watch import way_out
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import open_desk
from tests.unit.stage import make_stage
from tests.unit.watch.surroundings import OWN, around, base, forwarding, seen, table

Say = Callable[..., list[str]]
SOUND = {"Jc": "4", "Jmin": "10", "Jmax": "50", "S1": "20", "S2": "90", "H1": "11", "H2": "12", "H3": "13", "H4": "14"}


class FakeAwg:
    """The way to an interface that a test describes."""

    world: Interface | AwgError = seen(around(OWN))

    def __init__(self, *_: object) -> None: ...

    def look(self, way_out: bool = False) -> Interface:
        assert way_out
        if isinstance(self.world, AwgError):
            raise self.world
        return self.world

    def close(self) -> None: ...


@pytest.fixture
def said(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Return what is said of an interface, and of its surroundings."""

    monkeypatch.setattr(way_out, "OLD_IPTABLES", ())

    def say(
        world: Interface | AwgError, module: str = "-", language: str = "en", **more: Any
    ) -> list[str]:
        monkeypatch.setattr(FakeAwg, "world", world)
        monkeypatch.setattr(check_interface, "Awg", FakeAwg)
        monkeypatch.setattr(check_interface, "module_version", lambda: module)
        lines: list[str] = []
        with monkeypatch.context() as patch:
            for name in ("_telegram", "_endpoint", "_machine", "_database"):
                patch.setattr(check, name, lambda settings: iter(()))
            code = check.check(replace(settings, language=language, **more), None, lines.append)
        assert code == int(any(line.startswith("❌") for line in lines))
        return lines

    return say


def interface(*tables: object, addresses: tuple[str, ...] = ("10.8.0.1/16",), **more: object) -> Interface:
    return replace(seen(around(OWN, *tables, **more), *addresses), parameters=SOUND)  # type: ignore[arg-type]


def test_it_works(said: Say) -> None:
    lines = said(interface())
    assert all(line.startswith("✅") for line in lines), lines
    assert "✅ The firewall lets friends' traffic through" in lines
    assert "✅ Friends' traffic leaves with the server's address" in lines
    assert any("UDP port 51820" in line and "provider" in line for line in lines)
    assert all(re.search("[а-яё]", line) for line in said(interface(), language="ru"))


@pytest.mark.parametrize(("step", "sign"), [("taken", "✅"), ("trying", "❌"), ("undone", "❌")])
def test_a_server_that_was_taken_over_is_named(settings: Settings, tmp_path: Path, step: str, sign: str) -> None:
    noted = tmp_path / "taken-over.json"
    noted.write_text(json.dumps({"step": step, "container": "amnezia-awg", "interface": "awg0"}))
    [(level, key, values)] = check._take_over(tmp_path / "andreyvpn.env", settings)
    assert check.SIGNS[level] == sign
    for language in ("en", "ru"):
        assert "amnezia-awg" in plain(language, key, **values)
    for text in ("", "[]", "{}"):
        noted.write_text(text)
        assert not [*check._take_over(tmp_path / "andreyvpn.env", settings)]


def test_what_drops_is_named_with_what_to_type(said: Say) -> None:
    closed = table("mine", base("forward", policy="drop"), base("input", policy="drop"))
    text = "\n".join(said(interface(closed)))
    assert "❌ The firewall stops friends' IPv4 traffic: inet mine forward. Type" in text
    assert "nft insert rule inet mine forward iifname awg0 oifname eth0 accept" in text
    assert "nft insert rule inet mine input udp dport 51820 accept" in text
    assert "✅ The firewall" not in text


def test_a_masquerade_of_docker_is_no_green_line(said: Say) -> None:
    docker = [{"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}},
                         "right": {"prefix": {"addr": "172.17.0.0", "len": 16}}}}, {"masquerade": None}]  # fmt: skip
    world = seen(around(table("nat", base("postrouting", docker), family="ip")))
    text = "\n".join(said(replace(world, parameters=SOUND)))
    assert "no masquerade covers them" in text
    assert "ip saddr 10.8.0.0/16 oifname eth0 masquerade" in text


@pytest.mark.parametrize("hidden", [{"firewall": None}, {"routes": []}])
def test_what_is_not_seen_is_no_green_line(said: Say, hidden: dict[str, object]) -> None:
    lines = said(interface(**hidden))
    assert not any("traffic" in line and line.startswith("✅") for line in lines)
    assert any(line.startswith(("⚠️", "❌")) for line in lines)


def test_forwarding_that_is_off_is_wrong(said: Say) -> None:
    off = forwarding(all=False, awg0=False, eth0=False)
    assert any("net.ipv4.ip_forward=1" in line for line in said(interface(forwarding=off)))


def test_an_interface_without_ipv4_is_told_what_to_add(said: Say) -> None:
    (line,) = [line for line in said(interface(addresses=("fd10:8::1/64",))) if "no IPv4 address" in line]
    assert line.startswith("❌")
    assert "fd10:8::1/64" in line
    assert "Address = 10.8.0.1/16" in line


def test_a_disguise_that_no_file_gets_is_told(said: Say) -> None:
    own = own_disguises.read("Bad: Jc = 3; Jmin = 90; Jmax = 40 | Good: Jc = 3; Jmin = 40 | Packets: I1 = <r 40>")
    lines = said(replace(seen(around(OWN)), parameters=SOUND), client_disguises=own, client_disguise="dns")
    told = [line for line in lines if "isguise" in line or "DISGUISE" in line]
    assert [line.split("”")[0] for line in told] == [
        "⚠️  The disguise “Bad", "⚠️  The disguise “Packets", "⚠️  CLIENT_DISGUISE: this server has no “dns",
    ]  # fmt: skip
    assert told[2].endswith("It has: Good, quiet, server, none")


def test_a_usual_port_that_leads_nowhere_is_told(said: Say, db: sqlite3.Connection) -> None:
    def told(**changes: object) -> list[str]:
        return [line for line in said(interface(), **changes) if "USUAL_PORT" in line]

    assert told() == told(usual_port=443, second_ports=(443,)) == told(usual_port=51820) == []
    (line,) = told(usual_port=444, second_ports=(443,))
    assert line == (
        "⚠️  USUAL_PORT: 444 doesn't lead to the tunnel, so new files use 51820. It can be one of: 51820, 443"
    )
    set_preference(db, "USUAL_PORT", "500")
    assert "500 doesn't lead" in told()[0], "what was set in the chat counts"


def test_second_ports_that_are_not_applied_are_told(said: Say) -> None:
    world = interface()
    assert world.surroundings
    world = replace(world, surroundings=world.surroundings._replace(table='{"nftables": []}'))
    (line,) = [line for line in said(world, second_ports=(443, 51820)) if "SECOND_PORTS" in line]
    assert line.startswith("⚠️  SECOND_PORTS that don't lead to the tunnel yet: 443.")
    for other in (said(world), said(interface(), second_ports=(443,))):
        assert not any("SECOND_PORTS" in line for line in other), "there are none, or the rules are the owner's"


def test_versions_are_advice(said: Say) -> None:
    world = replace(interface(), kind="amneziawg")
    assert not any("version" in line for line in said(world, module="3.0.20260805"))
    (line,) = [line for line in said(world, module="1.0.20251009") if "kernel module" in line]
    assert line.startswith("⚠️")
    assert "3.1" in line
    assert "1.0" in line


def test_addresses_outside_the_interface_are_told_with_both_networks(
    said: Say, settings: Settings, db: sqlite3.Connection
) -> None:
    make_stage(open_desk(db, settings), settings).give_config()
    (line,) = [line for line in said(interface(addresses=("10.66.0.1/16",))) if "10.8.0.2/32" in line]
    assert line.startswith("❌")
    assert "10.66.0.0/16" in line
    assert "ip address add 10.8.0.1/24 dev awg0" in line


@pytest.mark.parametrize(
    ("kind", "words"), [("no_node", "systemctl status andreyvpn-node.socket"), ("refused", "journalctl -u andreyvpn")]
)
def test_a_node_that_does_not_answer_is_told_as_that(said: Say, kind: str, words: str) -> None:
    for language in ("en", "ru"):
        (line,) = [line for line in said(AwgError("x", kind), language=language) if line.startswith("❌")]
        assert words in line


@pytest.mark.parametrize(("speaks", "first", "sign", "words"), [
    ({}, "router", "✅", "With 3.1, 1 of 3 configs would have no app, and 2"),
    ({"RandomTrailers": "on"}, "router", "⚠️", "1 of 3 configs have no app that understands AmneziaWG 3.1; 2"),
    ({"RandomTrailers": "on"}, "mac", "✅", "0 of 3 configs have no app that understands AmneziaWG 3.1; 3"),
])  # fmt: skip
def test_who_would_be_left_behind_by_newer_parameters_is_told(
    said: Say, settings: Settings, db: sqlite3.Connection, speaks: dict[str, str], first: str, sign: str, words: str
) -> None:
    desk = open_desk(db, settings)
    desk.is_let_in(100)
    for platform in (first, "iphone", "windows"):
        hold_config(db, 100, desk.now, platform, platform=platform)
    note_generation(db, "server key", {**SOUND, **speaks}, "vpn.example.org:1", desk.now)
    (line,) = [line for line in said(interface()) if "of 3 configs" in line]
    assert line.startswith(sign)
    assert words in line
    assert any("из 3" in line for line in said(interface(), language="ru"))


def test_nobody_is_left_behind_by_plain_wireguard_or_without_configs(
    said: Say, settings: Settings, db: sqlite3.Connection
) -> None:
    desk = open_desk(db, settings)
    assert not any("no app" in line for line in said(interface()))
    desk.is_let_in(100)
    hold_config(db, 100, desk.now)
    note_generation(db, "server key", {}, "vpn.example.org:1", desk.now)
    assert not any("no app" in line for line in said(interface()))


@pytest.mark.parametrize(("s4", "told"), [("44", False), ("45", True)])
def test_a_padding_that_keys_can_not_carry_is_told(said: Say, s4: str, told: bool) -> None:
    lines = said(replace(interface(), parameters={**SOUND, "S4": s4}))
    assert any(line.startswith("⚠️") and f"S4 is {s4}" in line for line in lines) == told


def test_limits_that_stand_and_those_that_do_not_are_told_apart(
    said: Say, settings: Settings, db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for tool in ("tc", "nft"):
        (tmp_path / tool).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    stage, own = make_stage(open_desk(db, settings), settings), table("andreyvpn_fence_awg0", base("postrouting"))
    stage.give_config()

    def told(*tables: object, language: str = "en", speed_kbit: int = 5000) -> list[str]:
        lines = said(interface(*tables), language=language, speed_kbit=speed_kbit)
        return [line for line in lines if re.search("Limits|Ограничения", line)]

    assert told(own, speed_kbit=0) == []
    assert told(own) == ["✅ Limits are in place; friends with a speed limit: 1, configs that reach only Telegram: 0"]
    assert told() == ["⚠️  Limits are not in place. If the bot is running, it sets them within a minute"]
    stage.awg.fence_trouble = AwgError("awg0 has a queue that is not ours: cake")
    db.execute("UPDATE users SET speed_kbit = 2000 WHERE id = 100")
    stage.round()
    assert told(own) == ["❌ Limits can't be enforced: awg0 has a queue that is not ours: cake"]
    monkeypatch.setattr(check_interface.shutil, "which", lambda name, **_: None if name == "tc" else name)
    assert told() == ["❌ Limits can't be enforced: the command tc is missing. Type: apt install iproute2"]
    assert len(told(language="ru")) == 1


def test_who_reaches_telegram_alone_is_no_peer_too_many(said: Say, settings: Settings, db: sqlite3.Connection) -> None:
    stage, own = make_stage(open_desk(db, settings), settings), table("andreyvpn_fence_awg0", base("prerouting"))
    key = stage.give_config()
    db.execute("UPDATE users SET quota_bytes = 1000 WHERE id = 100")
    stage.awg.move(key, 10, 2000)
    stage.round(60)
    assert key in stage.awg.peers
    world = replace(interface(own), peers=tuple(stage.awg.peers.values()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lib.console.check_interface.time.time", lambda: stage.desk.now)
        lines = said(world)
    assert "✅ Peers match the database: 1" in lines
    assert any("configs that reach only Telegram: 1" in line for line in lines)


INSIDE = ("docker", "exec", "-i", "amnezia-awg2", "awg")


def test_a_server_that_stays_in_its_container(said: Say, settings: Settings, db: sqlite3.Connection) -> None:
    stage = make_stage(open_desk(db, settings), replace(settings, awg_command=INSIDE))
    stage.round()
    world = replace(interface(), peers=tuple(stage.awg.peers.values()))
    lines = said(world, awg_command=INSIDE)
    assert any(line.startswith("✅ The container amnezia-awg2 starts with the bot's peers") for line in lines)
    stage.awg.list_trouble = "list"
    stage.round(60)
    lines = said(world, awg_command=INSIDE)
    assert any(line.startswith("❌ The files in the container amnezia-awg2 are out of date: ") for line in lines)
    without = replace(world, surroundings=world.surroundings and world.surroundings._replace(firewall=None))
    lines = said(without, awg_command=INSIDE)
    assert any("The container amnezia-awg2 has no nft" in line for line in lines)
    assert not any("apt install" in line for line in lines)
    lines = said(AwgError("Error response from daemon: container x is not running", "no_interface"), awg_command=INSIDE)
    assert any("docker start amnezia-awg2" in line for line in lines)
