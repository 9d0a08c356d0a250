"""The complete take-over on a booted machine, and the return to the container; both survive a reboot."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.company import TOKEN
from tests.system.amnezia import OWN, PLAIN, Layout
from tests.system.daemon import LAYOUTS, RESOLVER_ADDRESS, Place
from tests.system.house import INTERNET, PREPARED, PROBE, lay_uplink
from tests.system.installed import GIVEN, Installed, booted
from tests.system.network import Namespace, Network, run, wait

pytestmark = [pytest.mark.root, pytest.mark.slow(120)]

SECONDS = 5.0  # the longest acceptable interruption
FOLDERS = {"wg": "/etc/wireguard", "awg": "/etc/amnezia/amneziawg"}
TAKE_OVER = ("/src/install.sh", "--take-over", PLAIN.container, *GIVEN)


class TakenOver(Place):
    """The same, where the server is taken over."""

    def __init__(self, company: Installed, network: Network, layout: Layout) -> None:
        super().__init__(company, network, layout)
        self.interface = f"{layout.flavour.tool}0"
        self.take_over = ("/src/install.sh", "--take-over", layout.container, *GIVEN)

    def connect(self) -> None:
        """Reconnect the friend's device."""
        self.runs_with(self.file)

    def asks_resolver(self) -> str:
        """Return what the friend hears of the resolver that the file names: open, refused or silent."""
        words = ["ip", "netns", "exec", self.device, sys.executable, str(PROBE), "ask", f"udp:{RESOLVER_ADDRESS}:53"]
        return run(*words).strip()

    def step(self) -> str:
        """Return the take-over's current step."""
        journal = self.machine.root / "etc/andreyvpn/taken-over.json"
        return str(json.loads(journal.read_text())["step"]) if journal.exists() else ""

    def serves(self) -> str:
        """Return who serves friends now and after a boot."""
        container, tool = self.container(), self.company.tool
        enabled = self.machine.says("systemctl", "is-enabled", f"{tool}-quick@{self.interface}")
        is_up = self.interface in self.machine.do(tool, "show", "interfaces")
        conf = self.company.has(f"{FOLDERS[tool]}/{self.interface}.conf")
        if container == (True, "always") and enabled != "enabled" and not is_up and not conf:
            return "container"
        return "interface" if (container, enabled, is_up, conf) == ((False, "no"), "enabled", True, True) else "half"


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[TakenOver]:
    layout: Layout = getattr(request, "param", PLAIN)
    tool = layout.flavour.tool
    with ExitStack() as undo:
        company, network = undo.enter_context(booted(tmp_path, tool=tool, docker=True, flavour=layout.flavour))
        lay_uplink(network.server, undo.enter_context(Namespace(f"{network.server[:-1]}w")))
        yield TakenOver(company, network, layout)


@pytest.mark.parametrize("place", LAYOUTS, indirect=True, ids=[layout.container for layout in LAYOUTS])
def test_it_works(place: TakenOver) -> None:
    company, machine, container, interface = place.company, place.machine, place.layout.container, place.interface
    with place.ping() as pings:
        said = company.open_up(*place.take_over, BOT_TOKEN=TOKEN)
    print(said)
    assert "❌" not in said
    assert f"✅ {interface} was taken over from the container {container}" in said
    assert pings.longest_gap <= SECONDS
    assert pings.last_answered
    assert place.serves() == "interface"
    assert place.asks_resolver() == "open", "docker's own firewall lets friends through to it"
    assert place.client.pings(INTERNET)
    names = json.loads(company.read("/var/lib/andreyvpn/names.json"))
    assert sorted(names.values()) == ["Friend 1", "Friend 2"]

    said = machine.do("andreyvpn", "backup", "/var/lib/andreyvpn/mine.db")
    assert f"taken over from the container {container}. A copy of that is in /var/lib/andreyvpn/taken-over" in said

    company.let_in(company.friend)
    new = company.give_config(company.friend).decode()
    assert "Address = 10.8.1.3/32" in new, "the next free address of the network that was taken over"

    machine.reboot()
    place.connect()
    assert place.serves() == "interface"
    wait(lambda: place.asks_resolver() == "open", 20, "the resolver's answer")
    assert place.client.pings(INTERNET)
    assert f"taken over before: it is {interface}" in company.install(*place.take_over)
    assert place.serves() == "interface"

    with place.ping() as pings:
        said = company.install("/src/install.sh", "give-back", "--yes")
    assert "10.8.1.3/32" in said, "the container does not know the peer that the bot made"
    assert pings.longest_gap <= SECONDS
    assert place.serves() == "container"
    for left in ("/etc/andreyvpn/taken-over.json", f"/etc/andreyvpn/nat-{interface}.nft",
                 "/usr/local/lib/andreyvpn-takeover", "/etc/systemd/system/andreyvpn-takeover.service"):  # fmt: skip
        assert not company.has(left), left

    machine.reboot()
    place.connect()
    assert place.serves() == "container"
    assert place.asks_resolver() == "open"
    assert place.client.pings(INTERNET)
    assert "andreyvpn" not in machine.do("iptables-save"), "what was let through went with the take-over"


BLOCK = "chain {0}put {{ type filter hook {0}put priority 0; udp {1}port 51820 drop; }};"
RULES = f"table inet owner {{ {BLOCK.format('in', 'd')} {BLOCK.format('out', 's')} }}"


def kill_the_installer(place: TakenOver) -> None:
    """Let it be killed with all of its group, as for want of memory, and see that it is settled within seconds."""
    company, machine = place.company, place.machine
    company.lay_libraries()
    machine.do("nft", RULES)
    given = {"TELEGRAM_API": company.stand.url, "LANG": "C.UTF-8", "BOT_TOKEN": TOKEN}
    command = machine.inside("systemd-run", "--quiet", "--wait", "--unit=ssh-of-the-owner",
                             *(f"--setenv={name}={value}" for name, value in given.items()), *TAKE_OVER)  # fmt: skip
    installer = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait(lambda: place.step() == "trying", 120, "the cut-over")
        assert machine.says("systemctl", "is-active", "andreyvpn-takeover") == "activating", "it watches"
        with place.ping() as pings:
            machine.do("systemctl", "kill", "--signal=KILL", "ssh-of-the-owner")
            took = wait(lambda: place.step() == "undone", 20, "the end of the take-over")
            wait(lambda: place.client.pings(OWN), 12, "the friend's connection")
        print("settled after", round(took, 1), "s, the longest gap of pings:", round(pings.longest_gap, 1), "s")
        wait(lambda: machine.says("systemctl", "is-active", "andreyvpn-takeover") != "activating", 20, "its end")
        assert machine.says("systemctl", "is-failed", "andreyvpn-takeover") == "inactive"
        assert place.serves() == "container"
    finally:
        installer.wait(timeout=20)
        machine.do("nft", "delete", "table", "inet", "owner")


PREPARE = f"""eval "$(sed '$d' /src/install.sh)"
read_options
{PREPARED}trap - EXIT
"""


def test_what_is_cut_off_is_settled_at_once_or_by_the_boot_and_uninstalling_gives_back(place: TakenOver) -> None:
    company, machine = place.company, place.machine
    kill_the_installer(place)
    company.open_up(*TAKE_OVER, BOT_TOKEN=TOKEN)
    assert place.serves() == "interface"
    assert machine.says("systemctl", "is-failed", "andreyvpn-takeover") == "inactive"
    company.install("/src/install.sh", "give-back", "--yes")
    for where, end in (("inspect", "container"), ("systemctl enable", "interface")):
        machine.do("sh", "-euc", PREPARE, "/src/install.sh")
        machine.do("python3", "-B", "/src/tests/system/killed.py", where, "cut", "10", code=-9)
        machine.reboot()
        place.connect()
        assert machine.do("systemctl", "show", "-P", "Result", "andreyvpn-takeover").strip() == "success"
        assert place.serves() == end
        assert "Done" in company.install(*TAKE_OVER)
        assert place.serves() == "interface"
        if end == "container":
            company.install("/src/install.sh", "give-back", "--yes")
    with place.ping() as pings:
        said = company.install("/src/install.sh", "uninstall", "--yes")
    assert "wg0 goes back to its container amnezia-wireguard" in said
    assert pings.longest_gap <= SECONDS
    assert place.serves() == "container"
