"""On a booted machine the bot works inside the app's container, whose owner still uses the app beside it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.company import TOKEN
from tests.system.amnezia import AMNEZIA, FOLDER, OWN, PEER, Amnezia, key
from tests.system.house import Pings
from tests.system.installed import GIVEN, Installed, booted
from tests.system.network import Network, wait

pytestmark = [pytest.mark.root, pytest.mark.slow(120)]

STAY = ("/src/install.sh", "--take-over", AMNEZIA, "--stay-inside", *GIVEN)
DOCKER = """[Unit]
Description=Docker's stand-in
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/lib/standin/docker boot
ExecStop=/usr/local/lib/standin/docker crash
[Install]
WantedBy=multi-user.target
"""
WRAPPER = """#!/bin/sh
# The stand-in: what the node asks for goes through docker's socket, the rest is root's.
if [ "$1" = exec ] && [ "$(id -u)" != 0 ]; then exec /usr/local/bin/docker-client "$@"; fi
exec /usr/local/lib/standin/docker "$@"
"""
DAEMON = """[Unit]
Description=Docker's stand-in for a daemon
[Service]
ExecStart=/usr/local/lib/standin/docker-socket /usr/local/lib/standin/docker
[Install]
WantedBy=multi-user.target
"""
START = f"""
sysctl -q -w net.ipv4.ip_forward=1
wg-quick up {FOLDER}/wg0.conf
iptables -A INPUT -i wg0 -j ACCEPT
iptables -A FORWARD -i wg0 -j ACCEPT
iptables -A OUTPUT -o wg0 -j ACCEPT
iptables -A FORWARD -m state --state ESTABLISHED,RELATED -j ACCEPT
iptables -t nat -A POSTROUTING -s 10.8.1.0/24 -o eth0 -j MASQUERADE
"""
BOT = ("setpriv", "--reuid=andreyvpn", "--regid=andreyvpn", "--clear-groups")


class Inside:
    """The machine with the app's container, the app, and the friend's device with its file."""

    def __init__(self, company: Installed, network: Network) -> None:
        self.company, self.machine, self.client = company, company.machine, network.client
        self._device = network.server[:-1] + "c"
        self.amnezia, self.files = Amnezia(), Path()
        self.file = self.amnezia.add_friend()
        self.amnezia.add_friend()

    def set_up(self) -> None:
        """Install the stand-ins; where docker's own client is at hand, the node uses that."""
        here, root = Path(__file__).parent, self.machine.root
        folder = root / "usr/local/lib/standin"
        folder.mkdir(parents=True)
        shutil.copy(here / "docker.py", folder / "docker")
        shutil.copy(here / "docker_socket.py", folder / "docker-socket")
        own = shutil.which("docker")
        is_real = bool(own) and Path(str(own)).read_bytes()[:4] == b"\x7fELF"
        shutil.copy(str(own) if is_real else here / "docker_client.py", root / "usr/local/bin/docker-client")
        print("docker's client:", own if is_real else "a stand-in")
        (root / "usr/local/bin/docker").write_text(WRAPPER)
        for file in (folder / "docker", folder / "docker-socket", root / "usr/local/bin/docker",
                     root / "usr/local/bin/docker-client"):  # fmt: skip
            file.chmod(0o755)
        self.amnezia.lay(folder)
        self.files = folder / "containers" / AMNEZIA / "root" / FOLDER.lstrip("/")
        described = folder / "containers" / AMNEZIA / "container.json"
        described.write_text(json.dumps({**json.loads(described.read_text()), "start": START}))
        units = root / "etc/systemd/system"
        (units / "docker.service").write_text(DOCKER)
        (units / "docker-daemon.service").write_text(DAEMON)
        self.machine.do("groupadd", "--system", "docker")
        self.machine.do("systemctl", "enable", "--now", "docker", "docker-daemon")
        wait(lambda: self.machine.says("stat", "-c", "%F", "/run/docker.sock") == "socket", 10, "docker's socket")
        self.runs_with(self.file)

    def ping(self) -> Pings:
        return Pings(self._device)

    def is_as_before(self) -> bool:
        """Return True if docker starts the container, and nothing has taken its place on the host."""
        [seen] = json.loads(self.machine.do("docker", "inspect", AMNEZIA))
        container = (seen["State"]["Running"], seen["HostConfig"]["RestartPolicy"]["Name"])
        return container == (True, "always") and "wg0" not in self.machine.do("wg", "show", "interfaces")

    def inside(self, *words: str, stdin: str = "") -> str:
        """Run a command in the container, as the app does."""
        return self.machine.do("docker", "exec", "-i", AMNEZIA, *words, stdin=stdin)

    def live(self) -> dict[str, str]:
        """Return the addresses of the live peers by their keys."""
        lines = self.inside("wg", "show", "wg0", "allowed-ips").splitlines()
        return {line.split("\t")[0]: line.split("\t")[1] for line in lines}

    def clients(self) -> dict[str, str]:
        """Return the app's list: names by keys."""
        listed = json.loads((self.files / "clientsTable").read_text())
        return {one["clientId"]: one["userData"]["clientName"] for one in listed}

    def app_adds(self, name: str) -> str:
        """Add a client as the app does: its file, the next address, wg syncconf, its list; return its public key."""
        conf = self.inside("cat", f"{FOLDER}/wg0.conf")
        last = [line for line in conf.splitlines() if "AllowedIPs" in line][-1].removeprefix("AllowedIPs = ")
        address = f"10.8.1.{int(last.partition('/')[0].split('.')[-1]) + 1}"
        public = key("pubkey", key())
        section = PEER.format(public=public, psk=self.amnezia.psk, address=address)
        self.inside("sh", "-c", f"cat >>{FOLDER}/wg0.conf", stdin=section)
        self.inside("bash", "-c", f"wg syncconf wg0 <(wg-quick strip {FOLDER}/wg0.conf)")
        listed = json.loads(self.inside("cat", f"{FOLDER}/clientsTable"))
        data = {"clientName": name, "creationDate": "Mon Nov 30 10:00:00 2026"}
        listed.append({"clientId": public, "userData": data})
        self.inside("sh", "-c", f"cat >{FOLDER}/clientsTable", stdin=json.dumps(listed, indent=4))
        return public

    def app_revokes(self, public: str) -> None:
        """Revoke a client as the app does: its file, cut at each bracket, its list, wg syncconf."""
        pieces = self.inside("cat", f"{FOLDER}/wg0.conf").split("[")
        pieces.remove(next(piece for piece in pieces if public in piece))
        self.inside("sh", "-c", f"cat >{FOLDER}/wg0.conf", stdin="[" + "[".join(filter(None, pieces)))
        listed = json.loads(self.inside("cat", f"{FOLDER}/clientsTable"))
        left = [one for one in listed if one["clientId"] != public]
        self.inside("sh", "-c", f"cat >{FOLDER}/clientsTable", stdin=json.dumps(left, indent=4))
        self.inside("bash", "-c", f"wg syncconf wg0 <(wg-quick strip {FOLDER}/wg0.conf)")

    def runs_with(self, file: str) -> bool:
        self.client.connect(file)
        wait(lambda: self.client.pings(OWN), 40, "the friend's connection")
        return True


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Inside]:
    with booted(tmp_path) as whole:
        place = Inside(*whole)
        place.set_up()
        yield place


def test_it_works(place: Inside) -> None:
    company, machine = place.company, place.machine
    before = place.clients()
    with place.ping() as pings:
        said = company.open_up(*STAY, BOT_TOKEN=TOKEN)
    print(said)
    assert "❌" not in said
    assert f"✅ The container {AMNEZIA} starts with the bot's peers" in said
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
    machine.do("docker", "stop", AMNEZIA)
    machine.do("docker", "start", AMNEZIA)
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
    assert f"✅ The container {AMNEZIA} starts with the bot's peers" in machine.do("andreyvpn", "check")
    machine.do("andreyvpn", "backup", "/var/lib/andreyvpn/copy.db")
    assert place.runs_with(new)

    for words in (("docker", "exec", "-i", AMNEZIA, "true"), ("ls", FOLDER)):
        machine.do(*BOT, *words, code=2 if words[0] == "ls" else 1)

    assert "❌" not in company.install("/src/install.sh", "--yes")
    (place.files / "clientsTable").write_text("[{")
    wait(lambda: "files" in troubles(place), 60, "the bot's note of the broken list")
    assert "are out of date" in machine.do("andreyvpn", "check", code=1)
    assert (place.files / "clientsTable").read_text() == "[{"
    assert place.runs_with(new)

    machine.reboot()
    assert place.runs_with(new)
    conf = (place.files / "wg0.conf").read_text()
    said = company.install("/src/install.sh", "uninstall", "--purge", "--yes")
    assert f"The container {AMNEZIA} stays as it is" in said
    assert place.is_as_before()
    assert (place.files / "wg0.conf").read_text() == conf
    assert place.runs_with(new)
    for left in ("/etc/systemd/system/andreyvpn-node@.service.d", "/var/lib/andreyvpn", "/etc/andreyvpn/andreyvpn.env"):
        assert not company.has(left), left

    place.inside("sh", "-c", f"cat >{FOLDER}/clientsTable", stdin="[]")
    assert "❌" not in company.install(*STAY, BOT_TOKEN=TOKEN)
    wait(lambda: "Anna: " in names_known(place), 60, "whom an earlier bot let in")
    assert mine in place.inside("cat", f"{FOLDER}/wg0.conf")
    assert place.runs_with(new)


def ask(place: Inside, query: str) -> str:
    with closing(sqlite3.connect(f"file:{place.company.database}?mode=ro", uri=True)) as db:
        return str(db.execute(query).fetchall())


def names_known(place: Inside) -> str:
    """Return the names of the peers that are not the bot's, as it knows them."""
    return ask(place, "SELECT name FROM foreign_peers")


def troubles(place: Inside) -> str:
    return ask(place, "SELECT value FROM meta WHERE key = 'incident'")
