"""The kernel's own WireGuard, which nearly every owner has: a virtual machine with Debian's kernel.

A friend's device is a network namespace of the machine, whose wg-quick uses the file as it was delivered.
"""

from __future__ import annotations

import json
import re
import secrets
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.company import FRIEND
from tests.reporting import Figures
from tests.system.installed import Installed, inside
from tests.system.network import CLIENT_ADDRESS, SERVER_ADDRESS, TUNNEL_ADDRESS, WEB, Namespace, run
from tests.system.virtual_machine import VirtualMachine, virtual_machine

pytestmark = [pytest.mark.root, pytest.mark.slow(220)]

WORLD = "1.1.1.1"  # somewhere beyond the server
AMOUNT = 500_000  # bytes
LIMIT = 0.5  # Mbit/s: less than the emulated machine manages
BESIDE = """
python3 -ISB /root/web.py {way} {world} 5000000 &
sleep 4
ping -n -i 0.1 -c 30 {server}
kill $!
"""
PATIENCE = 10  # the factor of every timeout: emulation is slow, and slower beside other tests
CABLE = f"""
ip netns add friend
ip link add cable type veth peer name cable netns friend
ip address add {SERVER_ADDRESS}/24 dev cable
ip link set cable up
ip -n friend address add {CLIENT_ADDRESS}/24 dev cable
ip -n friend link set cable up
ip -n friend link set lo up
"""
QUERY = """
import json, sqlite3, sys
with sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, timeout=10) as db:
    print(json.dumps(db.execute(sys.argv[2], json.loads(sys.argv[3])).fetchall()))
"""
DEVICE = ("ip", "netns", "exec", "friend")


class Elsewhere(Installed):
    """People who use a bot in a virtual machine; their Telegram is outside of it."""

    def __init__(self, machine: VirtualMachine, folder: Path) -> None:
        super().__init__(machine, folder)
        self.stand.patience = PATIENCE

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Query the bot's database."""
        asked = ("python3", "-ISBc", QUERY, str(self.database), query, json.dumps(values))
        return [tuple(row) for row in json.loads(self.machine.do(*asked))]


class Device:
    """A friend's device: a network namespace of the machine, joined to the server by a cable."""

    def __init__(self, machine: VirtualMachine) -> None:
        self._machine = machine

    def plug_in(self) -> None:
        """Make the namespace and the cable."""
        self._machine.do("sh", "-euc", CABLE)

    def connect(self, conf: str) -> None:
        """Connect by a .conf; its DNS is left out, for there is no name to resolve."""
        kept = "".join(line for line in conf.splitlines(keepends=True) if not line.startswith("DNS"))
        self._machine.do("sh", "-c", "umask 077 && cat >/root/friend.conf", stdin=kept)
        self._machine.do(*DEVICE, "wg-quick", "up", "/root/friend.conf")

    def pings(self) -> bool:
        """Return True if the server's address inside the tunnel answers a ping within three seconds."""
        return "bytes from" in self._machine.says(*DEVICE, "ping", "-n", "-c", "1", "-W", "3", TUNNEL_ADDRESS)

    def latency_beside(self, way: str) -> float:
        """Return the median of a ping's milliseconds beside a download or an upload."""
        script = BESIDE.format(server=TUNNEL_ADDRESS, way=way, world=WORLD)
        self._machine.do("sh", "-c", "cat >/root/web.py", stdin=WEB.read_text(encoding="utf-8"))
        found = re.findall(r"time=([\d.]+) ms", self._machine.do(*DEVICE, "sh", "-c", script))
        assert len(found) > 25
        return statistics.median(map(float, found))

    def speed(self) -> float:
        """Return how fast a download is, in Mbit/s."""
        begin = time.monotonic()
        assert self.downloads()
        return AMOUNT * 8 / 1e6 / (time.monotonic() - begin)

    def downloads(self) -> bool:
        """Return True if all bytes arrive from the other side of the server."""
        words = (*DEVICE, "python3", "-ISB", "-", "download", WORLD, str(AMOUNT))
        return self._machine.do(*words, stdin=WEB.read_text(encoding="utf-8")).startswith(f"{AMOUNT} ")


def shown(machine: VirtualMachine, unit: str, name: str) -> str:
    """Return a property of a unit."""
    return machine.says("systemctl", "show", "--value", f"--property={name}", unit)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[VirtualMachine]:
    with virtual_machine(tmp_path) as machine:
        yield machine


@pytest.fixture
def company(machine: VirtualMachine, tmp_path: Path) -> Iterator[Elsewhere]:
    """Boot the machine in a world of its own, with people to use the bot and a web server."""
    with Namespace(f"av{secrets.token_hex(4)}w") as world, inside(world.name):
        run("ip", "link", "set", "lo", "up")
        run("ip", "address", "add", f"{WORLD}/32", "dev", "lo")
        web = world.start(sys.executable, str(WEB), "serve", WORLD)
        assert web.stdout
        assert web.stdout.readline() == "ready\n"
        company = Elsewhere(machine, tmp_path)
        try:
            machine.boot()
            yield company
        finally:
            company.stand.close()


def limit_speeds(company: Elsewhere, machine: VirtualMachine, device: Device, figures: Figures) -> None:
    """Limit everybody, with what the kernel loads when the node asks for it, and lift it again."""
    free = device.speed()
    machine.do("sh", "-c", f"echo SPEED_MBIT={LIMIT} >>/etc/andreyvpn/andreyvpn.env && systemctl restart andreyvpn")
    company.wait(lambda: "av-wg0" in machine.do("nft", "list", "ruleset"), 60, "the limits")
    queues = machine.do("tc", "qdisc", "show")
    for kind in ("htb", "tbf", "fq_codel"):
        for name in ("wg0", "av-wg0"):
            assert re.search(rf"qdisc {kind} \S+ dev {name} ", queues), queues
    limited = device.speed()
    assert 0.3 * LIMIT < limited <= LIMIT, "with the start of Python, which takes seconds on a busy machine"
    fair = {way: device.latency_beside(way) for way in ("download", "upload")}
    for name in ("wg0", "av-wg0"):
        (leaf,) = re.findall(rf"qdisc fq_codel \S+ dev {name} parent (\S+)", queues)
        machine.do("tc", "qdisc", "replace", "dev", name, "parent", leaf, "pfifo", "limit", "100")
    plain = {way: device.latency_beside(way) for way in ("download", "upload")}
    figures.say(f"{free:.1f} Mbit/s without a limit, {limited:.2f} of {LIMIT}; a ping beside a download takes "
                f"{fair['download']:.0f} ms, {plain['download']:.0f} in one queue; beside an upload "
                f"{fair['upload']:.0f} and {plain['upload']:.0f}")  # fmt: skip
    machine.do("sh", "-c", "sed -i /^SPEED_MBIT/d /etc/andreyvpn/andreyvpn.env && systemctl restart andreyvpn")
    company.wait(lambda: "andreyvpn_fence" not in machine.do("nft", "list", "ruleset"), 60, "the end of the limits")
    assert "htb" not in machine.do("tc", "qdisc", "show")
    assert fair["download"] < plain["download"] / 3
    assert fair["upload"] < plain["upload"] / 3


def test_it_works(company: Elsewhere, machine: VirtualMachine, figures: Figures) -> None:
    admin, friend, device = company.admin, company.friend, Device(machine)
    device.plug_in()
    machine.reach(company.stand.server.port)
    said = company.open_up()
    assert "❌" not in said, said
    assert "wireguard" in machine.do("ip", "-d", "link", "show", "wg0")
    assert machine.says("pgrep", "wireguard-go") == "", "the interface is the kernel's"
    bot = shown(machine, "andreyvpn", "MainPID")
    assert "CapBnd:\t0000000000000000\n" in machine.do("cat", f"/proc/{bot}/status"), "the bot itself can't change it"
    assert shown(machine, "andreyvpn-node@1", "CapabilityBoundingSet") == "cap_net_admin"

    company.let_in(friend)
    conf = company.give_config(friend).decode()
    device.connect(conf)
    company.wait(device.pings, 20, "the first ping")
    before = company.peers()
    handshake = machine.do("wg", "show", "wg0", "latest-handshakes").split()
    assert handshake[0] in before
    assert int(handshake[1]) > 0
    assert device.downloads()

    limit_speeds(company, machine, device, figures)
    company.block(admin.wait_for(f"ID: {FRIEND}"))
    company.wait(lambda: company.peers() == {}, 20, "the cut")
    assert machine.do("wg", "show", "wg0", "latest-handshakes") == ""
    assert not device.pings()
    assert company.rows("SELECT sum(sent) FROM stats")[0][0] >= AMOUNT, "what passed is counted"
    admin.press("Unblock", message=admin.wait_for(f"ID: {FRIEND}"))
    company.wait(lambda: company.peers() == before, 20, "the peer's return")
    company.wait(device.pings, 40, "the return of the tunnel, the device untouched")

    machine.do("systemctl", "restart", "wg-quick@wg0")
    company.wait(lambda: company.peers() == before, 20, "the peers' return to an interface that was made anew")
    company.wait(device.pings, 40, "the return of the tunnel after that")

    machine.do("systemctl", "disable", "andreyvpn")
    machine.reboot()
    assert not company.is_active()
    assert company.peers() == before, "the VPN outlives the bot"
    device.plug_in()
    device.connect(conf)
    company.wait(device.pings, 20, "a ping without the bot")
    assert device.downloads()
