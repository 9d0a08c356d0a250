"""The demo's stand-in for awg, used through the bot's own code; its keys and messages are those of the real tool."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from ipaddress import ip_interface
from pathlib import Path

import pytest

from lib.demo.awg import simulation, x25519
from lib.errors import AwgError
from lib.store.configs import WantedPeer
from lib.vpn import obfuscation
from lib.vpn.awg import Awg
from lib.vpn.interface import LivePeer
from tests.needs import need_tools

SCRIPT = Path(__file__).resolve().parents[4] / "lib" / "demo" / "awg" / "tool.py"


@dataclass(frozen=True)
class Tool:
    """The stand-in with its own state file, run directly or by the bot's own `Awg`."""

    state: Path

    @property
    def command(self) -> tuple[str, ...]:
        return ("env", f"AWG_TOOL_STATE={self.state}", sys.executable, "-IS", str(SCRIPT))

    @cached_property
    def awg(self) -> Awg:
        return Awg((*self.command, "awg"), "awg0")

    def change(self, *peers: WantedPeer) -> None:
        """Add peers, by a connection of its own."""
        with closing(Awg((*self.command, "awg"), "awg0")) as awg:
            awg.change(peers)

    def run(self, *words: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.command, *words], input=stdin, text=True, capture_output=True, timeout=20,
            env={"PATH": os.environ["PATH"], **environment},
        )  # fmt: skip

    def ok(self, *words: str, stdin: str = "", **environment: str) -> str:
        done = self.run(*words, stdin=stdin, **environment)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def stored(self, number: int) -> simulation.StoredPeer:
        """Return a peer as it is stored."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AWG_TOOL_STATE", str(self.state))
            return simulation.load()["awg0"].peers[key_of(number)]

    def peers(self) -> dict[str, LivePeer]:
        return {peer.public_key: peer for peer in self.awg.look().peers}


@pytest.fixture
def downed(tmp_path: Path) -> Iterator[Tool]:
    """Return a tool whose interface is not up yet."""
    tool = Tool(tmp_path / "state")
    yield tool
    tool.awg.close()


@pytest.fixture
def tool(downed: Tool) -> Tool:
    downed.ok("awg-quick", "up", "awg0")
    return downed


def key_of(number: int) -> str:
    """Return a public key that is easy to recognize."""
    return x25519.encode(bytes([number] * 32))


def wanted(number: int, *allowed_ips: str) -> WantedPeer:
    return WantedPeer(key_of(number), key_of(200 + number), ",".join(allowed_ips) or f"10.8.0.{number}/32")


def test_it_works(tool: Tool) -> None:
    keys = tool.awg.generate_keys()
    addresses = f"10.8.0.2/32,{tool.awg.look().addresses[1].network[2]}/128"
    tool.awg.change(add=[WantedPeer(keys.public, keys.preshared, addresses)])
    live = tool.awg.look()
    assert live.peers == (LivePeer(keys.public, keys.preshared, addresses, None, 0, 0, 0),)
    assert (live.port, obfuscation.version(live.parameters)) == (51820, "2.0")
    tool.awg.change(remove=[keys.public, key_of(9)])
    assert tool.awg.look().peers == ()
    around = tool.awg.look(way_out=True).surroundings
    assert around is not None
    assert around.tool is not None
    assert around.tool.startswith("amneziawg-tools v")


def test_the_parameters_and_addresses_are_valid(tool: Tool) -> None:
    obfuscation.check(tool.awg.look().parameters)
    v4, v6 = tool.awg.look().addresses
    assert v4 == ip_interface("10.8.0.1/24")
    assert v6.network.prefixlen == 64
    assert v6.is_private
    assert v6.version == 6


def test_keys_agree_with_the_real_tool(tool: Tool) -> None:
    need_tools("wg")
    for _ in range(5):
        private = tool.ok("awg", "genkey")
        real = subprocess.run(["wg", "pubkey"], input=private, text=True, capture_output=True, check=True)
        assert tool.ok("awg", "pubkey", stdin=private) == real.stdout


def test_an_interface_exists_from_up_to_down(downed: Tool) -> None:
    tool = downed
    with pytest.raises(AwgError, match="No such device") as caught:
        tool.awg.look()
    assert caught.value.kind == "no_interface"
    assert tool.ok("awg", "show", "interfaces") == ""
    tool.ok("awg-quick", "up", "awg0")
    assert tool.ok("awg", "show", "interfaces") == "awg0\n"
    before = tool.awg.look()
    tool.awg.change(add=[wanted(2)])
    tool.ok("awg-quick", "down", "awg0")
    with pytest.raises(AwgError, match="No such device"):
        tool.awg.look()
    tool.ok("awg-quick", "up", "awg0")
    after = tool.awg.look()
    assert after.index != before.index, "it is a new interface, with new counters"
    assert replace(after, index=before.index) == before, "the same keys and parameters, but no peers"


def test_up_adds_the_peers_in_the_file(downed: Tool, tmp_path: Path) -> None:
    tool, peers_file = downed, tmp_path / "peers.conf"
    tool.ok("awg-quick", "up", "awg0", AWG_TOOL_PEERS=str(peers_file))
    tool.ok("awg-quick", "down", "awg0")
    peers_file.write_text(f"[Peer]\nPublicKey = {key_of(2)}\nAllowedIPs = 10.8.0.2/32 # by hand\n")
    tool.ok("awg-quick", "up", "awg0", AWG_TOOL_PEERS=str(peers_file))
    assert tool.peers()[key_of(2)].allowed_ips == "10.8.0.2/32"


def test_an_address_is_silently_moved_from_another_peer(tool: Tool) -> None:
    tool.awg.change(add=[wanted(2, "10.8.0.2/32", "10.8.0.3/32")])
    tool.awg.change(add=[wanted(3, "10.8.0.3/32")])
    tool.ok("awg", "set", "awg0", "peer", key_of(4), "allowed-ips", "10.8.0.2")
    peers = tool.peers()
    assert [peers[key_of(n)].allowed_ips for n in (2, 3, 4)] == ["", "10.8.0.3/32", "10.8.0.2/32"]


def test_adding_an_existing_peer_replaces_its_addresses_and_keeps_its_counters(tool: Tool) -> None:
    tool.awg.change(add=[wanted(2)])
    tool.ok("demo", "online", key_of(2))
    tool.ok("demo", "offline", key_of(2))
    before = tool.peers()[key_of(2)]
    tool.awg.change(add=[WantedPeer(key_of(2), "", "10.8.0.9/32")])
    after = tool.peers()[key_of(2)]
    assert (after.allowed_ips, after.preshared_key) == ("10.8.0.9/32", None)
    assert (after.received, after.sent) == (before.received, before.sent)
    assert before.sent > 0


def test_a_block_without_addresses_removes_those_of_the_peer(tool: Tool) -> None:
    tool.awg.change(add=[wanted(2)])
    tool.ok("awg", "addconf", "awg0", "/dev/stdin", stdin=f"[Peer]\nPublicKey = {key_of(2)}\n")
    assert tool.peers()[key_of(2)].allowed_ips == ""


def test_set_changes_a_peer_and_the_interface(tool: Tool) -> None:
    words = ["preshared-key", "/dev/stdin", "allowed-ips", "10.8.0.2/32,fd00::2/64", "persistent-keepalive", "25"]
    psk, private = key_of(7), tool.ok("awg", "genkey")
    tool.ok("awg", "set", "awg0", "jc", "7", "listen-port", "443", "peer", key_of(2), *words, stdin=psk)
    tool.ok("awg", "set", "awg0", "private-key", "/dev/stdin", stdin=private)
    live = tool.awg.look()
    assert (live.port, live.parameters["Jc"]) == (443, "7")
    assert live.public_key == tool.ok("awg", "pubkey", stdin=private).strip()
    assert (live.peers[0].preshared_key, live.peers[0].allowed_ips) == (psk, "10.8.0.2/32,fd00::/64")


BAD_KEY = "Key is not the correct length or format: `AAAA'\n"


@pytest.mark.parametrize(
    ("words", "stdin", "error"),
    [
        ("awg show awg1 dump", "", "Unable to access interface: No such device\n"),
        ("awg set awg1 listen-port 1", "", "Unable to modify interface: No such device\n"),
        ("awg addconf awg1 /dev/stdin", "", "Unable to modify interface: No such device\n"),
        ("awg set awg0 peer AAAA remove", "", BAD_KEY),
        ("awg set awg0 foo", "", "Invalid argument: foo\n"),
        ("awg set awg0 foo bar", "", "Invalid argument: foo\n"),
        ("awg addconf awg0 /nowhere", "", "fopen: No such file or directory\n"),
        ("awg addconf awg0 /dev/stdin", "[Peer]\nPublicKey = AAAA\n", f"{BAD_KEY}Configuration parsing error\n"),
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
def test_errors_have_the_real_tools_messages_and_change_nothing(tool: Tool, words: str, stdin: str, error: str) -> None:
    before = tool.state.read_bytes()
    done = tool.run(*words.split(), stdin=stdin)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", error)
    assert tool.state.read_bytes() == before


@pytest.mark.parametrize("words", ["", "awg", "awg foo", "awg show", "awg set awg0", "ip link", "awg-quick", "demo on"])
def test_wrong_arguments_print_the_usage(tool: Tool, words: str) -> None:
    done = tool.run(*words.split())
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Usage: ")


def test_without_a_state_file_it_says_which_variable_to_set() -> None:
    done = subprocess.run(
        [sys.executable, SCRIPT, "awg", "show", "awg0", "dump"], capture_output=True, text=True, env={}
    )
    assert done.returncode == 1
    assert "AWG_TOOL_STATE is not set" in done.stderr


def test_only_the_owner_can_read_the_state_file(tool: Tool) -> None:
    assert stat.S_IMODE(tool.state.stat().st_mode) == 0o600


def test_simultaneous_changes_are_all_kept(tool: Tool) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: tool.change(wanted(number)), range(2, 18)))
    assert len(tool.peers()) == 16
    assert sorted(path.name for path in tool.state.parent.iterdir()) == ["state", "state.lock"]


def test_a_peer_connects_a_few_seconds_after_it_is_added(tool: Tool) -> None:
    tool.awg.change(add=[wanted(2)])
    added = tool.stored(2)
    assert added.online_since
    assert 0 < added.online_since - time.time() < 10
    assert simulation.observe(key_of(2), added, added.online_since - 1) == (0, 0, 0, "(none)")
    handshake_at, received, sent, endpoint = simulation.observe(key_of(2), added, added.online_since + 1)
    assert handshake_at == int(added.online_since)
    assert min(received, sent) > 0
    assert endpoint.startswith("198.51.100.")


def test_peers_connect_and_disconnect_on_command(tool: Tool) -> None:
    tool.awg.change(add=[wanted(2), wanted(3)])
    tool.ok("demo", "online", key_of(2))
    first = tool.peers()
    assert (first[key_of(2)].handshake_at > 0, first[key_of(3)].handshake_at) == (True, 0)
    tool.ok("demo", "offline", "all")
    still = tool.peers()
    assert still == tool.peers()
    assert still[key_of(2)].sent >= first[key_of(2)].sent > 0


def test_all_peers_download_on_command(tool: Tool) -> None:
    tool.awg.change(add=[wanted(2), wanted(3)])
    tool.ok("demo", "offline", key_of(3))
    tool.ok("demo", "download", "5000000")
    for peer in tool.peers().values():
        assert 5_000_000 <= peer.sent < 6_000_000
        assert 250_000 <= peer.received < 400_000
        assert time.time() - peer.handshake_at < 5


def test_one_peer_downloads_on_command_and_no_other_connects(tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWG_TOOL_STATE", str(tool.state))
    tool.ok("demo", "offline", "all")
    tool.awg.change(add=[wanted(2), wanted(3)])
    tool.ok("demo", "download", "5000000", key_of(2))
    peers = tool.peers()
    assert (peers[key_of(2)].sent >= 5_000_000, peers[key_of(3)].sent) == (True, 0)
    assert simulation.load()["awg0"].all_offline, "a new device stays off, too"


def test_peers_that_were_disconnected_stay_offline_on_a_new_interface(tool: Tool) -> None:
    tool.awg.change(add=[wanted(2)])
    tool.ok("demo", "offline", "all")
    tool.ok("awg-quick", "down", "awg0")
    tool.ok("awg-quick", "up", "awg0")
    tool.awg.change(add=[wanted(2)])
    time.sleep(4.1)
    (peer,) = tool.awg.look().peers
    assert (peer.handshake_at, peer.sent) == (0, 0)
    tool.ok("demo", "online", "all")
    assert tool.awg.look().peers[0].handshake_at


def test_skipping_a_month_causes_no_traffic_and_disconnects_nobody(tool: Tool) -> None:
    tool.awg.change(add=[wanted(2), wanted(3), wanted(4)])
    tool.ok("demo", "online", key_of(2))
    tool.ok("demo", "offline", key_of(3))
    before = tool.peers()
    tool.ok("demo", "clock", str(30 * 86400))
    after, month = tool.peers(), time.time() + 30 * 86400
    assert before[key_of(2)].sent <= after[key_of(2)].sent < before[key_of(2)].sent + 10**7
    assert abs(after[key_of(2)].handshake_at - month) < 10
    assert after[key_of(3)] == before[key_of(3)]
    connects_at = tool.stored(4).online_since
    assert connects_at
    assert abs(connects_at - month) < 10
    tool.awg.change(add=[wanted(5)])
    connects_at = tool.stored(5).online_since
    assert connects_at
    assert connects_at > month - 10


def test_a_fence_is_put_up_once_and_taken_down(tool: Tool) -> None:
    """As the bot does it, by the node; nothing else of a firewall is there."""
    speeds = [(10_000, 10_000, ["10.8.0.2/32"])]
    seen, trouble = tool.awg.fence(speeds, ["10.8.0.3/32"], ["1.1.1.1"], "")
    assert seen
    assert trouble is None
    assert "10.8.0.3" in tool.ok("nft", "-s", "list", "table", "inet", "andreyvpn_fence_awg0")
    assert tool.awg.fence(speeds, ["10.8.0.3/32"], ["1.1.1.1"], seen) == (seen, None)
    assert tool.awg.fence([], [], [], "") == ("", None)
    assert tool.awg.look(way_out=True).surroundings.firewall is None  # type: ignore[union-attr]
    assert tool.run("nft", "-s", "list", "table", "inet", "filter").returncode == 1
