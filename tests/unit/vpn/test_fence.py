"""The fence's projection: asked for only where one is wanted or was put up, and put right each round."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from ipaddress import ip_interface
from typing import Any

import pytest

from lib.errors import AwgError
from lib.settings import Settings
from lib.values import Choice
from lib.vpn.fence import NOTHING, Projection, Wanted, wanted
from lib.vpn.interface import Interface, Surroundings

SEEN = Interface("key", 51820, {}, (), addresses=(ip_interface("10.8.0.1/24"), ip_interface("fd10:8::1/64")))
TABLE = '{"nftables": [{"table": {"family": "inet", "name": "andreyvpn_fence_awg0", "handle": 7}}]}'
OF_AN_EARLIER_RUN = replace(SEEN, surroundings=Surroundings(None, None, None, TABLE))
ONLY = ["10.8.0.9/32", "fd10:8::9/128"]


class Node:
    """Notes what it is asked for; fails, or has trouble with speeds, if it shall."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, Any, Any, str]] = []
        self.fault = ""
        self.trouble: str | None = None

    def fence(self, speeds: Any, only: Any, resolvers: Any, unless: str) -> tuple[str, str | None]:
        self.asked.append((speeds, only, resolvers, unless))
        if self.fault:
            raise AwgError(self.fault, "missing")
        return f"seen {len(self.asked)}" if speeds or only else "", self.trouble


@pytest.fixture
def node() -> Node:
    return Node()


@pytest.fixture
def projection(db: sqlite3.Connection, node: Node) -> Projection:
    return Projection(db, node)  # type: ignore[arg-type]


@pytest.fixture
def people(db: sqlite3.Connection) -> sqlite3.Connection:
    """Three friends: one with two devices and no limit of their own, one with a limit, one without any."""
    server = "INSERT INTO server VALUES (1, 'key', '{}', 'vpn.example.org:51820', 1)"
    users = "INSERT INTO users (id, full_name, language, created_at, speed_kbit) VALUES (?, 'F', 'en', 1, ?)"
    configs = """INSERT INTO configs (user_id, name, address, address6, public_key, generation, created_at, revoked_at)
                 VALUES (?, 'Phone', ?, ?, ?, 1, 1, ?)"""
    db.execute(server)
    db.executemany(users, [(1, None), (2, 2500), (3, 0)])
    db.executemany(configs, [
        (1, "10.8.0.2", "fd10:8::2", "a", None), (1, "10.8.0.3", None, "b", None), (1, "10.8.0.4", None, "c", 5),
        (2, "10.8.0.5", None, "d", None), (2, "10.9.0.5", None, "e", None), (3, "10.8.0.6", None, "f", None),
    ])  # fmt: skip
    return db


def test_it_works(people: sqlite3.Connection, settings: Settings) -> None:
    own = (2500, 2500, ["10.8.0.5/32"])  # the other address is in no network of the interface
    assert wanted(people, settings, SEEN, []) == Wanted((own,))
    usual = replace(settings, speed_kbit=10_000)
    first = (10_000, 10_000, ["10.8.0.2/32", "fd10:8::2/128", "10.8.0.3/32"])
    assert wanted(people, usual, SEEN, []) == Wanted((first, own))


def test_whom_it_keeps_to_telegram_reaches_every_resolver_that_files_name(
    db: sqlite3.Connection, settings: Settings
) -> None:
    family = Choice("Family", ("1.1.1.1", "1.1.1.3"))
    some = replace(settings, client_dns=("1.1.1.1", "1.0.0.1"), client_dns_choices=(family,))
    found = wanted(db, some, SEEN, [*ONLY, "10.77.0.2/32", "10.8.0.1/32"])
    assert found == Wanted((), tuple(ONLY), ("1.1.1.1", "1.0.0.1", "1.1.1.3"))


def test_it_is_asked_for_only_where_it_is_wanted(projection: Projection, node: Node, settings: Settings) -> None:
    for _ in range(3):
        assert projection.put_right(settings, SEEN, [], ["10.8.0.4/32"]) is None
    assert node.asked == []
    assert projection.put_right(settings, SEEN, ONLY) is None
    assert projection.put_right(settings, SEEN, ONLY) is None
    assert projection.put_right(settings, SEEN, ONLY[:1]) is None
    assert [unless for *_, unless in node.asked] == ["", "seen 1", ""]
    for _ in range(3):
        assert projection.put_right(settings, SEEN, []) is None
    assert [only for _, only, *_ in node.asked[3:]] == [()], "it is taken down once"


def test_what_an_earlier_run_put_up_is_taken_down(projection: Projection, node: Node, settings: Settings) -> None:
    assert projection.put_right(settings, OF_AN_EARLIER_RUN, []) is None
    assert projection.put_right(settings, SEEN, []) is None
    assert node.asked == [((), (), (), "")]


def test_whose_peer_is_about_to_go_does_not_get_the_internet_before(
    projection: Projection, node: Node, settings: Settings
) -> None:
    projection.put_right(settings, SEEN, ONLY)
    projection.put_right(settings, SEEN, [], [*ONLY, "10.8.0.0/24"])
    projection.put_right(settings, SEEN, [], [])
    assert [only for _, only, *_ in node.asked] == [tuple(ONLY), tuple(ONLY), ()]


def test_whom_an_earlier_run_kept_does_not_get_the_internet_before_going(
    people: sqlite3.Connection, projection: Projection, node: Node, settings: Settings
) -> None:
    """A speed limit is all that is wanted now, and the firewall can't be read."""
    projection.put_right(settings, SEEN, [], ONLY)
    assert [only for _, only, *_ in node.asked] == [tuple(ONLY)]


def test_a_failure_is_told_and_tried_again(projection: Projection, node: Node, settings: Settings) -> None:
    node.fault = "nft could not be run"
    for _ in range(2):
        assert projection.put_right(settings, SEEN, ONLY) == "nft could not be run"
        assert not projection.holds
    node.fault = ""
    assert projection.put_right(settings, SEEN, ONLY) is None
    assert projection.holds
    node.fault = "the node is gone"
    projection.put_right(settings, SEEN, ONLY)
    assert not projection.holds
    assert [unless for *_, unless in node.asked] == ["", "", "", "seen 3"]


def test_a_fence_that_could_not_be_taken_down_is_told_until_it_is_gone(
    projection: Projection, node: Node, settings: Settings
) -> None:
    node.fault = "nft failed"
    assert projection.put_right(settings, OF_AN_EARLIER_RUN, []) == "nft failed"
    assert projection.put_right(settings, SEEN, []) == "nft failed", "though the firewall is not looked at each time"
    node.fault = ""
    for _ in range(2):
        assert projection.put_right(settings, SEEN, []) is None
    assert len(node.asked) == 3


def test_where_only_the_speeds_fail_telegram_alone_holds(
    projection: Projection, node: Node, settings: Settings
) -> None:
    node.trouble = "awg0 has a queue that is not ours: cake"
    for _ in range(2):
        assert projection.put_right(settings, SEEN, ONLY) == node.trouble
        assert projection.holds
    assert [unless for *_, unless in node.asked] == ["", ""], "it is tried again"


def test_nobody_without_a_config_is_limited(db: sqlite3.Connection, settings: Settings) -> None:
    assert wanted(db, replace(settings, speed_kbit=10_000), SEEN, []) == NOTHING
