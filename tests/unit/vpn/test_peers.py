"""Wanted peers against live ones: unwanted ones go, missing ones come, foreign ones stay."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from ipaddress import ip_interface
from pathlib import Path

import pytest

from lib.errors import AwgError
from lib.store.configs import WantedPeer
from lib.vpn.interface import Addresses, Interface, LivePeer, parse_dump
from lib.vpn.peers import Difference, PeersFile, compare, live_among, render_peers
from tests.unit.vpn.dump import OTHER, PEER, PSK

KEYS = {letter: f"{letter * 43}=" for letter in "ABCDXZ"}


def wanted(letter: str, host: int) -> WantedPeer:
    return WantedPeer(KEYS[letter], KEYS["Z"], f"10.8.0.{host}/32")


def live(letter: str, *addresses: str, preshared: str | None = KEYS["Z"]) -> LivePeer:
    return LivePeer(KEYS[letter], preshared, ",".join(addresses), None, 0, 0, 0)


OURS = {KEYS["A"], KEYS["B"], KEYS["C"]}


OWN = (ip_interface("10.8.0.1/24"), ip_interface("fd42::1/64"))


def difference_between(
    wanted: Sequence[WantedPeer], peers: Sequence[LivePeer], addresses: Addresses = OWN
) -> Difference:
    return compare(wanted, Interface("", 0, {}, tuple(peers), addresses=addresses), OURS)


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


@pytest.mark.parametrize("address", ["10.9.0.2/32", "10.8.0.1/32", "fd43::2/128", "10.8.1.0/32"])
def test_a_peer_outside_the_interface_s_networks_is_told_and_left_as_it_is(address: str) -> None:
    lost, found = wanted("A", 2)._replace(allowed_ips=address), wanted("B", 3)
    difference = difference_between([lost, found], [])
    assert (difference.add, difference.outside) == ((found,), (address,))
    difference = difference_between([lost], [live("A", address), live("C", "10.8.0.4/32")])
    assert (difference.add, difference.remove, difference.outside) == ((), (KEYS["C"],), (address,))


def test_a_peer_of_which_one_address_is_outside_goes_on_with_the_other() -> None:
    both = wanted("A", 2)._replace(allowed_ips="10.8.0.2/32,fd43::2/128")
    difference = difference_between([both], [])
    assert [peer.allowed_ips for peer in difference.add] == ["10.8.0.2/32"]
    assert difference.outside == ("fd43::2/128",)
    for seen in (live("A", "10.8.0.2/32"), live("A", "10.8.0.2/32", "fd43::2/128")):
        assert difference_between([both], [seen]).add == (), "it is as good as it can be"


def test_a_peer_without_any_fitting_address_is_never_live_and_gets_no_file() -> None:
    seen = Interface("", 0, {}, (live("A"),), addresses=OWN)
    lost = wanted("A", 2)._replace(allowed_ips="10.9.0.2/32")
    assert compare([lost], seen, OURS).add == ()
    assert live_among([lost], seen) == []  # type: ignore[list-item]


def test_without_addresses_nobody_is_inside() -> None:
    assert difference_between([wanted("A", 2)], [], ()).outside == ("10.8.0.2/32",)


def test_the_order_of_addresses_does_not_matter() -> None:
    both = wanted("A", 2)._replace(allowed_ips="10.8.0.2/32,fd42::2/128")
    line = f"{KEYS['A']}\t{KEYS['Z']}\t(none)\tfd42::2/128,10.8.0.2/32\t0\t0\t0\toff"
    seen = parse_dump(f"{KEYS['X']}\t51820\toff\n{line}\n")
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


def test_peers_are_rendered_as_blocks() -> None:
    specs = [WantedPeer(PEER, PSK, "10.8.0.2/32,fd00::2/128"), WantedPeer(OTHER, "", "10.8.0.3/32")]
    assert render_peers(specs) == (
        f"[Peer]\nPublicKey = {PEER}\nPresharedKey = {PSK}\nAllowedIPs = 10.8.0.2/32,fd00::2/128\n"
        "\n"
        f"[Peer]\nPublicKey = {OTHER}\nPresharedKey = {'A' * 43}=\nAllowedIPs = 10.8.0.3/32\n"
    )
    assert render_peers([]) == ""


@pytest.mark.parametrize(
    "spec",
    [
        WantedPeer(f"{PEER}\nPublicKey = {OTHER}", PSK, "10.8.0.2/32"),
        WantedPeer(PEER, f"{PSK}\nEndpoint = 192.0.2.1:1", "10.8.0.2/32"),
        WantedPeer(PEER, PSK, "10.8.0.2/32\n[Interface]"),
        WantedPeer(PEER, PSK, "10.8.0.2/32, 0.0.0.0/0"),
        WantedPeer(PEER, PSK, ""),
        WantedPeer("short", PSK, "10.8.0.2/32"),
    ],
)
def test_a_malformed_peer_is_never_written(spec: WantedPeer) -> None:
    with pytest.raises(AwgError) as caught:
        render_peers([spec])
    assert caught.value.kind == "garbage"
    assert PSK not in str(caught.value)
