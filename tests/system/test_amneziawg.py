"""The bot on real AmneziaWG: parameters of every version, from the interface to a tunnel with the delivered file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from lib.vpn.generate import draw
from tests.company import Company
from tests.stand import words
from tests.system.network import AMNEZIA, SERVER_ADDRESS, Network, need_network, run, wait

pytestmark = pytest.mark.root

V1 = {"Jc": "4", "Jmin": "10", "Jmax": "50", "S1": "88", "S2": "31", "H1": "1234567", "H2": "2345678",
      "H3": "3456789", "H4": "4567890"}  # fmt: skip
V2 = {**V1, "S3": "17", "S4": "9", "H1": "100000-200000", "H2": "300000-400000", "H3": "500000-600000",
      "H4": "700000-800000", "I1": "<b 0x0a1b2c3d><r 20><t>", "I2": "<rc 12><rd 8>"}  # fmt: skip
PROTECTED = {"S1": "88", "S2": "31", "S3": "17", "S4": "12", "HeaderProtectionKey": "{key}"}
V3_0 = {**V2, **PROTECTED, "ContentPaddingAddition": "0-16", "RekeyAfterTime": "100-120", "KeepaliveTimeout": "8-12"}
V3_1 = {**V3_0, "RandomTrailers": "on", "DisableCookies": "on"}
SETS = {"plain": {}, "1.0": V1, "2.0": V2, "3.0": V3_0, "3.1": V3_1, "drawn 1.0": draw("1.0"), "drawn 2.0": draw("2.0")}


@pytest.fixture
def network() -> Iterator[Network]:
    need_network(AMNEZIA)
    with Network(AMNEZIA) as network:
        yield network


@contextmanager
def found(folder: Path, network: Network, parameters: dict[str, str]) -> Iterator[Company]:
    """Start a company on an interface with these parameters; a key among them is generated."""
    key = run("awg", "genpsk").strip()
    network.interface.parameters = {name: value.format(key=key) for name, value in parameters.items()}
    company = Company(folder, interface=network.interface, SERVER_ENDPOINT=SERVER_ADDRESS)
    with ExitStack() as stack:
        stack.callback(company.stop)
        yield stack.enter_context(company)


@pytest.mark.parametrize("version", SETS)
def test_a_config_of_every_version_connects_at_the_first_try(tmp_path: Path, network: Network, version: str) -> None:
    with found(tmp_path, network, SETS[version]) as company:
        company.let_in(company.friend)
        conf = company.give_config(company.friend).decode()
        lines = dict(line.split(" = ", 1) for line in conf.splitlines() if " = " in line)
        wanted = {name: value for name, value in network.interface.parameters.items() if value != "0"}
        wanted.pop("DisableCookies", None)  # concerns the server only
        assert "DisableCookies" not in lines
        assert {name: lines.get(name) for name in wanted} == wanted
        network.client.connect(conf)
        wait(network.client.pings, 10, "the first ping")
        network.client.download(500_000)
        key = company.rows("SELECT public_key FROM configs")[0][0]
        assert network.interface.transfer(key)[1] > 500_000


def test_a_client_whose_headers_differ_gets_nothing(tmp_path: Path, network: Network) -> None:
    with found(tmp_path, network, V1) as company:
        company.let_in(company.friend)
        conf = company.give_config(company.friend).decode()
        network.client.connect(conf.replace("H1 = 1234567", "H1 = 1234568"))
        assert not any(network.client.pings() for _ in range(4))
        network.client.connect(conf)
        wait(network.client.pings, 10, "the ping with the right ones")


def test_from_1_0_to_2_0_in_flight(tmp_path: Path, network: Network) -> None:
    with found(tmp_path, network, V1) as company:
        admin, friend = company.admin, company.friend
        company.let_in(friend)
        network.client.connect(company.give_config(friend).decode())
        wait(network.client.pings, 10, "a ping by 1.0")
        network.interface.down()
        network.interface.parameters = dict(V2)
        network.interface.up()
        last = friend.last()
        notice = admin.wait_for("The server has changed", timeout=20)
        assert "parameters" in words(notice)
        admin.press("Outdated configs", message=notice)
        admin.press("Send everyone", message=admin.wait_for("New ones keep the same keys"))
        admin.press("Send all", message=admin.wait_for("people: 1"))
        page = admin.wait_for("0 of 1 reconnected")
        document = friend.wait_for(predicate=lambda message: "document" in message, after=last)
        renewed = friend.download(document).decode()
        assert "\nH1 = 100000-200000\n" in renewed
        network.client.connect(renewed)
        wait(network.client.pings, 10, "a ping by 2.0")
        network.client.download(100_000)
        company.wait(lambda: company.rows("SELECT 1 FROM counters WHERE handshake_at > 0"), what="the return")
        admin.press("Refresh", message=page)
        admin.wait_for("1 of 1 reconnected")
