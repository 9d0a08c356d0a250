"""The whole way on a booted machine: a container's server is taken over, and both states outlive a reboot."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.company import TOKEN
from tests.system.amnezia import AMNEZIA, OWN, Amnezia
from tests.system.house import Pings
from tests.system.installed import GIVEN, Installed, booted
from tests.system.network import Network, wait

pytestmark = [pytest.mark.root, pytest.mark.slow(120)]

SECONDS = 5.0  # that packets may be lost
DOCKER = """[Unit]
Description=Docker's stand-in
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/bin/docker boot
ExecStop=/usr/local/bin/docker crash
[Install]
WantedBy=multi-user.target
"""
TAKE_OVER = ("/src/install.sh", "--take-over", AMNEZIA, *GIVEN)


class Place:
    """The machine, the friend's device, and the file that it has had all along."""

    def __init__(self, company: Installed, network: Network) -> None:
        self.company, self.machine, self.client = company, company.machine, network.client
        self._device = network.server[:-1] + "c"
        self.amnezia = Amnezia()
        self.file = self.amnezia.add_friend()
        self.amnezia.add_friend()

    def set_up(self) -> None:
        """Install the stand-in for docker with the app's server in it, as a service that starts at boot."""
        bin_folder = self.machine.root / "usr/local/bin"
        shutil.copy(Path(__file__).with_name("docker.py"), bin_folder / "docker")
        self.amnezia.lay(bin_folder)
        (self.machine.root / "etc/systemd/system/docker.service").write_text(DOCKER)
        self.machine.do("systemctl", "enable", "--now", "docker")
        self.connect()

    def connect(self) -> None:
        self.client.connect(self.file)
        try:
            wait(lambda: self.client.pings(OWN), 40, "the friend's connection")
        except AssertionError:
            inside = f"docker exec -i {AMNEZIA} wg show"
            print(*(self.machine.says(*words.split()) for words in ("systemctl status docker", inside, "wg show")))
            raise

    def ping(self) -> Pings:
        return Pings(self._device)

    def step(self) -> str:
        """Return how far the take-over is."""
        journal = self.machine.root / "etc/andreyvpn/taken-over.json"
        return str(json.loads(journal.read_text())["step"]) if journal.exists() else ""

    def serves(self) -> str:
        """Return who serves friends now and after a boot."""
        [seen] = json.loads(self.machine.do("docker", "inspect", AMNEZIA))
        container = (seen["State"]["Running"], seen["HostConfig"]["RestartPolicy"]["Name"])
        enabled = self.machine.says("systemctl", "is-enabled", "wg-quick@wg0")
        is_up = "wg0" in self.machine.do("wg", "show", "interfaces")
        conf = self.company.has("/etc/wireguard/wg0.conf")
        if container == (True, "always") and enabled != "enabled" and not is_up and not conf:
            return "container"
        return "interface" if (container, enabled, is_up, conf) == ((False, "no"), "enabled", True, True) else "half"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with booted(tmp_path) as whole:
        place = Place(*whole)
        place.set_up()
        yield place


def test_it_works(place: Place) -> None:
    company, machine = place.company, place.machine
    with place.ping() as pings:
        said = company.open_up(*TAKE_OVER, BOT_TOKEN=TOKEN)
    print(said)
    assert "❌" not in said
    assert "✅ wg0 was taken over from the container amnezia-wireguard" in said
    assert pings.longest_gap <= SECONDS
    assert pings.last_answered
    assert place.serves() == "interface"
    names = json.loads(company.read("/var/lib/andreyvpn/names.json"))
    assert sorted(names.values()) == ["Friend 1", "Friend 2"]

    said = machine.do("andreyvpn", "backup", "/var/lib/andreyvpn/mine.db")
    assert "taken over from the container amnezia-wireguard. A copy of that is in /var/lib/andreyvpn/taken-over" in said

    company.let_in(company.friend)
    new = company.give_config(company.friend).decode()
    assert "Address = 10.8.1.3/32" in new, "the next free address of the network that was taken over"

    machine.reboot()
    place.connect()
    assert place.serves() == "interface"
    assert "taken over before: it is wg0" in company.install(*TAKE_OVER)
    assert place.serves() == "interface"

    with place.ping() as pings:
        said = company.install("/src/install.sh", "give-back", "--yes")
    assert "10.8.1.3/32" in said, "the container does not know the peer that the bot made"
    assert pings.longest_gap <= SECONDS
    assert place.serves() == "container"
    for left in ("/etc/andreyvpn/taken-over.json", "/etc/andreyvpn/nat-wg0.nft", "/usr/local/lib/andreyvpn-takeover",
                 "/etc/systemd/system/andreyvpn-takeover.service"):  # fmt: skip
        assert not company.has(left), left

    machine.reboot()
    place.connect()
    assert place.serves() == "container"


BLOCK = "chain {0}put {{ type filter hook {0}put priority 0; udp {1}port 51820 drop; }};"
RULES = f"table inet owner {{ {BLOCK.format('in', 'd')} {BLOCK.format('out', 's')} }}"


def kill_the_installer(place: Place) -> None:
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


PREPARE = """eval "$(sed '$d' /src/install.sh)"
read_options
take_over=amnezia-wireguard interface=wg0 taken_interface=wg0 taken_tool=wg nat=$etc/nat-wg0.nft release=$here
watch_over
settle_takeover
judge_settings
judge_takeover
allow_forwarding ''
place_loader
network_lines | takeover prepare $take_over wg0 1.1.1.1
write_policy /etc/wireguard/wg0.conf
place_recovery
end_watch
undo_done
trap - EXIT
"""


def test_what_is_cut_off_is_settled_at_once_or_by_the_boot_and_uninstalling_gives_back(place: Place) -> None:
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
