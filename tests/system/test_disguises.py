"""A carrier that drops a VPN by shape or by port: the friend presses a button, and the disguise that passes is found.

The tunnels, the bot and Telegram's conversation are real; the client's first packets are sent by shaper.py, as an
AmneziaWG client sends them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.company import Company
from tests.needs import need_tools
from tests.reporting import Figures
from tests.stand import labels, words
from tests.system.network import PORT, SERVER_ADDRESS, Client, Namespace, Network, wait
from tests.system.tunnel import MB

pytestmark = [pytest.mark.root, pytest.mark.slow(40)]

HERE = Path(__file__).parent
SHAPED = ("Jc", "Jmin", "Jmax", "S1", "S2", "S3", "S4", "H1", "H2", "H3", "H4", "I1", "I2", "I3", "I4", "I5")
LISTEN = 40_000

# The first packet of a flow decides: @th,64 is the first byte behind the UDP header.
DNS, QUIC = "@th,80,16 == 0x8580", "@th,64,8 & 0xc0 == 0xc0 @th,72,32 == 1"
CARRIER = """
table inet carrier {{
    chain leaving {{
        type filter hook output priority filter;
        oifname {{ "lo", "{tunnel}" }} accept
        meta l4proto != udp accept
        ct mark 1 accept
        ct mark 2 goto bad
        {good} ct mark set 1 accept
        ct mark set 2
        goto bad
    }}
    chain bad {{
        {bad}
    }}
}}
"""
NO_DATA = "@th,64,8 == 4 udp length > 200 drop"  # handshakes and keepalives pass, data does not
BY_PORT = f"udp dport {PORT} drop"


class Phone:
    """A friend's device with an app for AmneziaWG, on a carrier's network."""

    def __init__(self, network: Network) -> None:
        self.space: Namespace = network.client.namespace
        self.client: Client = network.client

    def on(self, good: str, bad: str) -> None:
        """Put it on a network that lets pass what is `good`, and does to all else what is `bad`."""
        table = CARRIER.format(good=good, bad=bad, tunnel=self.client._wireguard.name)
        self.space.run("nft", "-f", "-", stdin=table)

    def connect(self, conf: str) -> None:
        """Import a file and switch it on; an older one is off."""
        values = dict(line.split(" = ", 1) for line in conf.splitlines() if " = " in line)
        shape = {name: values[name] for name in SHAPED if name in values}
        host, _, port = values["Endpoint"].rpartition(":")
        for process in self.space._processes:
            process.kill()
        command = (sys.executable, str(HERE / "shaper.py"), str(LISTEN), host, port, json.dumps(shape))
        ready = self.space.start(*command).stdout
        assert ready
        assert ready.readline() == "ready\n"
        kept = [line for line in conf.splitlines() if line.partition(" ")[0] not in SHAPED]
        plain = "\n".join(f"Endpoint = 127.0.0.1:{LISTEN}" if line.startswith("Endpoint") else line for line in kept)
        self.client.connect(f"{plain}\n")


@pytest.fixture
def company(tmp_path: Path, network: Network) -> Company:
    need_tools("nft", "awk")
    network.interface.command = " ".join(("ip", "netns", "exec", network.server, str(HERE / "awg_over_wg.sh")))
    return Company(tmp_path, interface=network.interface, SERVER_ENDPOINT=SERVER_ADDRESS, SECOND_PORTS="443")


def try_another(company: Company) -> str:
    """Press the buttons; return the file that comes."""
    friend, last = company.friend, company.friend.last()
    friend.press(data="trouble:1", message=last, forge=True)
    looked = friend.wait_for(predicate=lambda message: "🎭 Try another way" in labels(message), after=last, timeout=60)
    friend.press("🎭 Try another way", message=looked)
    file = friend.wait_for("another way", lambda message: "document" in message, after=looked, timeout=60)
    return friend.download(file).decode()


@pytest.mark.parametrize(
    ("good", "bad", "way"),
    [
        (QUIC, "drop", "like web traffic (QUIC), port 443"),
        (QUIC, NO_DATA, "like web traffic (QUIC), port 443"),
        ("udp dport 443", BY_PORT, "like web traffic (QUIC), port 443"),
    ],
    ids=["by shape", "handshakes pass and data does not", "by port"],
)
def test_it_works(company: Company, network: Network, figures: Figures, good: str, bad: str, way: str) -> None:
    chain = f"type nat hook prerouting priority dstnat; udp dport 443 redirect to :{PORT};"
    redirect = f"table inet second {{ chain pre {{ {chain} }}; }}"  # as the installer's table has it
    with company:
        Namespace(network.server).run("nft", "-f", "-", stdin=redirect)
        company.let_in(company.friend)
        usual = company.give_config(company.friend).decode()
        assert "I1 = <r 2><b 0x8580" in usual, "new files look like a DNS answer"
        phone = Phone(network)
        phone.on(good, bad)
        phone.connect(usual)
        assert not phone.client.pings() or bad == NO_DATA
        last = company.friend.last()
        phone.connect(try_another(company))
        wait(phone.client.pings, 60, "a ping through the tunnel")
        phone.client.download(MB)
        done = company.friend.wait_for("it got through", after=last, timeout=90)
        assert way in words(done)
        figures.say(f"{way} was found and told")
        company.friend.press(data="file:1", message=done, forge=True)
        again = company.friend.wait_for(predicate=lambda message: "document" in message, after=done, timeout=60)
        assert "Endpoint = 10.99.0.1:443" in company.friend.download(again).decode(), "it is this config's from now on"
