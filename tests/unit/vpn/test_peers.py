"""Wanted against live: what falls out goes, what is missing comes, what is not ours stays."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lib.store.configs import Config
from lib.vpn.awg import LivePeer
from lib.vpn.peers import PeersFile, compare

KEYS = {letter: f"{letter * 43}=" for letter in "ABCDXZ"}


def config(letter: str, host: int) -> Config:
    keys = (KEYS[letter], "p", KEYS["Z"])
    return Config(host, 100, host, letter, f"10.8.0.{host}", None, *keys, 1, 0, *[None] * 6)


def live(letter: str, *addresses: str, preshared: str | None = KEYS["Z"]) -> LivePeer:
    return LivePeer(KEYS[letter], preshared, None, addresses, 0, 0, 0)


OURS = {KEYS["A"], KEYS["B"], KEYS["C"]}


def test_it_works() -> None:
    difference = compare([config("A", 2), config("B", 3)], [live("B", "10.8.0.3/32"), live("C", "10.8.0.4/32")], OURS)
    assert [c.name for c in difference.add] == ["A"]
    assert difference.remove == (KEYS["C"],)


def test_equal_means_nothing_to_do() -> None:
    difference = compare([config("A", 2)], [live("A", "10.8.0.2/32")], OURS)
    assert (difference.add, difference.remove, difference.conflicts) == ((), (), ())


def test_a_peer_made_by_hand_stays() -> None:
    assert compare([], [live("X", "10.8.0.9/32")], OURS).remove == ()


def test_a_peer_changed_by_hand_is_put_right() -> None:
    changed = [live("A", "10.8.0.2/32", preshared=None), live("B"), live("C", "10.8.0.4/32", "10.8.0.77/32")]
    difference = compare([config("A", 2), config("B", 3), config("C", 4)], changed, OURS)
    assert [c.name for c in difference.add] == ["A", "B", "C"]


def test_an_address_of_a_peer_made_by_hand_is_not_taken_from_it() -> None:
    difference = compare([config("A", 2), config("B", 3)], [live("X", "10.8.0.2/32")], OURS)
    assert [c.name for c in difference.add] == ["B"]
    assert difference.conflicts == ("10.8.0.2/32",)


def test_the_order_of_addresses_does_not_matter() -> None:
    both = replace(config("A", 2), address6="fd42::2")
    assert compare([both], [live("A", "fd42::2/128", "10.8.0.2/32")], OURS).add == ()


def test_the_file_for_postup_is_private_and_says_who_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "bot.peers"
    file = PeersFile(path)
    file.write([config("A", 2)])
    assert f"PublicKey = {KEYS['A']}" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    written = path.stat().st_ino
    for again in (file, PeersFile(path)):
        again.write([config("A", 2)])
        assert path.stat().st_ino == written
    file.write([])
    assert path.read_text() == ""


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_text("[Peer]\n"), lambda path: os.utime(path)])
def test_whatever_happens_to_the_file_is_put_right(tmp_path: Path, harm: Callable[[Path], object]) -> None:
    path = tmp_path / "bot.peers"
    file = PeersFile(path)
    file.write([config("A", 2)])
    right = path.read_text()
    harm(path)
    file.write([config("A", 2)])
    assert path.read_text() == right
