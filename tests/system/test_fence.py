"""The fence on a real interface: second ports, speeds, Telegram alone, and what becomes of it when others touch it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.company import Company
from tests.needs import need_tools
from tests.reporting import Figures
from tests.system.network import PORT, SERVER_ADDRESS, TUNNEL_ADDRESS, Client, Network, need_network, run, wait
from tests.system.nodes import ask_child
from tests.system.tunnel import MB
from tests.unit.node.child import fence

pytestmark = [pytest.mark.root, pytest.mark.slow(15)]

ANN = ["10.8.0.2/32", "fd10:8::2/128"]
TELEGRAM = "149.154.167.50"
ELSEWHERE = "203.0.113.80"
LISTEN = "import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.bind(('', 443)); print(1, flush=True); s.recv(1)"
SECOND = (443, 500, 4500)
FILE = """[Interface]
Address = 10.8.0.2/32, fd10:8::2/128
PrivateKey = {key}
MTU = 1280

[Peer]
PublicKey = {server}
AllowedIPs = 0.0.0.0/0, ::/0
Endpoint = {endpoint}:{port}
PersistentKeepalive = 25
"""


@pytest.fixture
def network(network: Network) -> Network:
    need_tools("nft", "tc")
    return connect(network)


def connect(network: Network) -> Network:
    """Let the client be a peer of the server's, and connect it."""
    key = network.interface.generate_key()
    network.interface.up()
    network.interface.set("peer", network.interface.public_key(key), "allowed-ips", ",".join(ANN))
    public = network.interface.public_key()
    network.client.connect(FILE.format(key=key, server=public, endpoint=SERVER_ADDRESS, port=PORT))
    assert network.client.pings()
    return network


def put(network: Network, request: Any) -> str:
    """Put the fence right; return its digest."""
    (answer,) = ask_child(network.interface, request)
    return str(answer["ok"]["fence"])


def inside(network: Network, *words: str) -> str:
    return run("ip", "netns", "exec", network.server, *words)


def speed(amount: int, transfer: Any) -> float:
    """Return how fast something was transferred, in Mbit/s."""
    start = time.monotonic()
    transfer(amount)
    return amount * 8 / (time.monotonic() - start) / 1e6


def test_it_works(network: Network, figures: Figures) -> None:
    """A client whose endpoint moves from port to port while it pings loses nothing."""
    put(network, fence(SECOND))
    ping = network.client.namespace.start("ping", "-n", "-i", "0.1", "-c", "50", TUNNEL_ADDRESS)
    for port in (*SECOND, PORT, 443):
        time.sleep(0.8)
        move(network.client, network.interface.public_key(), port)
    assert ping.stdout
    said = ping.stdout.read()
    figures.say(said.splitlines()[-2])
    assert " 0% packet loss" in said
    assert put(network, fence()) == ""
    assert "redirect" not in inside(network, "nft", "list", "ruleset")


def move(client: Client, public: str, port: int) -> None:
    client.namespace.run("wg", "set", client.name, "peer", public, "endpoint", f"{SERVER_ADDRESS}:{port}")


def test_a_port_with_another_use_stays_as_it_is(network: Network) -> None:
    other = network.server_space.start("python3", "-c", LISTEN)
    assert other.stdout
    assert other.stdout.readline() == "1\n"
    (answer,) = ask_child(network.interface, fence((500, 443)))
    assert answer == {"error": "refused", "text": "UDP port 443 has another use on the server already"}
    assert "redirect" not in inside(network, "nft", "list", "ruleset")


def test_a_limit_holds_both_ways_and_can_be_changed_and_lifted(network: Network, figures: Figures) -> None:
    free = speed(20 * MB, network.client.download)
    put(network, fence(speed=[[10_000, 5000, ANN]]))
    down, up = speed(4 * MB, network.client.download), speed(2 * MB, network.client.upload)
    figures.say(f"{free:.0f} Mbit/s without a limit, {down:.2f} down of 10, {up:.2f} up of 5")
    assert 9.0 <= down <= 10.0
    assert 4.5 <= up <= 5.0
    put(network, fence(speed=[[0, 20_000, ANN]]))
    assert speed(20 * MB, network.client.download) > 50
    assert 17 <= speed(5 * MB, network.client.upload) <= 20
    put(network, fence())
    assert speed(10 * MB, network.client.upload) > 50
    assert "htb" not in inside(network, "tc", "qdisc", "show")
    assert "av-" not in inside(network, "ip", "link")


def test_two_hundred_limits_change_without_losing_a_packet(network: Network, figures: Figures) -> None:
    others = [[5000, 5000, [f"10.8.0.{n}/32"]] for n in range(3, 203)]
    put(network, fence(speed=[[10_000, 10_000, ANN], *others]))
    ping = network.client.namespace.start("ping", "-n", "-i", "0.02", "-c", "150", TUNNEL_ADDRESS)
    took = []
    for mbit in (6, 7, 8):
        time.sleep(0.4)
        start = time.monotonic()
        others[mbit] = [mbit * 1000, mbit * 1000, others[mbit][2]]
        put(network, fence(speed=[[10_000, 10_000, ANN], *others]))
        took.append(time.monotonic() - start)
        assert f"rate {mbit}Mbit" in inside(network, "tc", "class", "show", "dev", network.interface.name)
    assert ping.stdout
    said = ping.stdout.read()
    figures.say(f"a change among 200 limits takes {min(took):.2f} s; {said.splitlines()[-2]}")
    assert " 0% packet loss" in said


def test_a_table_that_a_stranger_flushes_is_seen_and_put_right(network: Network) -> None:
    wanted = fence(SECOND, [[10_000, 10_000, ANN]])
    seen = put(network, wanted)
    assert put(network, {**wanted, "unless": seen}) == seen
    inside(network, "nft", "flush", "ruleset")
    assert put(network, {**wanted, "unless": seen}) == seen, "the same, made anew"
    assert "redirect to" in inside(network, "nft", "list", "ruleset")
    inside(network, "tc", "qdisc", "delete", "dev", network.interface.name, "root")
    assert put(network, {**wanted, "unless": seen}) != "", "its queues have other numbers"
    assert 9.0 <= speed(4 * MB, network.client.download) <= 10.0
    network.interface.down()
    connect(network)
    put(network, {**wanted, "unless": seen})
    assert 9.0 <= speed(4 * MB, network.client.download) <= 10.0
    assert 9.0 <= speed(4 * MB, network.client.upload) <= 10.0


def test_telegram_alone_is_telegram_and_dns(network: Network) -> None:
    for address in (TELEGRAM, ELSEWHERE, "9.9.9.9"):
        inside(network, "ip", "address", "add", f"{address}/32", "dev", "lo")
    put(network, fence(telegram=ANN, resolvers=["9.9.9.9"]))
    assert network.client.pings(TELEGRAM)
    assert not network.client.pings(ELSEWHERE)
    assert not network.client.pings("9.9.9.9"), "its port 53 alone"
    assert not network.client.pings(TUNNEL_ADDRESS)
    put(network, fence())
    assert network.client.pings(ELSEWHERE)


def test_the_bot_puts_it_up_keeps_it_and_takes_it_down(tmp_path: Path) -> None:
    settings = {"SERVER_ENDPOINT": SERVER_ADDRESS, "SECOND_PORTS": "443", "SPEED_MBIT": "10"}
    need_network()
    need_tools("nft", "tc")
    with Network() as plain, Company(tmp_path, interface=plain.interface, **settings) as company:
        company.let_in(company.friend)
        plain.client.connect(company.give_config(company.friend).decode().replace(f":{PORT}", ":443"))
        wait(plain.client.pings, 10, "the first ping, by the second port")
        assert 9.0 <= speed(4 * MB, plain.client.download) <= 10.0
        inside(plain, "nft", "flush", "ruleset")
        wait(lambda: "redirect to" in inside(plain, "nft", "list", "ruleset"), 5, "the table's return")
        assert "fence" not in str(company.rows("SELECT value FROM meta WHERE key = 'incident'"))
        company.stop()
        assert plain.client.pings(), "it outlives the bot"
        company.environment |= {"SECOND_PORTS": "", "SPEED_MBIT": "0"}
        company.start()
        wait(lambda: "andreyvpn_fence" not in inside(plain, "nft", "list", "ruleset"), 5, "the end of the fence")
