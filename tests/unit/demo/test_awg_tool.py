"""The demo's stand-in for awg: its keys against RFC 7748 and `wg`, its conduct against the words of the real tool."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from ipaddress import ip_interface
from itertools import pairwise
from pathlib import Path

import pytest

from lib.demo import awg_state, x25519
from lib.errors import AwgError
from lib.store.configs import WantedPeer
from lib.vpn import obfuscation
from lib.vpn.awg import Awg, LivePeer
from tests.needs import need_tools

SCRIPT = Path(__file__).resolve().parents[3] / "lib" / "demo" / "awg_tool.py"


@dataclass(frozen=True)
class Tool:
    """The stand-in with a state file of its own, as the demo and as the bot start it."""

    state: Path

    @property
    def command(self) -> tuple[str, ...]:
        return ("env", f"AWG_TOOL_STATE={self.state}", sys.executable, str(SCRIPT))

    @property
    def awg(self) -> Awg:
        return Awg((*self.command, "awg"), "awg0")

    def run(self, *words: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.command, *words], input=stdin, text=True, capture_output=True, timeout=20,
            env={"PATH": os.environ["PATH"], **environment},
        )  # fmt: skip

    def ok(self, *words: str, stdin: str = "", **environment: str) -> str:
        done = self.run(*words, stdin=stdin, **environment)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def peers(self) -> dict[str, LivePeer]:
        return {peer.public_key: peer for peer in self.awg.show().peers}


@pytest.fixture
def tool(tmp_path: Path) -> Tool:
    fresh = Tool(tmp_path / "state.json")
    fresh.ok("awg-quick", "up", "awg0")
    return fresh


def key_of(number: int) -> str:
    """Give a public key that is easy to tell from others."""
    return x25519.encode(bytes([number] * 32))


def spec(number: int, *allowed_ips: str) -> WantedPeer:
    return WantedPeer(key_of(number), key_of(200 + number), ",".join(allowed_ips) or f"10.8.0.{number}/32")


def test_it_works(tool: Tool) -> None:
    keys = tool.awg.generate_keys()
    tool.awg.add_peers([WantedPeer(keys.public, keys.preshared, "10.8.0.2/32,fd00::2/128")])
    live = tool.awg.show()
    assert live.peers == (LivePeer(keys.public, keys.preshared, "10.8.0.2/32,fd00::2/128", None, 0, 0, 0),)
    assert (live.port, obfuscation.version(live.parameters)) == (51820, "2.0")
    tool.awg.remove_peers([keys.public, key_of(9)])
    assert tool.awg.show().peers == ()
    assert tool.awg.version().startswith("amneziawg-tools v")


def test_the_parameters_and_addresses_are_sound(tool: Tool) -> None:
    obfuscation.check(tool.awg.show().parameters)
    v4, v6 = tool.awg.addresses()
    assert v4 == ip_interface("10.8.0.1/24")
    assert v6.network.prefixlen == 64
    assert v6.is_private
    assert v6.version == 6


@pytest.mark.parametrize("_", range(50))
def test_every_drawn_set_is_sound(_: int) -> None:
    settings = awg_state.new_interface().settings
    parameters = obfuscation.read([settings[key] for key in awg_state.SETTINGS])
    obfuscation.check(parameters)
    sizes = [148 + int(parameters["S1"]), 92 + int(parameters["S2"]), 64 + int(parameters["S3"])]
    assert len(set(sizes)) == 3


@pytest.mark.parametrize(
    ("scalar", "point", "product"),
    [
        (
            "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
            "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
            "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
        ),
        (
            "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
            "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
            "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
        ),
    ],
)
def test_multiplication_agrees_with_rfc_7748(scalar: str, point: str, product: str) -> None:
    assert x25519.multiply(bytes.fromhex(scalar), bytes.fromhex(point)).hex() == product


def test_repeated_multiplication_agrees_with_rfc_7748() -> None:
    k = u = bytes([9, *[0] * 31])
    for _ in range(1000):
        k, u = x25519.multiply(k, u), k
    assert k.hex() == "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"


def test_a_shared_secret_agrees_with_rfc_7748() -> None:
    alices_public = bytes.fromhex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
    bob = bytes.fromhex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
    assert x25519.multiply(bob).hex() == "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
    shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
    assert x25519.multiply(bob, alices_public).hex() == shared


def test_keys_agree_with_the_real_tool(tool: Tool) -> None:
    need_tools("wg")
    for _ in range(5):
        private = tool.ok("awg", "genkey")
        real = subprocess.run(["wg", "pubkey"], input=private, text=True, capture_output=True, check=True)
        assert tool.ok("awg", "pubkey", stdin=private) == real.stdout


def test_the_interface_lives_from_up_to_down(tmp_path: Path) -> None:
    tool = Tool(tmp_path / "state.json")
    with pytest.raises(AwgError, match="No such device") as caught:
        tool.awg.show()
    assert caught.value.kind == "no_interface"
    assert tool.ok("awg", "show", "interfaces") == ""
    tool.ok("awg-quick", "up", "awg0")
    assert tool.ok("awg", "show", "interfaces") == "awg0\n"
    before = tool.awg.show()
    tool.awg.add_peers([spec(2)])
    tool.ok("awg-quick", "down", "awg0")
    with pytest.raises(AwgError, match="does not exist"):
        tool.awg.addresses()
    tool.ok("awg-quick", "up", "awg0")
    after = tool.awg.show()
    assert after.index != before.index, "it was made anew, so its counters are others"
    assert replace(after, index=before.index) == before, "the same keys and parameters, and no peers"


def test_up_brings_the_peers_of_the_file(tmp_path: Path) -> None:
    tool, saved = Tool(tmp_path / "state.json"), tmp_path / "peers.conf"
    tool.ok("awg-quick", "up", "awg0", AWG_TOOL_PEERS=str(saved))
    tool.ok("awg-quick", "down", "awg0")
    saved.write_text(f"[Peer]\nPublicKey = {key_of(2)}\nAllowedIPs = 10.8.0.2/32 # by hand\n")
    tool.ok("awg-quick", "up", "awg0", AWG_TOOL_PEERS=str(saved))
    assert tool.peers()[key_of(2)].allowed_ips == "10.8.0.2/32"


def test_addresses_are_silently_taken_as_by_the_real_one(tool: Tool) -> None:
    tool.awg.add_peers([spec(2, "10.8.0.2/32", "10.8.0.3/32"), spec(3, "10.8.0.3/32")])
    tool.ok("awg", "set", "awg0", "peer", key_of(4), "allowed-ips", "10.8.0.2")
    peers = tool.peers()
    assert [peers[key_of(n)].allowed_ips for n in (2, 3, 4)] == ["", "10.8.0.3/32", "10.8.0.2/32"]


def test_adding_an_existing_peer_replaces_its_addresses_and_keeps_its_counters(tool: Tool) -> None:
    tool.awg.add_peers([spec(2)])
    tool.ok("demo", "online", key_of(2))
    tool.ok("demo", "offline", key_of(2))
    before = tool.peers()[key_of(2)]
    tool.awg.add_peers([WantedPeer(key_of(2), "", "10.8.0.9/32")])
    after = tool.peers()[key_of(2)]
    assert (after.allowed_ips, after.preshared_key) == ("10.8.0.9/32", None)
    assert (after.received, after.sent) == (before.received, before.sent)
    assert before.sent > 0


def test_a_block_without_addresses_takes_those_that_the_peer_had(tool: Tool) -> None:
    tool.awg.add_peers([spec(2)])
    tool.ok("awg", "addconf", "awg0", "/dev/stdin", stdin=f"[Peer]\nPublicKey = {key_of(2)}\n")
    assert tool.peers()[key_of(2)].allowed_ips == ""


def test_set_changes_one_peer_and_the_interface(tool: Tool) -> None:
    words = ["preshared-key", "/dev/stdin", "allowed-ips", "10.8.0.2/32,fd00::2/64", "persistent-keepalive", "25"]
    psk, private = key_of(7), tool.ok("awg", "genkey")
    tool.ok("awg", "set", "awg0", "jc", "7", "listen-port", "443", "peer", key_of(2), *words, stdin=psk)
    tool.ok("awg", "set", "awg0", "private-key", "/dev/stdin", stdin=private)
    live = tool.awg.show()
    assert (live.port, live.parameters["Jc"]) == (443, "7")
    assert live.public_key == tool.ok("awg", "pubkey", stdin=private).strip()
    assert (live.peers[0].preshared_key, live.peers[0].allowed_ips) == (psk, "10.8.0.2/32,fd00::/64")


NO_KEY = "Key is not the correct length or format: `AAAA'\n"


@pytest.mark.parametrize(
    ("words", "stdin", "error"),
    [
        ("awg show awg1 dump", "", "Unable to access interface: No such device\n"),
        ("awg set awg1 listen-port 1", "", "Unable to modify interface: No such device\n"),
        ("awg addconf awg1 /dev/stdin", "", "Unable to modify interface: No such device\n"),
        ("awg set awg0 peer AAAA remove", "", NO_KEY),
        ("awg set awg0 foo", "", "Invalid argument: foo\n"),
        ("awg set awg0 foo bar", "", "Invalid argument: foo\n"),
        ("awg addconf awg0 /nowhere", "", "fopen: No such file or directory\n"),
        ("awg addconf awg0 /dev/stdin", "[Peer]\nPublicKey = AAAA\n", f"{NO_KEY}Configuration parsing error\n"),
        ("awg addconf awg0 /dev/stdin", "Foo = 1\n", "Line unrecognized: `Foo=1'\nConfiguration parsing error\n"),
        (
            "awg addconf awg0 /dev/stdin", "[Peer]\nAllowedIPs = 10.8.0.999/32\n",
            "Unable to parse IP address: `10.8.0.999'\nConfiguration parsing error\n",
        ),
        (
            "awg addconf awg0 /dev/stdin", "[Peer]\nAllowedIPs = 10.8.0.9/99\n",
            "AllowedIP is not in the correct format: `10.8.0.9/99'\nConfiguration parsing error\n",
        ),
        ("awg addconf awg0 /dev/stdin", "[Peer]\n", "A peer is missing a public key\nInvalid configuration\n"),
        ("awg pubkey", "AAAA\n", "awg: Key is not the correct length or format\n"),
        ("awg pubkey", "A" * 42 + "B=\n", "awg: Key is not the correct length or format\n"),
        ("ip -j address show dev awg1", "", 'Device "awg1" does not exist.\n'),
        ("awg-quick up awg0", "", "awg-quick: `awg0' already exists\n"),
        ("awg-quick down awg1", "", "awg-quick: `awg1' is not a WireGuard interface\n"),
        ("demo online AAAA", "", "No such peer\n"),
    ],
)  # fmt: skip
def test_errors_have_the_real_tools_words_and_change_nothing(tool: Tool, words: str, stdin: str, error: str) -> None:
    before = tool.state.read_text()
    done = tool.run(*words.split(), stdin=stdin)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", error)
    assert tool.state.read_text() == before


@pytest.mark.parametrize("words", ["", "awg", "awg foo", "awg show", "awg set awg0", "ip link", "awg-quick", "demo on"])
def test_unknown_words_are_answered_with_the_usage(tool: Tool, words: str) -> None:
    done = tool.run(*words.split())
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Usage: ")


def test_without_a_state_file_it_says_what_to_set() -> None:
    done = subprocess.run(
        [sys.executable, SCRIPT, "awg", "show", "awg0", "dump"], capture_output=True, text=True, env={}
    )
    assert done.returncode == 1
    assert "AWG_TOOL_STATE is not set" in done.stderr


def test_the_state_is_for_its_owner_alone(tool: Tool) -> None:
    assert stat.S_IMODE(tool.state.stat().st_mode) == 0o600


def test_changes_at_the_same_time_lose_nothing(tool: Tool) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: tool.awg.add_peers([spec(number)]), range(2, 18)))
    assert len(tool.peers()) == 16
    assert sorted(path.name for path in tool.state.parent.iterdir()) == ["state.json", "state.json.lock"]


def test_a_peer_comes_online_some_seconds_after_it_is_added(tool: Tool) -> None:
    tool.awg.add_peers([spec(2)])
    added = json.loads(tool.state.read_text())["awg0"]["peers"][key_of(2)]
    assert 0 < added["online_since"] - time.time() < 10
    peer = awg_state.Peer(**added)
    assert awg_state.observe(key_of(2), peer, added["online_since"] - 1) == (0, 0, 0, "(none)")
    handshake_at, received, sent, endpoint = awg_state.observe(key_of(2), peer, added["online_since"] + 1)
    assert handshake_at == int(added["online_since"])
    assert min(received, sent) > 0
    assert endpoint.startswith("198.51.100.")


def test_peers_go_online_and_offline_when_told(tool: Tool) -> None:
    tool.awg.add_peers([spec(2), spec(3)])
    tool.ok("demo", "online", key_of(2))
    first = tool.peers()
    assert (first[key_of(2)].handshake_at > 0, first[key_of(3)].handshake_at) == (True, 0)
    tool.ok("demo", "offline", "all")
    still = tool.peers()
    assert still == tool.peers()
    assert still[key_of(2)].sent >= first[key_of(2)].sent > 0


def test_everybody_downloads_when_told(tool: Tool) -> None:
    tool.awg.add_peers([spec(2), spec(3)])
    tool.ok("demo", "offline", key_of(3))
    tool.ok("demo", "download", "5000000")
    for peer in tool.peers().values():
        assert 5_000_000 <= peer.sent < 6_000_000
        assert 250_000 <= peer.received < 400_000
        assert time.time() - peer.handshake_at < 5


def test_who_was_sent_offline_stays_so_when_the_interface_comes_anew(tool: Tool) -> None:
    tool.awg.add_peers([spec(2)])
    tool.ok("demo", "offline", "all")
    tool.ok("awg-quick", "down", "awg0")
    tool.ok("awg-quick", "up", "awg0")
    tool.awg.add_peers([spec(2)])
    time.sleep(4.1)
    (peer,) = tool.awg.show().peers
    assert (peer.handshake_at, peer.sent) == (0, 0)
    tool.ok("demo", "online", "all")
    assert tool.awg.show().peers[0].handshake_at


def test_a_month_that_is_skipped_moves_no_bytes_and_takes_nobody_offline(tool: Tool) -> None:
    tool.awg.add_peers([spec(2), spec(3), spec(4)])
    tool.ok("demo", "online", key_of(2))
    tool.ok("demo", "offline", key_of(3))
    before = tool.peers()
    tool.ok("demo", "clock", str(30 * 86400))
    after, month = tool.peers(), time.time() + 30 * 86400
    assert before[key_of(2)].sent <= after[key_of(2)].sent < before[key_of(2)].sent + 10**7
    assert abs(after[key_of(2)].handshake_at - month) < 10
    assert after[key_of(3)] == before[key_of(3)]
    waking = json.loads(tool.state.read_text())["awg0"]["peers"][key_of(4)]
    assert abs(waking["online_since"] - month) < 10
    tool.awg.add_peers([spec(5)])
    assert json.loads(tool.state.read_text())["awg0"]["peers"][key_of(5)]["online_since"] > month - 10


@pytest.mark.parametrize("number", range(0, 250, 25))
def test_traffic_grows_and_handshakes_are_fresh(number: int) -> None:
    peer = awg_state.Peer(online_since=1_000_000.0, received=10, sent=20)
    seen = [awg_state.observe(key_of(number), peer, 1_000_000.0 + second) for second in range(0, 4000, 7)]
    for now, later in pairwise(seen):
        assert now[1] < later[1]
        assert now[2] < later[2]
    assert all(0 <= 1_000_000 + second - at < 125 for second, (at, *_) in zip(range(0, 4000, 7), seen, strict=True))
    assert seen == [awg_state.observe(key_of(number), peer, 1_000_000.0 + second) for second in range(0, 4000, 7)]
    assert 1_000 < (seen[-1][2] - seen[0][2]) / 4000 < 10_000_000, "bytes a second of a living person"
