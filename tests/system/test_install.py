"""The installation on a fresh Debian: one command, and friends stay connected through all that follows."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.store.database import SCHEMA_VERSION
from tests.company import ADMIN, FRIEND, SECOND_FRIEND, TOKEN
from tests.reporting import Figures
from tests.system.installed import INSTALL, SECOND_RUN, Installed, booted, write_next_version
from tests.system.machine import Machine, fresh_debian
from tests.system.network import CLIENT_ADDRESS, SERVER_ADDRESS, Network, wait

pytestmark = [pytest.mark.root, pytest.mark.slow(60)]

UNITS = [f"etc/systemd/system/andreyvpn{name}" for name in (".service", "-node.socket", "-node@.service")]
WRAPPER, LOADER = "usr/local/sbin/andreyvpn", "usr/local/lib/andreyvpn-node.py"
PEERS = "var/lib/andreyvpn/bot_data.db.peers"
ANNA = "qUb0EDvT9bKn8FzVbU3dcZ2wRsYH4SZJ1oA8xJ1uB2c="
RULES = "etc/andreyvpn/nat-wg0.nft"
DROP_IN = "etc/systemd/system/wg-quick@wg7.service.d/andreyvpn.conf"


@pytest.fixture
def whole(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Installed, Network]]:
    suite = getattr(request, "param", None)  # the first test gets its libraries from pip
    with booted(tmp_path, suite or "bookworm", libraries=suite is None) as whole:
        yield whole


@pytest.fixture
def company(whole: tuple[Installed, Network]) -> Installed:
    return whole[0]


@pytest.fixture
def network(whole: tuple[Installed, Network]) -> Network:
    return whole[1]


@pytest.mark.parametrize("whole", ["bookworm", "trixie"], indirect=True)
def test_it_works(company: Installed, network: Network) -> None:
    machine, admin, friend = company.machine, company.admin, company.friend
    said = company.open_up()
    print(said)
    assert "Telegram knows the bot" in said
    assert "The service is running" in said
    assert "❌" not in said
    assert "Address = 10.8.0.1/16" in machine.do("cat", "/etc/wireguard/wg0.conf")
    machine.do("sh", "-c", "ls /opt/andreyvpn/current/lib/demo/__pycache__/*.pyc")  # compiled, what never ran as well
    company.let_in(friend)
    conf = company.give_config(friend).decode()
    company.let_in(company.second_friend)
    blocked = company.give_config(company.second_friend).decode()
    company.block(admin.wait_for(f"ID: {SECOND_FRIEND}"))
    wait(lambda: len(company.peers()) == 1, 10, "the cut")
    network.client.connect(conf)
    wait(network.client.pings, 10, "the first ping")
    before = company.peers()

    with company.settings.open("a") as settings:
        settings.write('# mine\nQUOTA_GB = "5"\n')
    kept = company.settings.read_text()
    machine.do("mv", "/wheels", "/elsewhere")
    assert "❌" not in company.install(*SECOND_RUN), "a second run does no harm, and needs no network"
    assert company.peers() == before
    assert company.settings.read_text() == kept

    machine.do("systemctl", "kill", "--kill-who=main", "--signal=SIGKILL", "andreyvpn")
    wait(company.is_active, 30, "the service's return")

    machine.reboot()
    wait(company.is_active, 30, "the service after a reboot")
    assert company.peers() == before
    network.client.connect(conf)
    wait(network.client.pings, 30, "a ping after the reboot")

    machine.do("systemctl", "disable", "--now", "andreyvpn")
    machine.reboot()
    assert not company.is_active()
    assert company.peers() == before, "the VPN outlives the bot"
    network.client.connect(blocked)
    assert not any(network.client.pings() for _ in range(3)), "blocked people stay out"

    with (machine.root / "etc/andreyvpn/andreyvpn.env").open("a") as settings:
        settings.write("SAMPLE_SECONDS=3\n")
    machine.do("systemctl", "enable", "--now", "andreyvpn")
    (machine.root / "etc/sysctl.d/99-theirs.conf").write_text("net.ipv4.ip_forward = 0\n")
    machine.do("systemctl", "restart", "systemd-sysctl")  # as at boot, before the interfaces
    assert machine.do("sysctl", "-n", "net.ipv4.ip_forward") == "0\n", "the file with the last name wins"
    for deed in ("reload", "restart"):
        machine.do("systemctl", deed, "wg-quick@wg0")
        wait(lambda: company.peers() == before, 10, f"the peers' return after a {deed}")
    network.client.connect(conf)
    wait(network.client.pings, 30, "a ping after it all")
    assert machine.do("sysctl", "-n", "net.ipv4.ip_forward") == "1\n"


def test_what_is_given_on_a_second_run_is_changed_and_every_other_line_stays(company: Installed) -> None:
    company.open_up()
    lines = company.settings.read_text().splitlines()
    mine = ["# mine: SERVER_ENDPOINT=old", 'QUOTA_GB = "5"', *lines, "", "; the end"]
    company.settings.write_text("\n".join(mine) + "\n")
    said = company.install(*SECOND_RUN, "--endpoint", "vpn.example.org:443", "--admin", "1,2")
    assert "what you give now is changed in it" in said
    changed = {
        "ADMIN_IDS=1": "ADMIN_IDS=1,2",
        f"SERVER_ENDPOINT={SERVER_ADDRESS}": "SERVER_ENDPOINT=vpn.example.org:443",
    }
    assert company.settings.read_text().splitlines() == [changed.get(line, line) for line in mine]
    assert company.machine.says("stat", "-c", "%U:%G %a", "/etc/andreyvpn/andreyvpn.env") == "root:andreyvpn 640"
    before = company.settings.read_text()
    company.install("/src/install.sh", "--yes", "--endpoint", "http://x/", code=2)
    company.install("/src/install.sh", "--yes", "--token", "77:wrong-token-for-sure", code=2)
    assert company.settings.read_text() == before, "what is refused changes nothing"
    assert company.is_active()


def test_an_update_that_fails_goes_back_by_itself_and_one_that_works_stays(
    company: Installed, network: Network
) -> None:
    machine = company.machine
    company.open_up()
    first = machine.do("readlink", "-f", "/opt/andreyvpn/current").strip()
    company.let_in(company.friend)
    conf = company.give_config(company.friend).decode()
    write_next_version(machine.root / "next", works=False)
    releases = sorted((machine.root / "opt/andreyvpn/releases").iterdir())
    before = [company.read(path) for path in (*UNITS, WRAPPER)]
    said = company.install("/next/install.sh", "update", "--yes", code=2)
    assert "the bot is running as before" in said
    assert machine.do("readlink", "-f", "/opt/andreyvpn/current").strip() == first
    assert [company.read(path) for path in (*UNITS, WRAPPER)] == before
    found = sorted((machine.root / "opt/andreyvpn/releases").iterdir())
    assert found == releases, "what does not work does not stay"
    wait(company.is_active, 30, "the old code's return")
    assert company.rows("PRAGMA user_version") == [(SCHEMA_VERSION,)], "the database is the old one again"
    assert company.rows("SELECT id FROM users WHERE id = ?", FRIEND) == [(FRIEND,)]

    with (machine.root / WRAPPER).open("a") as wrapper:
        wrapper.write("# of an older installer\n")
    write_next_version(machine.root / "next", works=True)
    table = company.read(RULES)
    (machine.root / RULES).write_text("table inet andreyvpn_wg0 {\n}\n")  # of an older installer
    said = company.install("/next/install.sh", "update", "--yes")
    assert "Updated" in said
    assert "From now on, friends can reach the internet only" in said
    assert company.read(RULES) == table
    assert "chain from_friends" in machine.do("nft", "list", "table", "inet", "andreyvpn_wg0")
    assert machine.do("readlink", "-f", "/opt/andreyvpn/current").strip() != first
    new = [*(f"{unit}# new\n" for unit in before[:-1]), before[-1]]
    assert [company.read(path) for path in (*UNITS, WRAPPER)] == new, "all are renewed"
    assert company.rows("PRAGMA user_version") == [(SCHEMA_VERSION + 1,)]
    assert company.rows("SELECT new FROM users WHERE id = ?", FRIEND) == [(7,)]
    for name in ("before-update.db", f"bot_data.db.before-schema-{SCHEMA_VERSION + 1}"):
        with sqlite3.connect(machine.root / "var/lib/andreyvpn" / name) as copy:
            assert copy.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
            assert copy.execute("SELECT count(*) FROM users WHERE id = ?", (FRIEND,)).fetchone() == (1,)
    network.client.connect(conf)
    wait(network.client.pings, 10, "a ping after the update")


def test_a_backup_moves_to_a_new_server(
    company: Installed, network: Network, tmp_path: Path, figures: Figures
) -> None:
    machine = company.machine
    company.open_up()
    company.let_in(company.friend)
    company.give_config(company.friend)
    peers = company.peers()
    machine.do("systemctl", "disable", "--now", "andreyvpn")
    machine.do("andreyvpn", "backup", "/var/lib/andreyvpn/moving.db")
    shutil.copy(machine.root / "var/lib/andreyvpn/moving.db", tmp_path / "moving.db")
    key = machine.do("wg", "show", "wg0", "private-key").strip()
    machine.power_off()
    with fresh_debian(tmp_path / "second", libraries=True) as root:
        second = Machine(root, network.server)
        try:
            if trouble := move_in(company, second, tmp_path / "moving.db"):
                figures.say(f"the first start after a restore failed: {trouble}")
            wait(lambda: company.peers() == peers, 30, "the peers on the new server")
            assert second.do("wg", "show", "wg0", "private-key").strip() != key
            company.admin.wait_for("The server has changed", timeout=30)
        finally:
            second.power_off()


def move_in(company: Installed, server: Machine, backup: Path) -> str:
    """Install the bot on a new server, and restore a backup there; return why it did not start at once, if ever."""
    server.boot()
    company.machine, company.database = server, server.root / "var/lib/andreyvpn/bot_data.db"
    company.install()
    shutil.copy(backup, server.root / "root/moving.db")
    server.do("systemctl", "stop", "andreyvpn")
    place = "/var/lib/andreyvpn/moving.db"
    server.do("install", "-o", "andreyvpn", "-m", "600", "/root/moving.db", place)
    assert "Restored" in server.do("andreyvpn", "restore", place)
    start = "systemctl start andreyvpn || journalctl --unit=andreyvpn --lines=9 --output=cat --no-pager"
    trouble = server.says("sh", "-c", start)
    active = lambda: server.says("systemctl", "is-active", "andreyvpn") == "active"  # noqa: E731
    wait(active, 60, f"the service, which systemd starts again after trouble that passes ({trouble})")
    return trouble


def test_an_uninstalled_bot_leaves_the_vpn_and_comes_back_and_the_vpn_goes_when_told(company: Installed) -> None:
    machine = company.machine
    company.open_up()
    company.let_in(company.friend)
    company.give_config(company.friend)
    before = company.peers()
    machine.do("sh", "-c", "echo SPEED_MBIT=10 >>/etc/andreyvpn/andreyvpn.env && systemctl restart andreyvpn")
    wait(lambda: "av-wg0" in machine.do("nft", "list", "ruleset"), 30, "the speed limit")
    assert "✅ Limits are in place; friends with a speed limit: 1, " in machine.says("andreyvpn", "check")
    assert "The VPN keeps working" in company.install("/src/install.sh", "uninstall", "--yes")
    assert company.peers() == before
    assert "andreyvpn_fence" not in machine.do("nft", "list", "ruleset")
    assert "av-wg0" not in machine.do("ip", "link")
    assert "htb" not in machine.do("tc", "qdisc", "show")
    assert not any(map(company.has, (*UNITS, f"{UNITS[2]}.d", WRAPPER, "opt/andreyvpn")))
    assert machine.says("systemctl", "list-units", "--state=loaded", "--plain", "--no-legend", "andreyvpn*") == ""
    machine.do("systemctl", "restart", "wg-quick@wg0")
    assert company.peers() == before, "the interface still knows them"
    company.install(*SECOND_RUN)
    wait(company.is_active, 30, "the bot's return")
    assert company.rows("SELECT id FROM users WHERE id = ?", FRIEND) == [(FRIEND,)]

    assert "Friends stay connected" in company.install("/src/install.sh", "uninstall", "--yes", "--purge")
    assert machine.do("ls", "-A", "/var/lib/andreyvpn") == "bot_data.db.peers\n"
    assert machine.says("stat", "-c", "%u %a", "/var/lib/andreyvpn", f"/{PEERS}") == "0 700\n0 644"
    machine.reboot()
    assert company.peers() == before, "the VPN stays while nobody says that it shall go"
    company.install()
    wait(lambda: machine.says("stat", "-c", "%U %a", f"/{PEERS}") == "andreyvpn 600", 10, "the bot's own list")
    said = machine.do("/src/install.sh", "uninstall", "--vpn", stdin="n\n", code=2)
    assert "every friend is cut off for good" in said
    assert company.is_active()

    said = machine.do("/src/install.sh", "uninstall", stdin="y\ny\n")
    assert "Remove the VPN itself too" in said
    assert "Removed: wg0" in said
    assert machine.says("wg", "show", "interfaces") == ""
    assert machine.says("systemctl", "is-enabled", "wg-quick@wg0") == "disabled"
    assert "andreyvpn" not in machine.do("nft", "list", "ruleset")
    for path in (
        "etc/wireguard/wg0.conf",
        "etc/andreyvpn/nat-wg0.nft",
        "etc/sysctl.d/60-andreyvpn.conf",
        *UNITS,
        WRAPPER,
        LOADER,
    ):
        assert not company.has(path), path
    assert company.settings.exists(), "settings and data were not named"
    assert "❌" not in company.install(*SECOND_RUN), "and all comes back, with a new key"
    company.install("/src/install.sh", "uninstall", "--yes", "--vpn", "--purge")
    assert not any(map(company.has, ("etc/andreyvpn", "var/lib/andreyvpn", LOADER)))
    assert machine.says("wg", "show", "interfaces") == ""


def test_a_foreign_interface_is_used_as_it_is(company: Installed) -> None:
    machine = company.machine
    theirs = foreign(company, "wg7")
    machine.do("systemctl", "enable", "--now", "wg-quick@wg7")
    said = company.open_up()
    assert "wg7 already exists" in said
    assert company.read("etc/wireguard/wg7.conf") == theirs
    assert not list((machine.root / "etc/wireguard").glob("wg0*"))
    company.let_in(company.friend)
    assert b"Address = 10.66.0.2/32\n" in company.give_config(company.friend)
    machine.do("systemctl", "disable", "--now", "andreyvpn")
    machine.reboot()
    assert machine.do("wg", "show", "wg7", "peers").strip()

    foreign(company, "wg1", address="10.67.0.1/24", port=51998)
    machine.do("systemctl", "start", "wg-quick@wg1")
    company.install(*SECOND_RUN)
    assert "AWG_INTERFACE=wg7\n" in company.settings.read_text(), "another one that came to run is not taken for it"

    assert "made no interface here" in company.install("/src/install.sh", "uninstall", "--yes", "--vpn")
    assert machine.do("wg", "show", "wg7", "peers").strip(), "what the installer did not make stays"
    machine.reboot()
    assert machine.do("wg", "show", "wg7", "peers").strip(), "its friends stay as well"
    company.install("/src/install.sh", "uninstall", "--yes", "--purge")
    machine.reboot()
    assert machine.do("wg", "show", "wg7", "peers").strip(), "even without the bot's data"
    said = company.install("/src/install.sh", "uninstall", "--yes", "--vpn", "--purge")
    assert "friends of the bot can no longer connect" in said
    assert not any(map(company.has, (DROP_IN, PEERS, LOADER)))
    assert company.read("etc/wireguard/wg7.conf") == theirs
    assert "wg7" in machine.says("wg", "show", "interfaces")


def test_a_foreign_interface_that_is_down_is_started_only_with_a_yes(company: Installed) -> None:
    machine = company.machine
    anna = f"\n### Client anna\n[Peer]\nPublicKey = {ANNA}\nAllowedIPs = 10.66.0.9/32\n"
    theirs = foreign(company, "wg0", peers=anna)
    foreign(company, "wg7", address="10.67.0.1/24")
    said = machine.do(
        "/src/install.sh", "--plain", stdin="y\nn\n", code=2, TELEGRAM_API=company.stand.url, BOT_TOKEN=TOKEN,
        ADMIN_IDS="1", SERVER_ENDPOINT=SERVER_ADDRESS,
    )  # fmt: skip
    assert "wg0.conf already exists, but the interface is down" in said
    assert "nothing was changed" in said
    assert machine.says("wg", "show", "interfaces") == ""
    said = company.open_up()
    assert "❌ The interface" not in said
    assert company.read("etc/wireguard/wg0.conf") == theirs
    assert machine.says("systemctl", "is-enabled", "wg-quick@wg0") == "enabled"
    company.admin.press("Server", message=company.admin.wait_for("Waiting for an answer"))
    company.admin.press("Added by hand (1)", message=company.admin.wait_for("🖥"))
    company.admin.press("10.66.0.9 · anna", message=company.admin.wait_for("Choose one to give to a friend"))
    company.admin.wait_for(ANNA)
    company.let_in(company.friend)
    company.give_config(company.friend)
    machine.do("systemctl", "disable", "--now", "andreyvpn")
    machine.reboot()
    assert len(machine.do("wg", "show", "wg0", "peers").split()) == 2, "its peers come with it"

    machine.do("systemctl", "disable", "--now", "wg-quick@wg0")
    (machine.root / "etc/wireguard/wg0.conf").write_text(theirs + "Colour = blue\n")
    said = company.install(*SECOND_RUN, code=2)
    assert "the interface wg0 doesn't start: Line unrecognized: `Colour=blue'" in said


def test_with_a_command_of_the_owner_s_the_bot_starts_the_node_itself(company: Installed) -> None:
    machine = company.machine
    company.open_up()
    settings = company.settings.read_text()
    company.settings.write_text(settings.replace("AWG_COMMAND=wg", "AWG_COMMAND=env LC_ALL=C wg"))
    said = company.install(*SECOND_RUN)
    assert "AWG_COMMAND is your own" in said
    assert "❌" not in said
    company.let_in(company.friend)
    company.give_config(company.friend)
    assert len(company.peers()) == 1
    number = machine.says("systemctl", "show", "--value", "-p", "MainPID", "andreyvpn")
    assert f"CapEff:\t{(1 << 12) + (1 << 1):016x}" in machine.do("cat", f"/proc/{number}/status")
    company.settings.write_text(settings)
    assert "❌" not in company.install(*SECOND_RUN)
    assert not company.has(f"{UNITS[0]}.d")
    number = machine.says("systemctl", "show", "--value", "-p", "MainPID", "andreyvpn")
    assert f"CapEff:\t{0:016x}" in machine.do("cat", f"/proc/{number}/status")


def foreign(company: Installed, name: str, address: str = "10.66.0.1/24", port: int = 51999, peers: str = "") -> str:
    """Write another interface's file and return its text."""
    key = company.machine.do("wg", "genkey").strip()
    text = f"[Interface]\nAddress = {address}\nListenPort = {port}\nPrivateKey = {key}\n{peers}"
    (company.machine.root / f"etc/wireguard/{name}.conf").write_text(text)
    return text


def test_the_questions_are_asked_in_russian_and_wrong_answers_asked_again(company: Installed) -> None:
    company.friend.send("/start")
    company.admin.send("/start")
    company.machine.do("ip", "route", "add", "default", "via", CLIENT_ADDRESS)
    answers = ["y", "ключ", "77:wrong-token-for-sure", TOKEN, "n", "y", "http://vpn", SERVER_ADDRESS]
    said = company.machine.do(
        "/src/install.sh", "--plain", stdin="".join(f"{answer}\n" for answer in answers),
        TELEGRAM_API=company.stand.url, LANG="ru_RU.UTF-8",
    )  # fmt: skip
    for words_ in (
        "Продолжить?", "Это не токен бота", "не знает этот токен", "Это Andrey (@andrey), id 1", "Как друзья попадают",
        f"{SERVER_ADDRESS} — частный адрес", f"[{SERVER_ADDRESS}]", "Так друзья не подключатся", "Готово",
    ):  # fmt: skip
        assert words_ in said, said
    assert said.count("Это вы?") == 2
    assert said.count("Как друзья попадают") == 2
    settings = company.settings.read_text()
    assert f"ADMIN_IDS={ADMIN}\n" in settings
    assert f"SERVER_ENDPOINT={SERVER_ADDRESS}\n" in settings
    assert "LANGUAGE=ru\n" in settings
    company.admin.wait_for("Waiting for an answer", timeout=30)


def test_an_installation_that_was_killed_is_finished_by_the_next_run(company: Installed) -> None:
    machine = company.machine
    killing = (
        f"{' '.join(INSTALL)} & until test -e /etc/wireguard/wg0.conf; do sleep 0.02; done; kill -9 $!; "
        "until wg show wg0 private-key; do systemctl start wg-quick@wg0; done"
    )
    machine.do("sh", "-c", killing, TELEGRAM_API=company.stand.url, BOT_TOKEN=TOKEN)
    assert not company.settings.exists()
    key = machine.do("wg", "show", "wg0", "private-key")
    said = company.open_up()
    assert "❌" not in said
    assert machine.do("wg", "show", "wg0", "private-key") == key, "the interface that was made stays"
    assert not company.has("opt/andreyvpn/unfinished")


def test_files_and_forwarding_are_told_of_on_the_command_line(company: Installed) -> None:
    machine = company.machine
    company.open_up()
    machine.do("andreyvpn", "backup", "/var/lib/andreyvpn/copy.db")
    machine.do("mv", "/var/lib/andreyvpn/copy.db", "/root/copy.db")
    machine.do("chown", "root:", "/root/copy.db")
    said = machine.do("andreyvpn", "restore", "/root/copy.db", code=2)
    assert "The user andreyvpn can't read /root/copy.db" in said
    machine.do("systemctl", "stop", "andreyvpn")
    for command in said.splitlines()[-2:]:
        machine.do(*command.split())
    machine.do("systemctl", "start", "andreyvpn")
    said = machine.do("andreyvpn", "backup", "/root/copy.db", code=2)
    assert "The user andreyvpn can't write /root/copy.db" in said
    machine.do("andreyvpn", "backup", said.split()[-1])

    machine.do("ip", "address", "add", "fd10:8:0:1::1/64", "dev", "wg0")
    machine.do("sysctl", "-w", "net.ipv6.conf.all.forwarding=0")
    assert "❌ The tunnel has IPv6, but the kernel isn't forwarding it" in machine.do("andreyvpn", "check", code=1)
    machine.do("sysctl", "-w", "net.ipv6.conf.all.forwarding=1")
    assert "❌" not in machine.do("andreyvpn", "check")
