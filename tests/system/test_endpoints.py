"""Real tunnels to a server by name, IPv4 and IPv6, with both inside, and no leak around them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.company import Company
from tests.stand import words
from tests.system.network import (
    BEYOND6,
    PORT,
    SERVER_ADDRESS,
    SERVER_ADDRESS6,
    TUNNEL_ADDRESS,
    TUNNEL_ADDRESS6,
    Network,
    need_network,
    wait,
)

pytestmark = pytest.mark.root

NAME = "vpn.test"


@pytest.fixture
def network() -> Iterator[Network]:
    need_network()
    with Network() as network:
        yield network


@contextmanager
def found(folder: Path, network: Network, endpoint: str, **settings: str) -> Iterator[Company]:
    """Start a company with an endpoint; stop its bot even if the start failed."""
    company = Company(folder, interface=network.interface, SERVER_ENDPOINT=endpoint, **settings)
    with ExitStack() as stack:
        stack.callback(company.stop)
        yield stack.enter_context(company)


@pytest.mark.parametrize(
    ("endpoint", "line", "by_name"),
    [
        (SERVER_ADDRESS, f"{SERVER_ADDRESS}:{PORT}", ""),
        (SERVER_ADDRESS6, f"[{SERVER_ADDRESS6}]:{PORT}", ""),
        (f"[{SERVER_ADDRESS6}]:{PORT}", f"[{SERVER_ADDRESS6}]:{PORT}", ""),
        (NAME, f"{NAME}:{PORT}", SERVER_ADDRESS),
        (f"{NAME}:{PORT}", f"{NAME}:{PORT}", SERVER_ADDRESS6),
    ],
    ids=["IPv4", "IPv6", "IPv6 and port", "name of IPv4", "name of IPv6 and port"],
)
def test_a_config_connects_by_every_kind_of_endpoint(
    tmp_path: Path, network: Network, endpoint: str, line: str, by_name: str
) -> None:
    if by_name:
        network.client.knows(NAME, by_name)
    with found(tmp_path, network, endpoint) as company:
        company.let_in(company.friend)
        conf = company.give_config(company.friend).decode()
        assert f"\nEndpoint = {line}\n" in conf
        network.client.connect(conf)
        wait(network.client.pings, 10, "a ping inside, by IPv4")
        assert network.client.pings(TUNNEL_ADDRESS6)
        network.client.download(100_000)


@pytest.mark.parametrize("inside", [(f"{TUNNEL_ADDRESS}/24",), (f"{TUNNEL_ADDRESS}/24", f"{TUNNEL_ADDRESS6}/64")])
def test_no_ipv6_leaks_past_the_tunnel_whether_the_server_has_it_or_not(
    tmp_path: Path, network: Network, inside: tuple[str, ...]
) -> None:
    network.interface.addresses = inside
    assert (network.client.way_to(BEYOND6), network.client.pings(BEYOND6)) == ("cable", True)
    with found(tmp_path, network, SERVER_ADDRESS) as company:
        company.let_in(company.friend)
        conf = company.give_config(company.friend).decode()
        assert ("fd10:8::2/128" in conf) == (len(inside) == 2)
        network.client.connect(conf)
        wait(network.client.pings, 10, "a ping inside")
        assert network.client.way_to(BEYOND6) == "tunnel"
        assert network.client.pings(BEYOND6) == (len(inside) == 2), "through the tunnel or not at all"


def test_a_choice_of_routes_leaves_the_rest_beside_the_tunnel(tmp_path: Path, network: Network) -> None:
    with found(tmp_path, network, SERVER_ADDRESS, CLIENT_ROUTE_CHOICES="Inside = 10.8.0.0/24") as company:
        friend = company.friend
        company.let_in(friend)
        company.give_config(friend)
        friend.send("/configs")
        friend.press("Phone", message=friend.wait_for("Choose one"))
        friend.press("DNS and routes", message=friend.wait_for("Connection:"))
        friend.press("Inside", message=friend.wait_for("Through the VPN: as usual"))
        page = friend.wait_for("Through the VPN: Inside")
        friend.press("File", message=page)
        document = friend.wait_for(predicate=lambda message: "document" in message, after=page)
        network.client.connect(friend.download(document).decode())
        wait(network.client.pings, 10, "a ping inside")
        assert network.client.way_to(BEYOND6) == "cable"


def test_an_address_changed_in_flight_is_rolled_out_and_who_is_back_is_counted(
    tmp_path: Path, network: Network
) -> None:
    with found(tmp_path, network, SERVER_ADDRESS) as company:
        admin, friend = company.admin, company.friend
        company.let_in(friend)
        conf = company.give_config(friend).decode()
        network.client.connect(conf)
        wait(network.client.pings, 10, "a ping by the old address")
        network.client.disconnect()  # or it might shake hands by the old address once more
        time.sleep(1.1)  # handshakes are told in whole seconds, and that of the roll-out counts
        company.stop()
        company.environment["SERVER_ENDPOINT"] = SERVER_ADDRESS6
        company.start()
        last = friend.last()
        admin.press("Outdated configs", message=admin.wait_for(f"address [{SERVER_ADDRESS6}]:{PORT}"))
        admin.press("Send everyone", message=admin.wait_for("New ones keep the same keys"))
        admin.press("Send all", message=admin.wait_for("people: 1"))
        page = admin.wait_for("0 of 1 reconnected")
        document = friend.wait_for(predicate=lambda message: "document" in message, after=last)
        renewed = friend.download(document).decode()
        assert renewed == conf.replace(f"{SERVER_ADDRESS}:", f"[{SERVER_ADDRESS6}]:")
        network.client.connect(renewed)
        wait(network.client.pings, 10, "a ping by the new address")
        wait(lambda: admin.press("Refresh", message=page) and "1 of 1" in words(admin.messages()[-1]), 10, "the return")
