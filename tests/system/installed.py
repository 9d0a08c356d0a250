"""People who use a bot that is installed on a machine of its own."""

from __future__ import annotations

import ctypes
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

from lib.store.database import SCHEMA_VERSION
from tests.company import ADMIN, ROOT, TOKEN, Company
from tests.system.machine import LIBRARIES, Machine, fresh_debian, need_machine
from tests.system.network import PLAIN, SERVER_ADDRESS, Flavour, Network, need_network, run

NEW_NETWORK = 0x40000000  # CLONE_NEWNET of sched.h
GIVEN = ("--yes", "--admin", str(ADMIN), "--endpoint", SERVER_ADDRESS)
INSTALL = ("/src/install.sh", "--plain", *GIVEN)
DOCKER = ("docker.io",)
SECOND_RUN = ("/src/install.sh", "--yes")


@contextmanager
def inside(namespace: str) -> Iterator[None]:
    """Move this thread, and the threads that it starts, into a network namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/proc/self/ns/net") as home, open(f"/run/netns/{namespace}") as there:  # noqa: PTH123
        assert libc.setns(there.fileno(), NEW_NETWORK) == 0
        try:
            yield
        finally:
            assert libc.setns(home.fileno(), NEW_NETWORK) == 0


class Installed(Company):
    """People who use a bot that is installed on a machine."""

    def __init__(self, machine: Machine, folder: Path, tool: str = "wg") -> None:
        super().__init__(folder, interface=SimpleNamespace(command=tool, name=f"{tool}0"))
        self.machine, self.tool = machine, tool
        self.database = machine.root / "var/lib/andreyvpn/bot_data.db"
        self.settings = machine.root / "etc/andreyvpn/andreyvpn.env"

    def install(self, *words: str, code: int = 0, **more: str) -> str:
        """Run a command of install.sh; by default, install."""
        if "uninstall" not in words:
            self.lay_libraries()
        given = {"TELEGRAM_API": self.stand.url, "LANG": "C.UTF-8", **({} if words else {"BOT_TOKEN": TOKEN}), **more}
        return self.machine.do(*(words or INSTALL), code=code, **given)

    def lay_libraries(self) -> None:
        """If nothing is installed yet, provide the machine's libraries, if it has any."""
        root = self.machine.root
        if (root / LIBRARIES).is_dir() and not (root / "opt/andreyvpn").exists():
            run("cp", "-a", str(root / LIBRARIES), str(root / "opt/andreyvpn"))

    def open_up(self, *words: str, **more: str) -> str:
        """Install, then send /start as the admin; return what the installation printed."""
        said = self.install(*words, **more)
        self.admin.send("/start")
        self.admin.wait_for("Waiting for an answer", timeout=30)
        return said

    def peers(self) -> dict[str, str]:
        """Return the allowed addresses of each live peer by its public key."""
        lines = self.machine.do(self.tool, "show", f"{self.tool}0", "dump").splitlines()[1:]
        return {line.split("\t")[0]: line.split("\t")[3] for line in lines}

    def is_active(self) -> bool:
        """Return True if the service is running."""
        return self.machine.says("systemctl", "is-active", "andreyvpn") == "active"

    def read(self, path: str) -> str:
        """Read a file of the machine."""
        return (self.machine.root / path.lstrip("/")).read_text()

    def has(self, path: str) -> bool:
        """Return True if the machine has this file or folder."""
        return (self.machine.root / path.lstrip("/")).exists()


def write_next_version(folder: Path, works: bool) -> None:
    """Write a newer version of the bot, with a migration and changed units, that works or exits at once."""
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("lib", "sql"):
        shutil.copytree(ROOT / part, folder / part)
    units = sorted(path.name for path in ROOT.glob("andreyvpn*") if path.suffix in (".service", ".socket"))
    for part in ("andreyvpn_bot.py", "requirements.txt", *units, "install.sh", "README.md", "LICENSE"):
        shutil.copy(ROOT / part, folder / part)
    for name in units:
        with (folder / name).open("a") as unit:
            unit.write("# new\n")
    step = "ALTER TABLE users ADD COLUMN new INTEGER NOT NULL DEFAULT 7;\n"
    (folder / f"sql/migrations/{SCHEMA_VERSION + 1:03}.sql").write_text(step)
    _change(
        folder / "lib/store/database.py", f"SCHEMA_VERSION = {SCHEMA_VERSION}", f"SCHEMA_VERSION = {SCHEMA_VERSION + 1}"
    )
    if not works:
        _change(folder / "andreyvpn_bot.py", "bot = Bot(settings)", "return 1")


def _change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@contextmanager
def booted(
    folder: Path,
    suite: str = "bookworm",
    tool: str = "wg",
    libraries: bool = True,
    docker: bool = False,
    flavour: Flavour = PLAIN,
) -> Iterator[tuple[Installed, Network]]:
    """Boot a fresh machine in a network, with users for the bot, libraries for the installer, and perhaps docker.

    `flavour` is the protocol of friends' devices.
    """
    need_machine()
    need_network(flavour)
    # The Debian comes first: it needs the internet, which the test's network has not.
    more = DOCKER if docker else ()
    with fresh_debian(folder, suite, more, libraries) as root, Network(flavour) as network, inside(network.server):
        machine = Machine(root, network.server, docker)
        company = Installed(machine, folder, tool)
        try:
            machine.boot()
            yield company, network
        finally:
            machine.power_off()
            company.stand.close()
