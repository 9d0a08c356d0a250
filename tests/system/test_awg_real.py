"""The bot's way to a real interface, through the node: `wg` and wireguard-go in a network namespace of their own."""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from ipaddress import ip_interface
from pathlib import Path

import pytest

from lib.errors import AwgError
from lib.store.configs import WantedPeer
from lib.vpn.awg import Awg, Keys
from lib.vpn.interface import LivePeer
from lib.vpn.peers import render_peers
from tests.needs import need, need_tools

pytestmark = pytest.mark.root


@dataclass(frozen=True)
class Server:
    """A namespace with one wireguard-go interface in it, and the module under test pointed there."""

    namespace: str
    interface: str
    awg: Awg

    def run(self, *words: str, stdin: str = "") -> str:
        """Run a command inside."""
        command = ["ip", "netns", "exec", self.namespace, *words]
        return subprocess.run(command, input=stdin, text=True, capture_output=True, check=True, timeout=20).stdout

    def peers(self) -> dict[str, LivePeer]:
        """Return the live peers by their public keys."""
        return {peer.public_key: peer for peer in self.awg.look().peers}


@pytest.fixture
def server() -> Iterator[Server]:
    need(os.geteuid() == 0, "root")
    need_tools("ip", "wg", "wireguard-go")
    need(Path("/dev/net/tun").exists(), "/dev/net/tun")
    name = f"aw{secrets.token_hex(4)}"
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        command = ["ip", "netns", "exec", name, "wireguard-go", "-f", name]
        quiet = subprocess.DEVNULL
        with subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet) as daemon:
            try:
                with closing(Awg(("ip", "netns", "exec", name, "wg"), name)) as awg:
                    yield start(Server(name, name, awg))
            finally:
                daemon.terminate()
    finally:
        subprocess.run(["ip", "netns", "del", name], check=True)


def start(server: Server) -> Server:
    """Wait for the daemon's socket, then give the interface a key, a port and addresses."""
    deadline = time.monotonic() + 10
    while not Path(f"/var/run/wireguard/{server.interface}.sock").exists():
        assert time.monotonic() < deadline, "wireguard-go did not start"
        time.sleep(0.01)
    key = server.awg.generate_keys().private
    server.run("wg", "set", server.interface, "listen-port", "51999", "private-key", "/dev/stdin", stdin=key)
    server.run("ip", "address", "add", "10.8.0.1/16", "dev", server.interface)
    server.run("ip", "address", "add", "fd00:8::1/64", "dev", server.interface)
    server.run("ip", "link", "set", server.interface, "up")
    return server


def spec_of(keys: Keys, *allowed_ips: str) -> WantedPeer:
    return WantedPeer(keys.public, keys.preshared, ",".join(allowed_ips) or "10.8.0.2/32")


def server_key(raw: bytes) -> str:
    """Encode 32 bytes as the tool encodes a key."""
    return base64.b64encode(raw).decode()


def test_it_works(server: Server) -> None:
    keys = server.awg.generate_keys()
    server.awg.change(add=[spec_of(keys, "10.8.0.2/32", "fd00:8::2/128")])
    live = server.awg.look()
    peer = live.peers[0]
    assert (live.port, live.parameters, len(live.peers)) == (51999, {}, 1)
    assert (peer.public_key, peer.preshared_key) == (keys.public, keys.preshared)
    assert sorted(peer.networks) == ["10.8.0.2/32", "fd00:8::2/128"]
    assert (peer.endpoint, peer.handshake_at, peer.received, peer.sent) == (None, 0, 0, 0)
    server.awg.change(remove=[keys.public])
    assert server.peers() == {}


def test_an_interface_in_userspace_is_seen_to_be_none_of_the_kernels(server: Server) -> None:
    live = server.awg.look()
    assert live.kind == "tun"
    assert live.index.isdigit()


def test_the_public_key_is_the_servers_own(server: Server) -> None:
    assert server.awg.look().public_key == server.run("wg", "show", server.interface, "public-key").strip()


def test_addresses_are_those_of_the_tools_namespace_without_link_local(server: Server) -> None:
    assert "fe80::" in server.run("ip", "address", "show", "dev", server.interface)
    assert server.awg.look().addresses == (ip_interface("10.8.0.1/16"), ip_interface("fd00:8::1/64"))


def test_adding_removes_nobody(server: Server) -> None:
    one, other = server.awg.generate_keys(), server.awg.generate_keys()
    server.awg.change(add=[spec_of(one, "10.8.0.2/32")])
    server.awg.change(add=[spec_of(other, "10.8.0.3/32")])
    assert set(server.peers()) == {one.public, other.public}


def test_adding_an_existing_peer_replaces_its_addresses(server: Server) -> None:
    keys = server.awg.generate_keys()
    server.awg.change(add=[spec_of(keys, "10.8.0.2/32", "10.8.0.3/32")])
    server.awg.change(add=[spec_of(keys, "10.8.0.4/32")])
    assert server.peers()[keys.public].allowed_ips == "10.8.0.4/32"


def test_adding_an_existing_peer_replaces_its_preshared_key(server: Server) -> None:
    keys, fresh = server.awg.generate_keys(), server.awg.generate_keys().preshared
    server.awg.change(add=[spec_of(keys)])
    server.awg.change(add=[spec_of(keys)._replace(preshared_key=fresh)])
    assert server.peers()[keys.public].preshared_key == fresh


def test_an_empty_preshared_key_clears_the_old_one(server: Server) -> None:
    keys = server.awg.generate_keys()
    server.awg.change(add=[spec_of(keys)])
    server.awg.change(add=[spec_of(keys)._replace(preshared_key="")])
    assert server.peers()[keys.public].preshared_key is None


def test_an_address_is_taken_from_whoever_had_it(server: Server) -> None:
    one, other = server.awg.generate_keys(), server.awg.generate_keys()
    server.awg.change(add=[spec_of(one, "10.8.0.2/32")])
    server.awg.change(add=[spec_of(other, "10.8.0.2/32")])
    peers = server.peers()
    assert (peers[one.public].allowed_ips, peers[other.public].allowed_ips) == ("", "10.8.0.2/32")


def test_removing_an_absent_peer_is_fine(server: Server) -> None:
    keys, stays = server.awg.generate_keys(), server.awg.generate_keys()
    server.awg.change(add=[spec_of(stays)])
    server.awg.change(remove=[keys.public])
    assert set(server.peers()) == {stays.public}


def test_thousands_of_peers_come_and_go_in_a_few_calls(server: Server) -> None:
    keys = [server.awg.generate_keys() for _ in range(3)]
    publics = [secrets.token_bytes(31) + b"\x00" for _ in range(2500)]
    specs = [
        WantedPeer(server_key(public), keys[at % 3].preshared, f"10.8.{at // 250 + 1}.{at % 250}/32")
        for at, public in enumerate(publics)
    ]
    server.awg.change(add=specs)
    assert len(server.peers()) == 2500
    server.awg.change(remove=(spec.public_key for spec in specs[1:]))
    assert set(server.peers()) == {specs[0].public_key}


def test_a_written_peers_file_is_one_that_the_tool_takes(server: Server, tmp_path: Path) -> None:
    keys = [server.awg.generate_keys() for _ in range(2)]
    path = tmp_path / "peers.conf"
    path.write_text(render_peers(spec_of(key, f"10.8.0.{at}/32") for at, key in enumerate(keys, 2)))
    server.run("wg", "addconf", server.interface, str(path))
    assert {peer.allowed_ips for peer in server.awg.look().peers} == {"10.8.0.2/32", "10.8.0.3/32"}


def test_no_interface_is_said_in_words(server: Server) -> None:
    away = Awg(("ip", "netns", "exec", server.namespace, "wg"), "awnot")
    for call in (away.look, lambda: away.change(remove=[away.generate_keys().public])):
        with pytest.raises(AwgError, match="is the interface up") as caught:
            call()
        assert caught.value.kind == "no_interface"
    away.close()


def test_no_namespace_is_said_in_words(server: Server) -> None:
    with pytest.raises(AwgError, match="Cannot open network namespace") as caught:
        Awg(("ip", "netns", "exec", "awnot", "wg"), server.interface).look()
    assert caught.value.kind == "no_interface"


def test_an_interface_without_a_key_is_not_ready(server: Server) -> None:
    server.run("wg", "set", server.interface, "private-key", "/dev/stdin", stdin="A" * 43 + "=")
    with pytest.raises(AwgError, match="no private key") as caught:
        server.awg.look()
    assert caught.value.kind == "no_interface"


def test_nobody_is_not_permitted(server: Server) -> None:
    need_tools("setpriv")
    words = ("ip", "netns", "exec", server.namespace, "setpriv", "--reuid=65534", "--clear-groups", "wg")
    nobody = Awg(words, server.interface)
    for call in (nobody.look, lambda: nobody.change(add=[spec_of(server.awg.generate_keys())])):
        with pytest.raises(AwgError, match="CAP_NET_ADMIN") as caught:
            call()
        assert caught.value.kind == "not_permitted"


def test_a_bad_key_is_refused_and_not_quoted(server: Server) -> None:
    with pytest.raises(AwgError, match="a key is not 44 characters of base64") as caught:
        server.awg.change(remove=["c2VjcmV0"])
    assert "c2VjcmV0" not in str(caught.value)
    assert caught.value.kind == "refused"


def test_keys_are_drawn_afresh_and_belong_together(server: Server) -> None:
    one, other = server.awg.generate_keys(), server.awg.generate_keys()
    assert len({one.private, one.public, one.preshared, other.private, other.public, other.preshared}) == 6
    assert server.run("wg", "pubkey", stdin=one.private).strip() == one.public


def test_the_surroundings_are_seen(server: Server) -> None:
    around = server.awg.look(way_out=True).surroundings
    assert around is not None
    assert str(around.tool).startswith("wireguard-tools v")
    assert '"10.8.0.0/16"' in str(around.routes)
