"""The installation on a fresh, booted Debian, from the one command to friends who stay connected whatever happens."""

from __future__ import annotations

import ctypes
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.company import ADMIN, FRIEND, ROOT, SECOND_FRIEND, TOKEN, Company
from tests.system.machine import Machine, make_root, need_machine
from tests.system.network import SERVER_ADDRESS, Network, need_network, wait

pytestmark = pytest.mark.root

NEW_NETWORK = 0x40000000  # CLONE_NEWNET of sched.h
INSTALL = ("/src/install.sh", "--plain", "--yes", "--admin", str(ADMIN), "--endpoint", SERVER_ADDRESS)
SECOND_RUN = ("/src/install.sh", "--yes")


@contextmanager
def inside(namespace: str) -> Iterator[None]:
    """Let this thread, and those that it starts, live in a network namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/proc/self/ns/net") as home, open(f"/run/netns/{namespace}") as there:  # noqa: PTH123
        assert libc.setns(there.fileno(), NEW_NETWORK) == 0
        try:
            yield
        finally:
            assert libc.setns(home.fileno(), NEW_NETWORK) == 0


class Installed(Company):
    """People around a bot that was installed on a machine."""

    def __init__(self, machine: Machine, folder: Path) -> None:
        super().__init__(folder, interface=SimpleNamespace(command="wg", name="wg0"))
        self.machine = machine
        self.database = machine.root / "var/lib/andreyvpn/bot_data.db"

    def install(self, *words: str, **more: str) -> str:
        """Type the installation's command."""
        given = {} if words else {"BOT_TOKEN": TOKEN}
        return self.machine.do(*(words or INSTALL), TELEGRAM_API=self.stand.url, LANG="C.UTF-8", **given, **more)

    def open_up(self) -> str:
        """Install, and let the admin say hello, as the installation asks; give what it printed."""
        said = self.install()
        self.admin.send("/start")
        self.admin.wait_for("Waiting for a decision", timeout=30)
        return said

    def peers(self) -> dict[str, str]:
        """Give the live peers: public key to allowed addresses."""
        lines = self.machine.do("wg", "show", "wg0", "dump").splitlines()[1:]
        return {line.split("\t")[0]: line.split("\t")[3] for line in lines}

    def is_active(self) -> bool:
        return self.machine.says("systemctl", "is-active", "andreyvpn") == "active"


@pytest.fixture
def network() -> Iterator[Network]:
    need_machine()
    need_network()
    with Network() as network:
        yield network


@pytest.fixture
def company(tmp_path: Path, network: Network) -> Iterator[Installed]:
    machine = Machine(make_root(tmp_path), network.server)
    with inside(network.server):
        company = Installed(machine, tmp_path)
        try:
            machine.boot()
            yield company
        finally:
            machine.power_off()
            company.stand.close()


def test_it_works(company: Installed, network: Network) -> None:
    machine, admin, friend = company.machine, company.admin, company.friend
    said = company.open_up()
    print(said)
    assert "Telegram knows the bot" in said
    assert "The service runs" in said
    assert "❌" not in said
    company.let_in(friend)
    conf = company.give_config(friend).decode()
    company.let_in(company.second_friend)
    blocked = company.give_config(company.second_friend).decode()
    admin.press("Block", message=admin.wait_for(f"ID: {SECOND_FRIEND}"))
    wait(lambda: len(company.peers()) == 1, 10, "the cut")
    network.client.connect(conf)
    wait(network.client.pings, 10, "the first ping")
    before = company.peers()

    assert "❌" not in company.install(*SECOND_RUN), "a second run does no harm"
    assert company.peers() == before

    machine.do("systemctl", "kill", "--signal=SIGKILL", "andreyvpn")
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
    assert not any(network.client.pings() for _ in range(3)), "who is blocked stays out"

    with (machine.root / "etc/andreyvpn/andreyvpn.env").open("a") as settings:
        settings.write("SAMPLE_SECONDS=3\n")
    machine.do("systemctl", "enable", "--now", "andreyvpn")
    for deed in ("reload", "restart"):
        machine.do("systemctl", deed, "wg-quick@wg0")
        wait(lambda: company.peers() == before, 10, f"the peers' return after a {deed}")
    network.client.connect(conf)
    wait(network.client.pings, 30, "a ping after it all")


def test_an_update_that_fails_goes_back_by_itself_and_one_that_works_stays(
    company: Installed, network: Network
) -> None:
    machine = company.machine
    company.open_up()
    first = machine.do("readlink", "-f", "/opt/andreyvpn/current").strip()
    company.let_in(company.friend)
    conf = company.give_config(company.friend).decode()
    broken = machine.root / "broken"
    for part in ("lib", "sql"):
        shutil.copytree(ROOT / part, broken / part)
    for part in ("andreyvpn_bot.py", "requirements.txt", "andreyvpn.service", "install.sh", "README.md", "LICENSE"):
        shutil.copy(ROOT / part, broken / part)
    (broken / "lib/keeper.py").write_text("raise SystemExit(1)\n")
    said = machine.do("/broken/install.sh", "update", "--yes", code=2)
    assert "the bot runs as before" in said
    assert machine.do("readlink", "-f", "/opt/andreyvpn/current").strip() == first
    wait(company.is_active, 30, "the old code's return")
    assert "Updated" in machine.do("/src/install.sh", "update", "--yes")
    assert machine.do("readlink", "-f", "/opt/andreyvpn/current").strip() != first
    network.client.connect(conf)
    wait(network.client.pings, 10, "a ping after the update")


def test_a_backup_moves_to_a_new_server(company: Installed, network: Network, tmp_path: Path) -> None:
    machine = company.machine
    company.open_up()
    company.let_in(company.friend)
    conf = company.give_config(company.friend).decode()
    peers = company.peers()
    machine.do("andreyvpn", "backup", "/var/lib/andreyvpn/moving.db")
    shutil.copy(machine.root / "var/lib/andreyvpn/moving.db", tmp_path / "moving.db")
    key = machine.do("wg", "show", "wg0", "private-key").strip()
    machine.power_off()
    second = Machine(make_root(tmp_path / "second"), network.server)
    try:
        second.boot()
        company.machine, company.database = second, second.root / "var/lib/andreyvpn/bot_data.db"
        company.install()
        shutil.copy(tmp_path / "moving.db", second.root / "var/lib/andreyvpn/moving.db")
        second.do("chown", "andreyvpn:", "/var/lib/andreyvpn/moving.db")
        second.do("systemctl", "stop", "andreyvpn")
        assert "Restored" in second.do("andreyvpn", "restore", "/var/lib/andreyvpn/moving.db")
        second.do("systemctl", "start", "andreyvpn")
        wait(lambda: company.peers() == peers, 30, "the peers on the new server")
        assert second.do("wg", "show", "wg0", "private-key").strip() != key
        company.admin.wait_for("The server has changed", timeout=30)
        assert conf
    finally:
        second.power_off()


def test_an_uninstalled_bot_leaves_the_vpn_and_comes_back(company: Installed) -> None:
    machine = company.machine
    company.open_up()
    company.let_in(company.friend)
    company.give_config(company.friend)
    before = company.peers()
    assert "The VPN goes on" in machine.do("/src/install.sh", "uninstall", "--yes")
    assert company.peers() == before
    assert not (machine.root / "opt/andreyvpn").exists()
    company.install(*SECOND_RUN)
    wait(company.is_active, 30, "the bot's return")
    assert company.rows("SELECT id FROM users WHERE id = ?", FRIEND) == [(FRIEND,)]
    machine.do("/src/install.sh", "uninstall", "--yes", "--purge")
    assert not (machine.root / "var/lib/andreyvpn").exists()


def test_a_foreign_interface_is_used_as_it_is(company: Installed) -> None:
    machine = company.machine
    key = machine.do("wg", "genkey").strip()
    theirs = "[Interface]\nAddress = 10.66.0.1/24\nListenPort = 51999\nPrivateKey = " + key + "\n"
    (machine.root / "etc/wireguard/wg7.conf").write_text(theirs)
    machine.do("systemctl", "enable", "--now", "wg-quick@wg7")
    said = company.open_up()
    assert "wg7 is there already" in said
    assert (machine.root / "etc/wireguard/wg7.conf").read_text() == theirs
    assert not list((machine.root / "etc/wireguard").glob("wg0*"))
    company.let_in(company.friend)
    assert b"Address = 10.66.0.2/32\n" in company.give_config(company.friend)
    machine.do("systemctl", "disable", "--now", "andreyvpn")
    machine.reboot()
    assert machine.do("wg", "show", "wg7", "peers").strip()


def test_the_questions_are_asked_in_russian_and_wrong_answers_asked_again(company: Installed) -> None:
    company.friend.send("/start")
    company.admin.send("/start")
    answers = ["y", "77:wrong-token-for-sure", TOKEN, "n", "y", SERVER_ADDRESS]
    said = company.machine.do(
        "/src/install.sh", "--plain", stdin="".join(f"{answer}\n" for answer in answers),
        TELEGRAM_API=company.stand.url, LANG="ru_RU.UTF-8",
    )  # fmt: skip
    for words_ in ("Продолжить?", "не знает этот токен", "Это Andrey (@andrey), id 1", "Как друзья попадают", "Готово"):
        assert words_ in said, said
    assert said.count("Это вы?") == 2
    settings = (company.machine.root / "etc/andreyvpn/andreyvpn.env").read_text()
    assert f"ADMIN_IDS={ADMIN}\n" in settings
    assert "LANGUAGE=ru\n" in settings
    company.admin.wait_for("Waiting for a decision", timeout=30)


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_who_does_not_want_it_has_nothing_changed(company: Installed, answer: str) -> None:
    said = company.machine.do("/src/install.sh", "--plain", code=2, stdin=answer)
    assert "nothing was changed" in said
    assert not (company.machine.root / "opt/andreyvpn").exists()


def test_a_half_done_installation_is_finished_by_the_next_run(company: Installed) -> None:
    machine = company.machine
    assert "Telegram does not answer" in machine.do(
        *INSTALL, code=2, TELEGRAM_API="http://127.0.0.1:9", BOT_TOKEN=TOKEN
    )
    key = machine.do("wg", "show", "wg0", "private-key")
    said = company.open_up()
    assert "❌" not in said
    assert machine.do("wg", "show", "wg0", "private-key") == key, "the interface that was made stays"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--token", "77:wrong-token-for-sure"), "does not know this token"),
        (("--dance",), "unknown option"),
        (("--port", "many"), "--port must be a number"),
        ((), "The bot's token, from @BotFather is needed"),
    ],
)
def test_a_wrong_answer_is_a_clear_word(company: Installed, words: tuple[str, ...], said: str) -> None:
    shown = company.machine.do("/src/install.sh", "--plain", "--yes", *words, code=2, TELEGRAM_API=company.stand.url)
    assert said in shown
