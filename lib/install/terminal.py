"""The command andreyvpn, run as root: the bot's command line in a unit of its own, away from root's terminal.

A process of the bot's user that holds this terminal could type into it as root, read what is typed, and draw what is
not there. So the command runs with the settings of the bot's unit, without input, and with pipes for its output. Only
this program writes to the terminal, and it leaves out all control characters but newlines and tabs.
"""

from __future__ import annotations

import codecs
import os
import re
import selectors
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

APP, ENV_FILE = "/opt/andreyvpn/current", "/etc/andreyvpn/andreyvpn.env"
# Not of a command: it has a type and an output of its own, and `check` asks systemd by D-Bus.
OF_THE_SERVICE = ("Exec", "Type", "Notify", "Restart", "Watchdog", "TimeoutStart", "Standard", "Inaccessible")
BEFORE_A_FILE = ("--env", "--file", "backup", "restore")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
SYSTEMD_RUN, SYSTEMCTL = Path("/usr/bin/systemd-run"), "/usr/bin/systemctl"
NEEDED = (SYSTEMD_RUN, Path("/run/systemd/system"), Path("/run/dbus/system_bus_socket"))
MISSING = {
    "en": "andreyvpn: commands run as a service of their own, so systemd and D-Bus must be running. Type: "
    "apt-get install dbus",
    "ru": "andreyvpn: команды запускаются как отдельная служба, поэтому нужны systemd и D-Bus. Наберите: "
    "apt-get install dbus",
}


def read_unit(text: str) -> list[str]:
    """Return the settings in a unit and its drop-ins, as `systemctl cat` prints them, that suit a command too."""
    found, section = [], ""
    for line in text.replace("\\\n", " ").splitlines():
        if line.startswith("["):
            section = line.strip()
        elif section == "[Service]" and "=" in line and not line.startswith(("#", ";", *OF_THE_SERVICE)):
            found.append(line.strip())
    return found


def place_files(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Make the names of files absolute; return the words, and the settings that let the command reach those files."""
    placed, settings = list(words), list[str]()
    for number, (before, word) in enumerate(pairwise(words), 1):
        if before in BEFORE_A_FILE and not word.startswith("-"):
            placed[number] = os.path.abspath(word)  # noqa: PTH100 - symlinks are the command's to follow
            folder = os.path.dirname(placed[number]).replace("\\", "\\\\").replace('"', '\\"')  # noqa: PTH120
            settings += ["ProtectHome=no", "PrivateTmp=no", f'ReadWritePaths="-{folder}"']
    return placed, settings


def build_command(unit: str, settings: Sequence[str], words: Sequence[str], encoding: str) -> list[str]:
    """Return the call of systemd-run that runs the bot's command line with these words."""
    words, reachable = place_files(words)
    columns = shutil.get_terminal_size().columns
    return [
        *(str(SYSTEMD_RUN), "--quiet", "--wait", "--collect", "--pipe", f"--unit={unit}"),
        *("--description=AndreyVPN_bot: a command", f"--setenv=COLUMNS={columns}"),
        f"--setenv=PYTHONIOENCODING={encoding}",
        *(f"--property={setting}" for setting in (*settings, *reachable)),
        *("--", f"{APP}/.venv/bin/python", f"{APP}/andreyvpn_bot.py", "--env", ENV_FILE),
        *(word.replace("$", "$$") for word in words),
    ]


def make_cleaner(encoding: str) -> Callable[[bytes], str]:
    """Return a function that decodes the next bytes of a stream and removes control characters; b"" is its end."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    return lambda data: CONTROL.sub("", decoder.decode(data, final=not data))


def copy(process: subprocess.Popen[bytes], encoding: str) -> None:
    """Copy both outputs of a process to ours, until it has closed them."""
    with selectors.DefaultSelector() as ready:
        for target, source in enumerate((process.stdout, process.stderr), 1):
            assert source
            ready.register(source, selectors.EVENT_READ, (target, make_cleaner(encoding)))
        while ready.get_map():
            for key, _ in ready.select():
                target, clean = key.data
                data = os.read(key.fd, 65536)
                left = clean(data).encode(encoding, "replace")
                while left:
                    left = left[os.write(target, left) :]
                if not data:
                    ready.unregister(key.fileobj)


def run(words: Sequence[str], encoding: str) -> int:
    """Run a command and return its exit code. If we are stopped, or nobody reads on, the command is stopped too."""
    unit, pipe = f"andreyvpn-command-{os.getpid()}.service", subprocess.PIPE
    show = (SYSTEMCTL, "cat", "andreyvpn.service")
    shown = subprocess.run(show, stdout=pipe, check=False).stdout.decode(errors="replace")  # noqa: S603 - our own words
    command = build_command(unit, read_unit(shown), words, encoding)
    process = subprocess.Popen(  # noqa: S603 - an argument list of our own, no shell
        command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, start_new_session=True
    )
    try:
        copy(process, encoding)
        return process.wait()
    except (KeyboardInterrupt, BrokenPipeError):
        subprocess.run((SYSTEMCTL, "stop", unit), stderr=subprocess.DEVNULL, check=False)  # noqa: S603 - our own words
        return 130


def main(words: Sequence[str]) -> int:
    """Run a command of the bot's; return its exit code."""
    encoding = "utf-8" if os.environ.get("PYTHONUTF8") == "1" else sys.stdout.encoding
    if not all(path.exists() for path in NEEDED):
        locale = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
        sys.stderr.write(MISSING["ru" if locale.startswith("ru") else "en"] + "\n")
        return 2
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    return run(words, encoding)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
