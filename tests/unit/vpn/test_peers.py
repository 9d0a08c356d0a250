"""Wanted peers against live ones: unwanted ones go, missing ones come, foreign ones stay."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from lib.store.configs import WantedPeer
from lib.vpn.awg import LivePeer, parse_dump
from lib.vpn.peers import Difference, PeersFile, compare

KEYS = {letter: f"{letter * 43}=" for letter in "ABCDXZ"}


def wanted(letter: str, host: int) -> WantedPeer:
    return WantedPeer(KEYS[letter], KEYS["Z"], f"10.8.0.{host}/32")


def live(letter: str, *addresses: str, preshared: str | None = KEYS["Z"]) -> LivePeer:
    return LivePeer(KEYS[letter], preshared, ",".join(addresses), None, 0, 0, 0)


OURS = {KEYS["A"], KEYS["B"], KEYS["C"]}


def difference_between(wanted: Sequence[WantedPeer], peers: Sequence[LivePeer]) -> Difference:
    return compare(wanted, {peer.public_key: peer for peer in peers}, OURS)


def test_it_works() -> None:
    seen = [live("B", "10.8.0.3/32"), live("C", "10.8.0.4/32")]
    difference = difference_between([wanted("A", 2), wanted("B", 3)], seen)
    assert [peer.public_key for peer in difference.add] == [KEYS["A"]]
    assert difference.remove == (KEYS["C"],)


def test_equal_means_nothing_to_do() -> None:
    difference = difference_between([wanted("A", 2)], [live("A", "10.8.0.2/32")])
    assert (difference.add, difference.remove, difference.conflicts) == ((), (), ())


def test_a_peer_made_by_hand_stays() -> None:
    assert difference_between([], [live("X", "10.8.0.9/32")]).remove == ()


def test_a_peer_changed_by_hand_is_put_right() -> None:
    changed = [live("A", "10.8.0.2/32", preshared=None), live("B"), live("C", "10.8.0.4/32", "10.8.0.77/32")]
    difference = difference_between([wanted("A", 2), wanted("B", 3), wanted("C", 4)], changed)
    assert [peer.public_key for peer in difference.add] == [KEYS["A"], KEYS["B"], KEYS["C"]]


def test_an_address_of_a_peer_made_by_hand_is_not_taken_from_it() -> None:
    difference = difference_between([wanted("A", 2), wanted("B", 3)], [live("X", "10.8.0.2/32")])
    assert [peer.public_key for peer in difference.add] == [KEYS["B"]]
    assert difference.conflicts == ("10.8.0.2/32",)


def test_the_order_of_addresses_does_not_matter() -> None:
    both = wanted("A", 2)._replace(allowed_ips="10.8.0.2/32,fd42::2/128")
    line = f"{KEYS['A']}\t{KEYS['Z']}\t(none)\tfd42::2/128,10.8.0.2/32\t0\t0\t0\toff"
    seen = parse_dump(f"{KEYS['D']}\t{KEYS['X']}\t51820\toff\n{line}\n")
    assert difference_between([both], seen.peers).add == ()


def test_the_file_for_postup_is_private_and_says_who_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "bot.peers"
    file = PeersFile(path)
    file.write([wanted("A", 2)])
    assert f"PublicKey = {KEYS['A']}" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    written = path.stat().st_ino
    for again in (file, PeersFile(path)):
        again.write([wanted("A", 2)])
        assert path.stat().st_ino == written
    file.write([])
    assert path.read_text() == ""


HARMS = (Path.unlink, lambda path: path.write_text("[Peer]\n"), lambda path: path.write_bytes(b"\xff"), os.utime)


@pytest.mark.parametrize("harm", HARMS, ids=["gone", "another", "garbage", "touched"])
def test_whatever_happens_to_the_file_is_put_right(tmp_path: Path, harm: Callable[[Path], object]) -> None:
    path = tmp_path / "bot.peers"
    file = PeersFile(path)
    file.write([wanted("A", 2)])
    right = path.read_text()
    harm(path)
    file.write([wanted("A", 2)])
    assert path.read_text() == right
