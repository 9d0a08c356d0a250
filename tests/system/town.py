"""A server with all that a real one has around it: friends, the internet, a provider's private network, and a LAN.

The server's default gateway has a private address, as behind a router at home or at some providers; it plays the
internet too, and a neighbour who sends packets to the tunnel. The provider's metadata is behind the LAN.
"""

from __future__ import annotations

import secrets
import sys
from contextlib import ExitStack
from pathlib import Path

from tests.system.network import PLAIN, PORT, Client, Namespace, RealInterface, run
from tests.system.sandbox import Sandbox

PROBE = Path(__file__).with_name("probe.py")
INTERNET, INTERNET6 = "203.0.113.80", "2001:db8:80::1"
PRIVATE, PUBLIC, PUBLIC6 = "192.168.1.5", "198.51.100.7", "2001:db8:5::5"  # the server's own
GATEWAY, NEIGHBOUR, NEIGHBOUR6 = "192.168.1.1", "198.51.100.1", "2001:db8:5::1"
LAN, LAN6, BEHIND, METADATA = "10.20.0.2", "fd20::2", "172.20.0.2", "169.254.169.254"
ANN, ANN6, BEN, BEN6 = "10.8.0.2", "fd10:8::2", "10.8.0.3", "fd10:8::3"
PORTS = ("22", "53", "443")
CONF = """[Interface]
Address = {addresses}
ListenPort = {port}
PostUp = nft -f /etc/andreyvpn/nat-{name}.nft
PostUp = test ! -s /peers || wg addconf %i /peers
PostDown = nft delete table inet andreyvpn_{name}
"""
FILE = """[Interface]
Address = {address}/32, {address6}/128
PrivateKey = {key}
MTU = 1280

[Peer]
PublicKey = {server}
AllowedIPs = 0.0.0.0/0, ::/0
Endpoint = {endpoint}:{port}
PersistentKeepalive = 25
"""


class Town:
    """The machines, the tunnel, and the installation's parts at work on the server."""

    def __init__(self, root: Path) -> None:
        self.tag = f"av{secrets.token_hex(4)}"
        self.sandbox = Sandbox(root, f"{self.tag}s")
        with ExitStack() as undo:
            spaces = [undo.enter_context(Namespace(f"{self.tag}{end}")) for end in "swlab"]
            self.server, self.world, self.lan, self.ann, self.ben = spaces
            self._lay_cables()
            self.interface = RealInterface(self.server, f"{self.tag}si", PLAIN)
            self.interface.up()
            for number, friend in ((1, self.ann), (2, self.ben)):
                self._connect(friend, number)
            for machine in spaces:
                ready = machine.start(sys.executable, str(PROBE), "answer", *PORTS).stdout
                assert ready
                assert ready.readline() == "ready\n"
            self._undo = undo.pop_all()
        self.conf = self.sandbox.root / f"etc/wireguard/{self.interface.name}.conf"
        addresses = ", ".join(self.interface.addresses)
        self.sandbox.write(str(self.conf.relative_to(root)), CONF.format(
            name=self.interface.name, addresses=addresses, port=PORT))  # fmt: skip

    def close(self) -> None:
        self._undo.close()

    def _lay_cables(self) -> None:
        for machine in (self.server, self.world, self.lan, self.ann, self.ben):
            machine.run("ip", "link", "set", "lo", "up")
        self._cable(self.world, [f"{PRIVATE}/24", f"{PUBLIC}/24", f"{PUBLIC6}/64"],
                    [f"{GATEWAY}/24", f"{NEIGHBOUR}/24", f"{NEIGHBOUR6}/64"])  # fmt: skip
        self._cable(self.lan, ["10.20.0.1/24", "fd20::1/64"], [f"{LAN}/24", f"{LAN6}/64"])
        for number, friend in ((1, self.ann), (2, self.ben)):
            self._cable(friend, [f"10.99.{number}.1/24"], [f"10.99.{number}.2/24"])
        for machine, addresses in ((self.world, (INTERNET, INTERNET6)), (self.lan, (BEHIND, METADATA))):
            for address in addresses:
                machine.run("ip", "address", "add", address, "dev", "lo")
        for way, via in (("default", GATEWAY), ("default", NEIGHBOUR6), (BEHIND, LAN), (METADATA, LAN)):
            self.server.run("ip", "route", "add", way, "via", via)
        for via in ("10.20.0.1", "fd20::1"):
            self.lan.run("ip", "route", "add", "default", "via", via)
        for way, via in (("10.0.0.0/8", PRIVATE), ("fd00::/8", PUBLIC6)):
            self.world.run("ip", "route", "add", way, "via", via)

    def _cable(self, other: Namespace, here: list[str], there: list[str]) -> None:
        end = f"{self.tag}{other.name[-1]}"
        veth = (f"{end}0", "type", "veth", "peer", f"{end}1", "netns", other.name)
        run("ip", "-n", self.server.name, "link", "add", *veth)
        for machine, name, addresses in ((self.server, f"{end}0", here), (other, f"{end}1", there)):
            for address in addresses:
                machine.run("ip", "address", "add", address, "dev", name, *(["nodad"] if ":" in address else []))
            machine.run("ip", "link", "set", name, "up")

    def _connect(self, friend: Namespace, number: int) -> None:
        key, address, address6 = self.interface.generate_key(), f"10.8.0.{number + 1}", f"fd10:8::{number + 1}"
        public = self.interface.public_key(key)
        self.interface.set("peer", public, "allowed-ips", f"{address}/32,{address6}/128")
        Client(friend, f"{friend.name}i", PLAIN).connect(FILE.format(
            address=address, address6=address6, key=key, server=self.interface.public_key(),
            endpoint=f"10.99.{number}.1", port=PORT))  # fmt: skip

    def apply(self, *settings: str) -> str:
        """Let the installation apply the owner's settings; return what it says."""
        good = ("BOT_TOKEN=123456:ABC-DEF_ghijkl", "ADMIN_IDS=1", "SERVER_ENDPOINT=vpn.example.org")
        lines = (*good, f"AWG_INTERFACE={self.interface.name}", "AWG_COMMAND=wg", *settings)
        self.sandbox.write("/etc/andreyvpn/andreyvpn.env", "\n".join(lines) + "\n")
        return self.sandbox.parts("watch_over; judge_settings; interface=$(from_file AWG_INTERFACE); "
                                  "tool=$(from_file AWG_COMMAND); if is_ours; then renew_network; fi")  # fmt: skip

    def ask(self, machine: Namespace, *questions: str) -> dict[str, str]:
        """Return what a machine hears of each "KIND:ADDRESS:PORT" or "ping:ADDRESS"."""
        answers = machine.run(sys.executable, str(PROBE), "ask", *questions).splitlines()
        return dict(zip(questions, answers, strict=True))
