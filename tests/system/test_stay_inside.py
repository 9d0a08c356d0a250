"""On a booted machine, the bot works inside the app's container while its owner keeps using the app."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.company import TOKEN
from tests.system.amnezia import PEER, Layout, key
from tests.system.daemon import LAYOUTS, Place
from tests.system.installed import GIVEN, Installed, booted
from tests.system.network import Network, wait

pytestmark = [pytest.mark.root, pytest.mark.slow(120)]

BOT = ("setpriv", "--reuid=andreyvpn", "--regid=andreyvpn", "--clear-groups")


class Inside(Place):
    """The same, where the bot works in the container, beside the app."""

    def __init__(self, company: Installed, network: Network, layout: Layout) -> None:
        super().__init__(company, network, layout)
        self.conf = f"{layout.interface}.conf"
        self.stay = ("/src/install.sh", "--take-over", layout.container, "--stay-inside", *GIVEN)

    def is_as_before(self) -> bool:
        """Return True if docker starts the container, and nothing has taken its place on the host."""
        return self.container() == (True, "always") and not self.machine.do(self.company.tool, "show", "interfaces")

    def inside(self, *words: str, stdin: str = "") -> str:
        """Run a command in the container, as the app does."""
        return self.machine.do("docker", "exec", "-i", self.layout.container, *words, stdin=stdin)

    def read(self, name: str) -> str:
        """Return the content of one of the app's files."""
        return self.inside("cat", f"{self.layout.folder}/{name}")

    def write(self, name: str, text: str) -> None:
        """Write one of the app's files."""
        self.inside("sh", "-c", f"cat >{self.layout.folder}/{name}", stdin=text)

    def load(self) -> None:
        """Sync the interface with its file, as the app does."""
        tool, interface = self.layout.inside, self.layout.interface
        conf = f"{self.layout.folder}/{self.conf}"
        self.inside("bash", "-c", f"{tool} syncconf {interface} <({tool}-quick strip {conf})")

    def live(self) -> dict[str, str]:
        """Return the live peers' addresses by key."""
        lines = self.inside(self.layout.inside, "show", self.layout.interface, "allowed-ips").splitlines()
        return {line.split("\t")[0]: line.split("\t")[1] for line in lines}

    def clients(self) -> dict[str, str]:
        """Return the names in the app's list by key."""
        listed = json.loads(self.read("clientsTable"))
        return {one["clientId"]: one["userData"]["clientName"] for one in listed}

    def app_adds(self, name: str) -> str:
        """Add a client as the app does: .conf with the next address, wg syncconf, list; return its public key."""
        conf = self.read(self.conf)
        last = [line for line in conf.splitlines() if "AllowedIPs" in line][-1].removeprefix("AllowedIPs = ")
        address = f"10.8.1.{int(last.partition('/')[0].split('.')[-1]) + 1}"
        public = key("pubkey", key())
        section = PEER.format(public=public, psk=self.amnezia.psk, address=address)
        self.write(self.conf, conf + section)
        self.load()
        listed = json.loads(self.read("clientsTable"))
        data = {"clientName": name, "creationDate": "Mon Nov 30 10:00:00 2026"}
        listed.append({"clientId": public, "userData": data})
        self.write("clientsTable", json.dumps(listed, indent=4))
        return public

    def app_revokes(self, public: str) -> None:
        """Revoke a client as the app does: .conf, split at brackets; list; wg syncconf."""
        pieces = self.read(self.conf).split("[")
        pieces.remove(next(piece for piece in pieces if public in piece))
        self.write(self.conf, "[" + "[".join(filter(None, pieces)))
        listed = json.loads(self.read("clientsTable"))
        left = [one for one in listed if one["clientId"] != public]
        self.write("clientsTable", json.dumps(left, indent=4))
        self.load()


@pytest.fixture(params=LAYOUTS, ids=[layout.container for layout in LAYOUTS])
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Inside]:
    layout: Layout = request.param
    with booted(tmp_path, tool=layout.flavour.tool, docker=True, flavour=layout.flavour) as whole:
        yield Inside(*whole, layout)


def test_it_works(place: Inside) -> None:
    company, machine, container = place.company, place.machine, place.layout.container
    before = place.clients()
    with place.ping() as pings:
        said = company.open_up(*place.stay, BOT_TOKEN=TOKEN)
    print(said)
    assert "❌" not in said
    assert f"✅ The container {container} starts with the bot's peers" in said
    assert pings.longest_gap <= 1
    words = ("andreyvpn-node@x.service", "-P", "CapabilityBoundingSet", "-P", "BindPaths")
    shown = machine.do("systemctl", "show", *words)
    assert shown.split() == ["-/run/docker.sock:/run/docker.sock:rbind"], "docker's socket, and no capability"
    machine.do("test", "-s", "/var/lib/andreyvpn/taken-over/files.tar")
    assert place.is_as_before()
    assert place.clients() == before

    with company.settings.open("a") as settings:
        settings.write("SAMPLE_SECONDS=5\n")
    machine.do("systemctl", "restart", "andreyvpn")
    company.let_in(company.friend)
    new = company.give_config(company.friend).decode()
    address = next(line for line in new.splitlines() if line.startswith("Address")).removeprefix("Address = ")
    assert address == "10.8.1.3/32"
    assert place.runs_with(new)
    [mine] = [client for client, name in place.live().items() if name == address]
    wait(lambda: mine in place.clients(), 10, "the app's list")
    assert place.clients().items() >= before.items()

    theirs = place.app_adds("Granny")
    assert place.live()[theirs] == "10.8.1.4/32", "the app gives no address of the bot's"
    assert mine in place.live(), "the app's own way of adding keeps the bot's peers"
    assert "Granny" not in company.read("/var/lib/andreyvpn/names.json")
    wait(lambda: "Granny" in names_known(place), 90, "the name that the app gave")

    machine.do("systemctl", "stop", "andreyvpn", "andreyvpn-node.socket")
    machine.do("docker", "stop", container)
    machine.do("docker", "start", container)
    assert place.runs_with(new), "the container brings the bot's peers up without the bot"
    assert {mine, theirs} <= place.live().keys()
    place.app_revokes(mine)
    machine.do("systemctl", "start", "andreyvpn-node.socket", "andreyvpn")
    notice = company.admin.wait_for("Revoked in the AmneziaVPN app", timeout=60)
    assert mine not in place.live()
    assert mine not in place.clients()
    company.admin.press("Resume", message=notice)
    wait(lambda: mine in place.clients(), 60, "the app's list")
    assert place.runs_with(new)

    assert "Updated" in company.install("/src/install.sh", "update", "--yes")
    assert machine.do("systemctl", "show", *words).split() == shown.split(), "nothing has changed"
    assert f"✅ The container {container} starts with the bot's peers" in machine.do("andreyvpn", "check")
    machine.do("andreyvpn", "backup", "/var/lib/andreyvpn/copy.db")
    assert place.runs_with(new)

    for words in (("docker", "exec", "-i", container, "true"), ("ls", place.layout.folder)):
        machine.do(*BOT, *words, code=2 if words[0] == "ls" else 1)

    assert "❌" not in company.install("/src/install.sh", "--yes")
    place.write("clientsTable", "[{")
    wait(lambda: "files" in troubles(place), 60, "the bot's note of the broken list")
    assert "are out of date" in machine.do("andreyvpn", "check", code=1)
    assert place.read("clientsTable") == "[{"
    assert place.runs_with(new)

    machine.reboot()
    assert place.runs_with(new)
    place.write("clientsTable", "[]")
    moves_out_and_back(place, new, mine)
    conf = place.read(place.conf)
    said = company.install("/src/install.sh", "uninstall", "--purge", "--yes")
    assert f"The container {container} stays as it is" in said
    assert place.is_as_before()
    assert place.read(place.conf) == conf
    assert place.runs_with(new)
    for left in ("/etc/systemd/system/andreyvpn-node@.service.d", "/var/lib/andreyvpn", "/etc/andreyvpn/andreyvpn.env"):
        assert not company.has(left), left

    assert "❌" not in company.install(*place.stay, BOT_TOKEN=TOKEN)
    wait(lambda: "Anna: " in names_known(place), 60, "whom an earlier bot let in")
    assert mine in place.read(place.conf)
    assert place.runs_with(new)


def moves_out_and_back(place: Inside, file: str, mine: str) -> None:
    """Take the server over after all, give it back, and stay inside again; the friend keeps the same file."""
    tool, layout, company = place.company.tool, place.layout, place.company
    with place.ping() as pings:
        assert "❌" not in company.install("/src/install.sh", "--take-over", layout.container, "--yes")
    assert pings.longest_gap <= 5
    assert place.runs_with(file)
    assert mine in company.peers()
    folder = "wireguard" if tool == "wg" else "amnezia/amneziawg"
    assert mine not in company.read(f"/etc/{folder}/{tool}0.conf"), "the bot loads its own peers"
    assert company.is_active()
    company.install("/src/install.sh", "give-back", "--yes")
    assert place.is_as_before()
    assert "❌" not in company.install(*place.stay)
    assert place.runs_with(file)


def ask(place: Inside, query: str) -> str:
    with closing(sqlite3.connect(f"file:{place.company.database}?mode=ro", uri=True)) as db:
        return str(db.execute(query).fetchall())


def names_known(place: Inside) -> str:
    """Return the names that the bot has stored for peers that aren't its own."""
    return ask(place, "SELECT name FROM foreign_peers")


def troubles(place: Inside) -> str:
    return ask(place, "SELECT value FROM meta WHERE key = 'incident'")
