"""What lies beyond a server: a machine that plays Telegram, a resolver and the internet. And a second friend.

The tunnel is Network's; ANN is its client, BEN the other one. The server translates addresses, as installed ones do.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack

from lib.install.policy import make_policy, render
from tests.system.network import PORT, SERVER_ADDRESS, WEB, Client, Namespace, Network, run
from tests.system.town import FILE, PROBE

TELEGRAM, TELEGRAM6, ELSEWHERE, ELSEWHERE6 = "149.154.167.50", "2001:67c:4e8:f002::a", "203.0.113.80", "2001:db8:80::1"
RESOLVER, RESOLVER6 = "9.9.9.9", "2620:fe::9"
HERE, THERE, HERE6, THERE6 = "192.0.2.1", "192.0.2.2", "2001:db8:2::1", "2001:db8:2::2"
ANN, ANN6, BEN, BEN6 = "10.8.0.2", "fd10:8::2", "10.8.0.3", "fd10:8::3"
FORWARDING = ("net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")


def devices(*addresses: str) -> list[str]:
    """Return addresses as the networks of single devices."""
    return [f"{address}/{128 if ':' in address else 32}" for address in addresses]


def connect(network: Network, client: Client, endpoint: str, *addresses: str) -> None:
    """Make a peer with these addresses, IPv4 first, and connect its device."""
    key = network.interface.generate_key()
    allowed = ",".join(devices(*addresses))
    network.interface.set("peer", network.interface.public_key(key), "allowed-ips", allowed)
    conf = FILE.format(address=addresses[0], address6=addresses[1], key=key, port=PORT, endpoint=endpoint,
                       server=network.interface.public_key())  # fmt: skip
    client.connect(conf)
    for address in addresses[2:]:
        client.namespace.run("ip", "address", "add", address, "dev", client.name)
    assert client.pings()


class Beyond:
    """A network whose server has the internet behind it, and two friends."""

    def __enter__(self) -> Beyond:
        with ExitStack() as undo:
            self.network = undo.enter_context(Network())
            self.server = self.network.server_space
            self.world, second = (undo.enter_context(Namespace(f"{self.server.name[:-1]}{end}")) for end in "wb")
            self.network.interface.up()
            self._lay_cable(self.world, "w", [f"{HERE}/24", f"{HERE6}/64"], [f"{THERE}/24", f"{THERE6}/64"])
            self._lay_cable(second, "b", ["10.99.2.1/24"], ["10.99.2.2/24"])
            for address in (TELEGRAM, TELEGRAM6, ELSEWHERE, ELSEWHERE6, RESOLVER, RESOLVER6):
                self.world.run("ip", "address", "add", address, "dev", "lo")
            self.server.run("sysctl", "-q", "-w", *FORWARDING)
            self.server.run("ip", "route", "add", "default", "via", THERE)
            self.server.run("ip", "route", "add", "default", "via", THERE6)
            self.load(self.policy())
            answering = self.world.start(sys.executable, str(PROBE), "answer", "53", "443", "5222").stdout
            assert answering
            assert answering.readline() == "ready\n"
            serving = self.world.start(sys.executable, str(WEB), "serve", ELSEWHERE).stdout
            assert serving
            assert serving.readline() == "ready\n"
            self.ann, self.ben = self.network.client, Client(second, f"{second.name}i", self.network.flavour)
            connect(self.network, self.ann, SERVER_ADDRESS, ANN, ANN6)
            connect(self.network, self.ben, "10.99.2.1", BEN, BEN6)
            self._undo = undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    def _lay_cable(self, other: Namespace, end: str, here: list[str], there: list[str]) -> None:
        names = [f"{self.server.name[:-1]}{end}{number}" for number in "01"]
        run("ip", "-n", self.server.name, "link", "add", names[0], "type", "veth", "peer", names[1],
            "netns", other.name)  # fmt: skip
        for machine, name, addresses in ((self.server, names[0], here), (other, names[1], there)):
            machine.run("ip", "link", "set", "lo", "up")
            for address in addresses:
                machine.run("ip", "address", "add", address, "dev", name, *(["nodad"] if ":" in address else []))
            machine.run("ip", "link", "set", name, "up")

    def policy(self) -> str:
        """Return the table that install.sh writes for the interface."""
        conf = f"Address = {', '.join(self.network.interface.addresses)}\nListenPort = {PORT}\n"
        return render(make_policy(self.network.interface.name, conf, [], {"CLIENT_DNS": f"{RESOLVER}, {RESOLVER6}"}))

    def load(self, ruleset: str) -> None:
        """Load rules on the server."""
        self.server.run("nft", "-f", "-", stdin=ruleset)

    def opens(self, client: Client, *questions: str) -> list[str]:
        """Return which of "KIND:ADDRESS:PORT" or "ping:ADDRESS" a device reaches."""
        answers = client.namespace.run(sys.executable, str(PROBE), "ask", *questions).splitlines()
        return [question for question, answer in zip(questions, answers, strict=True) if answer == "open"]
