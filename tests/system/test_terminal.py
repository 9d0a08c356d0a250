"""The command andreyvpn on a booted machine: all that it did before, and no process of the bot's at root's terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from lib.store.backup import check_backup
from tests.system.installed import Installed, booted
from tests.system.network import wait
from tests.system.old_layout import WRAPPER

# In one process: they share a booted machine.
pytestmark = [pytest.mark.root, pytest.mark.slow(60), pytest.mark.xdist_group("terminal")]

PROBE = "/usr/local/lib/probe.py"
AT_TERMINAL = '''
"""Run andreyvpn at a terminal of root's; tell who has that terminal open, and what was seen on it."""
import json, os, pty, pwd, select, signal, subprocess, sys, time

keys, words = sys.argv[1].encode().decode("unicode_escape").encode(), sys.argv[2:]
bot = pwd.getpwnam("andreyvpn").pw_uid
child, terminal = pty.fork()
if child == 0:
    os.execv("/usr/local/sbin/andreyvpn", ["andreyvpn", *words])
seen = b""


def read(until, seconds):
    global seen
    end = time.monotonic() + seconds
    while until not in seen and time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                seen += os.read(terminal, 65536)
            except OSError:
                return


def look():
    """Return all processes of the bot's user, and those of them that have a terminal."""
    there, at_terminal = [], []
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.stat(f"/proc/{number}").st_uid != bot:
                continue
            with open(f"/proc/{number}/stat") as file:
                controlling = int(file.read().rpartition(")")[2].split()[4])
            files = [os.readlink(f"/proc/{number}/fd/{end}") for end in os.listdir(f"/proc/{number}/fd")]
        except OSError:
            continue
        there.append(int(number))
        if controlling or any(path.startswith(("/dev/pts/", "/dev/tty", "/dev/ptmx")) for path in files):
            at_terminal.append(int(number))
    return there, at_terminal


read(b"ready", 20)
there, at_terminal = look()
os.write(terminal, keys)
read(b"no such text", 3)
gone, status = os.waitpid(child, os.WNOHANG)
if not gone:
    os.kill(child, signal.SIGTERM)
    gone, status = os.waitpid(child, 0)
print(json.dumps({"seen": seen.decode(), "there": there, "at_terminal": at_terminal,
                  "code": os.waitstatus_to_exitcode(status)}))
'''
HOSTILE = '''
import fcntl, json, os, sys, termios, time

tried = {}
for name, number in (("stdin", 0), ("stdout", 1), ("stderr", 2)):
    try:
        for letter in "touch /root/owned\\n":
            fcntl.ioctl(number, termios.TIOCSTI, letter.encode())
        tried[name] = "typed"
    except OSError as exc:
        tried[name] = exc.strerror
try:
    tried["terminal"] = os.open("/dev/tty", os.O_RDWR)
except OSError as exc:
    tried["terminal"] = exc.strerror
print("\\x1b[2J\\x1b]0;mine\\x07\\x9b\\u009b31m\\r\\x08", json.dumps(tried), sys.argv[3:], "ready", flush=True)
print("heard", repr(sys.stdin.read()), flush=True)
for _ in range(300):
    print("still here", flush=True)
    time.sleep(0.1)
'''


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    with booted(tmp_path_factory.mktemp("terminal")) as (company, _):
        company.open_up()
        (company.machine.root / PROBE.lstrip("/")).write_text(AT_TERMINAL)
        yield company


@contextmanager
def in_the_bot_s_place(company: Installed, program: str) -> Iterator[None]:
    """Replace the bot's program; the running service keeps the one it has loaded."""
    current = company.machine.says("readlink", "-f", "/opt/andreyvpn/current")
    file = company.machine.root / current.lstrip("/") / "andreyvpn_bot.py"
    text = file.read_text()
    file.write_text(program)
    try:
        yield
    finally:
        file.write_text(text)


@pytest.fixture
def hostile(company: Installed) -> Iterator[Installed]:
    with in_the_bot_s_place(company, HOSTILE):
        yield company


def at_terminal(company: Installed, *words: str, keys: str = "") -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(company.machine.do("python3", PROBE, keys, *words))
    return answer


def commands_left(company: Installed) -> str:
    return company.machine.says("systemctl", "list-units", "--all", "--plain", "--no-legend", "andreyvpn-command-*")


def test_it_works(company: Installed) -> None:
    machine = company.machine
    assert "block a person: their configs stop working" in machine.do("andreyvpn", "--help")
    assert "1  approved" in machine.do("andreyvpn", "users")
    assert "No one is waiting" in machine.do("andreyvpn", "requests")
    assert "no command “dance”" in machine.do("andreyvpn", "dance", code=2)
    assert "No one has the id 77" in machine.do("andreyvpn", "block", "77", code=1)
    assert "✅" in machine.do("andreyvpn", "check", LANG="C.UTF-8")
    quiet = machine.do("sh", "-c", "andreyvpn block 77 2>/dev/null || echo code $?")
    assert quiet == "code 1\n", "what is said of a failure goes to stderr"
    shown = at_terminal(company, "users")
    assert (shown["code"], shown["seen"].replace("\r\n", "\n")) == (0, machine.do("andreyvpn", "users"))
    assert commands_left(company) == ""


def test_a_command_has_the_rights_of_the_service(company: Installed) -> None:
    with in_the_bot_s_place(company, "import os; print(open('/proc/self/status').read(), os.environ)"):
        found = company.machine.do("andreyvpn")
    number = company.machine.says("systemctl", "show", "--value", "-p", "MainPID", "andreyvpn")
    service = company.machine.do("cat", f"/proc/{number}/status")
    kept = ("Uid", "Gid", "Groups", "NoNewPrivs", "Seccomp:", "Cap")
    rights = [[line for line in status.splitlines() if line.startswith(kept)] for status in (found, service)]
    assert len(rights[0]) > 8
    assert rights[0] == rights[1]
    assert "'NODE_SOCKET': '/run/andreyvpn-node.sock'" in found


def test_no_process_of_the_bot_is_at_root_s_terminal(hostile: Installed) -> None:
    shown = at_terminal(hostile, "check", keys="secret\\n")
    assert len(shown["there"]) > 1, "the service, and the command"
    assert shown["at_terminal"] == []
    assert "typed" not in shown["seen"]
    assert '"terminal": "No such device or address"' in shown["seen"]
    assert "heard ''" in shown["seen"], "what root types is not read"
    assert "['--env'" not in shown["seen"]
    assert not set(shown["seen"]) & {"\x1b", "\x07", "\x08", "\x9b"}
    assert not hostile.has("root/owned")
    wait(lambda: commands_left(hostile) == "", 15, "the end of the command")


def test_with_an_older_command_one_was_there(hostile: Installed) -> None:
    """Show that the test before sees what it looks for."""
    file = hostile.machine.root / "usr/local/sbin/andreyvpn"
    text = file.read_text()
    file.write_text(WRAPPER)
    try:
        shown = at_terminal(hostile, "check")
    finally:
        file.write_text(text)
    assert len(shown["at_terminal"]) == 1
    assert "\x1b[2J" in shown["seen"]


def test_who_stops_a_command_stops_its_unit(hostile: Installed) -> None:
    shown = at_terminal(hostile, "check", keys="\\x03")
    assert shown["code"] == 130
    assert commands_left(hostile) == ""
    said: list[str] = []

    def first_line() -> bool:
        said.append(hostile.machine.do("sh", "-c", "andreyvpn check 2>&1 | head -n 1"))
        return "ready" in said[-1]

    wait(first_line, 60, "the first line")  # a busy machine's bus may take too long
    assert "Traceback" not in "".join(said)
    wait(lambda: commands_left(hostile) == "", 15, "the end of the command")


@pytest.mark.parametrize("folder", ["/tmp", "/srv/my copies, all of $HOME %h", "/home/copies"])
def test_files_are_written_and_read_where_the_bot_may(company: Installed, folder: str) -> None:
    machine = company.machine
    if folder != "/tmp":
        machine.do("install", "-d", "-o", "andreyvpn", folder)
    machine.do("sh", "-c", 'cd "$1" && andreyvpn backup "a copy.db"', "sh", folder)
    machine.do("cp", f"{folder}/a copy.db", "/root/seen.db")
    check_backup(machine.root / "root/seen.db")
    machine.do("systemctl", "stop", "andreyvpn")
    assert "Restored" in machine.do("andreyvpn", "restore", f"{folder}/a copy.db")
    machine.do("systemctl", "start", "andreyvpn")


def test_a_file_out_of_reach_is_refused_in_words(company: Installed) -> None:
    machine = company.machine
    for place in ("/root/copy.db", "/etc/copy.db", "/copy.db"):
        said = machine.do("andreyvpn", "backup", place, code=2)
        assert f"The user andreyvpn can't write {place}" in said
    assert "no such file" in machine.do("andreyvpn", "restore", "/srv/nothing.db", code=2)
    machine.do("install", "-m", "600", "/etc/hostname", "/root/mine.db")
    said = machine.do("andreyvpn", "restore", "/root/mine.db", code=2)
    assert "The user andreyvpn can't read /root/mine.db" in said


def test_settings_that_the_bot_could_change_or_others_read_are_told_of(company: Installed) -> None:
    machine, settings = company.machine, "/etc/andreyvpn/andreyvpn.env"
    for owner, mode, said in (
        ("andreyvpn:andreyvpn", "600", f"The bot could change {settings}"),
        ("root:andreyvpn", "660", f"{settings} can be read by others. Type: chmod 640 {settings}"),
        ("root:andreyvpn", "644", f"{settings} can be read by others. Type: chmod 640 {settings}"),
    ):
        machine.do("chown", owner, settings)
        machine.do("chmod", mode, settings)
        assert f"❌ {said}" in machine.do("andreyvpn", "check", code=1)
    machine.do("chmod", "640", settings)
    assert "❌" not in machine.do("andreyvpn", "check")


def test_the_terminal_s_encoding_is_kept(company: Installed) -> None:
    given = {"LC_ALL": "C", "PYTHONUTF8": "1"}
    assert "✅" in company.machine.do("andreyvpn", "check", **given)
    with in_the_bot_s_place(company, "import sys; print(sys.stdout.encoding, sys.argv[-1])"):
        assert company.machine.do("andreyvpn", "Анна", LC_ALL="C.UTF-8") == "utf-8 Анна\n"


def test_without_a_bus_it_says_what_to_type(company: Installed) -> None:
    bus = Path(company.machine.says("readlink", "-f", "/run/dbus/system_bus_socket"))
    company.machine.do("mv", str(bus), f"{bus}.away")
    try:
        assert "systemd and D-Bus must be running" in company.machine.do("andreyvpn", "users", code=2)
    finally:
        company.machine.do("mv", f"{bus}.away", str(bus))
    assert company.machine.do("andreyvpn", "users")
