"""By which port a device comes is seen, and the usual port moves while nobody is cut off: a real tunnel and real nft.

The table is the one that install.sh loads; before it stands a firewall like ufw's, which lets only the tunnel in.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lib.install import policy
from lib.vpn import ports
from tests.company import Company
from tests.needs import need_tools
from tests.system.network import PORT, SERVER_ADDRESS, SERVER_ADDRESS6, Client, Namespace, Network

pytestmark = [pytest.mark.root, pytest.mark.slow(30)]

UFW = f"""
table inet ufw {{
    chain input {{
        type filter hook input priority filter; policy drop;
        iifname "lo" accept
        ct state established,related accept
        meta l4proto {{ icmp, ipv6-icmp }} accept
        udp dport {PORT} accept
    }}
}}
"""
FLOOD = """
import socket, sys
for address in sys.argv[1:]:
    for number in range(400):
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as out:
            for port in (443, 51820):
                out.sendto(b"\\1" * 148, (address, port))
"""


@pytest.fixture
def company(tmp_path: Path, network: Network) -> Company:
    need_tools("nft")
    return Company(tmp_path, interface=network.interface, SERVER_ENDPOINT=SERVER_ADDRESS, SECOND_PORTS="443, 500")


def load_table(network: Network) -> Namespace:
    """Load what install.sh writes for the interface; return the server's machine."""
    conf = f"[Interface]\nAddress = {', '.join(network.interface.addresses)}\nListenPort = {PORT}\n"
    made = policy.make_policy(network.interface.name, conf, (), {"SECOND_PORTS": "443, 500"})
    server = Namespace(network.server)
    server.run("nft", "-f", "-", stdin=UFW + policy.render(made))
    return server


def sees(company: Company, port: int | None) -> bool:
    """Let the bot look at what surrounds the interface, and wait until the database has the device's port."""
    company.stop()
    sampled = company.rows("SELECT value FROM meta WHERE key = 'sampled'")
    company.start()
    company.wait(lambda: company.rows("SELECT value FROM meta WHERE key = 'sampled'") != sampled, what="a sample")
    company.wait(lambda: company.rows("SELECT port FROM counters") == [(port,)], what=f"the sight of port {port}")
    return True


def talks(client: Client) -> bool:
    """Ping twice: a packet counts once an answer to an earlier one was seen."""
    return client.pings() and client.pings()


def kept(server: Namespace, network: Network) -> int:
    """Count the elements that the table keeps."""
    table = f"andreyvpn_{network.interface.name}"
    return sum(server.run("nft", "list", "set", "inet", table, name).count("expires") for name in ("came4", "came6"))


def test_it_works(company: Company, network: Network) -> None:
    client, space = network.client, network.client.namespace
    with company:
        company.let_in(company.friend)
        first = company.give_config(company.friend).decode()
        client.connect(first)
        assert client.pings()
        assert sees(company, None), "no table tells"
        server = load_table(network)
        assert talks(client)
        assert sees(company, PORT)
        shown = server.run("nft", "-j", "list", "table", "inet", f"andreyvpn_{network.interface.name}")
        assert ports.redirected(shown) == {443, 500}
        for endpoint in (f"{SERVER_ADDRESS}:443", f"[{SERVER_ADDRESS6}]:500", f"[{SERVER_ADDRESS6}]:443"):
            space.run("wg", "set", client._wireguard.name, "peer", network.interface.public_key(), "endpoint", endpoint)
            assert talks(client), endpoint
            assert sees(company, int(endpoint.rpartition(":")[2])), endpoint

        before = kept(server, network)
        space.run(sys.executable, "-c", FLOOD, SERVER_ADDRESS, SERVER_ADDRESS6)
        assert kept(server, network) == before, "strangers get no answer, and leave no trace"

        client.connect(first)
        assert talks(client)
        assert sees(company, PORT)
        company.admin.press(data="usual_port:443", message=company.admin.last(), forge=True)
        moving = company.admin.wait_for("Moving to port 443")
        assert "0 of 1 devices" in moving["text"]
        assert client.pings(), "nobody is cut off"
        last = company.friend.last()
        company.admin.press(data="rollout:2", message=moving, forge=True)
        file = company.friend.wait_for(predicate=lambda message: "document" in message, after=last)
        assert company.friend.wait_for("The old one keeps working", after=last)
        renewed = company.friend.download(file).decode()
        assert f"Endpoint = {SERVER_ADDRESS}:443" in renewed
        client.connect(renewed)
        assert talks(client)
        assert sees(company, 443)
        assert company.admin.wait_for("Everyone uses port 443 now")
        client.connect(first)
        assert client.pings(), "the older file works on"
