"""What the installation refuses or fails at: one clear line, exit code 2, and nothing half-installed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.company import TOKEN
from tests.system.installed import GIVEN, INSTALL, Installed, booted
from tests.system.machine import LIBRARIES

# In one process: they share a booted machine, and the last one spoils it.
pytestmark = [pytest.mark.root, pytest.mark.slow(100), pytest.mark.xdist_group("refusals")]

SCRIPT = "/src/install.sh"
PLAIN = (SCRIPT, "--plain", "--yes")
LAID = "20200101-000000"  # the release whose libraries an installation reuses


@pytest.fixture(scope="module")
def machine_and_people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    with booted(tmp_path_factory.mktemp("refusals")) as (company, _):
        yield company


@pytest.fixture
def company(machine_and_people: Installed) -> Iterator[Installed]:
    """Yield this module's machine, then check that no partial installation is left on it, except prepared libraries."""
    company = machine_and_people
    yield company
    app = company.machine.root / "opt/andreyvpn"
    assert not company.has("opt/andreyvpn/unfinished")
    assert not (app / "current").is_symlink() or (app / "current").readlink().name == LAID
    assert {path.name for path in app.glob("releases/*")} <= {LAID}
    assert not list(app.glob("releases/*/lib"))
    assert not company.settings.exists()
    assert company.machine.says("wg", "show", "interfaces") == ""
    assert company.machine.says("sh", "-c", "ls /run | grep ^andreyvpn[.]") == ""


@pytest.fixture
def bare(company: Installed) -> Iterator[Installed]:
    """Yield the machine without the libraries, so that pip has to install them."""
    libraries, away = (company.machine.root / name for name in (LIBRARIES, "away"))
    shutil.rmtree(company.machine.root / "opt/andreyvpn", ignore_errors=True)
    libraries.rename(away)
    yield company
    assert not list((company.machine.root / "opt").glob("andreyvpn/*/*"))
    away.rename(libraries)


def last_line(said: str) -> str:
    return said.rstrip().rpartition("\n")[2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*PLAIN, "--token", "77:wrong-token-for-sure"), "Telegram doesn't know this token. Copy it again"),
        ((*PLAIN, "--token", "a b"), "That's not a bot token. @BotFather gives you one like"),
        ((*PLAIN, "--token", TOKEN, "--admin", "@andrey"), "Those aren't Telegram ids: enter numbers like 1234567"),
        ((*PLAIN, "--token", TOKEN, "--admin", "1"), "reach this server (address or name): this is required"),
        ((*PLAIN, "--token", TOKEN, "--admin", "1", "--endpoint", "http://x"), "Friends can't reach that"),
        (PLAIN, "The bot's token, from @BotFather: this is required"),
        ((*PLAIN, "--interface", "a b/../c"), "AWG_INTERFACE: That's not an interface name"),
        (
            (*INSTALL, "--interface", "lo", "--token", TOKEN),
            "lo exists, but it isn't a WireGuard or AmneziaWG interface",
        ),
        ((*PLAIN, "--port", "many"), "--port must be a number from 1 to 65535"),
        ((*PLAIN, "--port", "0"), "--port must be a number from 1 to 65535"),
        ((*PLAIN, "--port"), "--port needs a value"),
        ((SCRIPT, "--dance"), "there is no option --dance here"),
        ((SCRIPT, "dance"), "there is no command dance"),
        ((SCRIPT, "update", "--yes"), "there is no installation to update. Type: sudo ./install.sh"),
    ],
)
def test_a_wrong_answer_is_a_clear_word(company: Installed, words: tuple[str, ...], said: str) -> None:
    assert said in last_line(company.install(*words, code=2))


def test_a_bad_address_of_telegram_is_a_clear_word(company: Installed) -> None:
    said = company.install(*PLAIN, code=2, TELEGRAM_API="api.telegram.org")
    assert "TELEGRAM_API must begin with http:// or https://" in last_line(said)


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_who_does_not_want_it_has_nothing_changed(company: Installed, answer: str) -> None:
    assert "nothing was changed" in last_line(company.machine.do(SCRIPT, "--plain", code=2, stdin=answer))


def test_questions_without_an_answer_end_in_words(company: Installed) -> None:
    said = company.machine.do(SCRIPT, "--plain", code=2, stdin="y\n")
    assert "no answer, so nothing was changed here" in last_line(said)


@pytest.mark.parametrize("words", [(), ("update",), ("uninstall",)])
def test_without_root_it_says_what_to_type(company: Installed, words: tuple[str, ...]) -> None:
    said = company.machine.do("setpriv", "--reuid=nobody", "--clear-groups", SCRIPT, *words, code=2)
    assert last_line(said).endswith(f"this needs root. Type: {' '.join(('sudo ./install.sh', *words))}")


def test_without_systemd_it_says_so(company: Installed) -> None:
    elsewhere = f"mount --bind / /mnt && mount --bind /src /mnt/src && exec chroot /mnt {SCRIPT} --yes"
    said = company.machine.do("unshare", "--mount", "sh", "-c", elsewhere, code=2)
    assert "systemd is not running here" in last_line(said)


def test_without_telegram_it_says_so(company: Installed) -> None:
    said = company.install(*INSTALL, code=2, TELEGRAM_API="http://127.0.0.1:9", BOT_TOKEN=TOKEN)
    assert "Telegram isn't answering (getMe: ConnectionError)" in last_line(said)
    assert last_line(said).endswith("set TELEGRAM_PROXY. Then run this again")


def test_without_wheels_pip_says_why(bare: Installed) -> None:
    bare.machine.do("mv", "/wheels", "/elsewhere")
    said = bare.install(code=2)
    bare.machine.do("mv", "/elsewhere", "/wheels")
    assert "pip could not install the bot's libraries: Could not find a version" in last_line(said)
    assert "Is this server online? Nothing was changed" in last_line(said)


@pytest.mark.parametrize(
    ("size", "said"),
    [("size=20m", "the disk is full (/opt)"), ("size=1g,nr_inodes=50", "No space left on device")],
)
def test_a_full_disk_is_named(bare: Installed, size: str, said: str) -> None:
    bare.machine.do("mount", "-t", "tmpfs", "-o", size, "tmpfs", "/opt")
    shown = bare.install(code=2)
    inside = bare.machine.do("find", "/opt", "-type", "f")
    bare.machine.do("umount", "/opt")
    assert said in last_line(shown)
    assert "the step 'The bot's code' failed" in last_line(shown)
    assert inside == ""


def test_a_taken_port_is_named(company: Installed) -> None:
    listen = "import socket,time; s=socket.socket(type=socket.SOCK_DGRAM); s.bind(('',51820)); time.sleep(60)"
    company.machine.do("systemd-run", "--quiet", "--unit=taken", "python3", "-c", listen)
    said = company.install(code=2)
    company.machine.do("systemctl", "stop", "taken")
    assert "UDP port 51820 is taken by another program" in last_line(said)


def test_a_second_installation_waits_for_the_first(company: Installed) -> None:
    said = company.machine.do("flock", "/run/andreyvpn-install.lock", SCRIPT, "--yes", code=2)
    assert "another installation is running" in last_line(said)


def test_who_stops_it_leaves_nothing_half_made(bare: Installed) -> None:
    stopping = (
        f"{' '.join(INSTALL)} & until test -e /opt/andreyvpn/unfinished/.venv; do sleep 0.02; done; kill $!; wait $!"
    )
    said = bare.machine.do("sh", "-c", stopping, code=2, TELEGRAM_API=bare.stand.url, BOT_TOKEN=TOKEN)
    assert "stopped. Nothing half-made is left" in last_line(said)


def test_all_that_is_refused_is_refused_in_russian_too(company: Installed) -> None:
    said = company.install(*PLAIN, "--token", "a b", code=2, LANG="ru_RU.UTF-8")
    assert "BOT_TOKEN: Это не токен бота" in last_line(said)
    assert "--vpn" in company.install(SCRIPT, "--help", LANG="ru_RU.UTF-8")


def test_without_network_apt_says_why(company: Installed) -> None:
    """Run as the last test of the module: it removes a package from the machine."""
    company.machine.do("apt-get", "-qq", "purge", "-y", "nftables")
    shutil.rmtree(company.machine.root / "var/cache/apt/archives")
    said = company.install(SCRIPT, *GIVEN, code=2)
    assert "the packages nftables can't be installed: Temporary failure resolving" in last_line(said)
    assert "Is this server online?" in last_line(said)
