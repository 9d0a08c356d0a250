#!/usr/bin/env -S python3 -I -S
"""Stand in for `systemctl` where no systemd runs: interfaces by wg-quick, what is enabled as files beside this one.

A unit of the installer's own is run as it says, apart from whoever starts it, and again if it fails.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

ENABLED = Path(__file__).resolve().parent / "enabled"
RUNNING = ENABLED.with_name("running")
UNITS = Path("/etc/systemd/system")
AGAIN = "cd {folder} && export PYTHONUTF8=1 && until {command}; do sleep 1; done"


def switch(unit: str, verb: str) -> int:
    """Start, stop or restart an interface."""
    tool, _, name = unit.partition("@")
    is_up, tool = Path(f"/sys/class/net/{name}").exists(), tool.removesuffix("-quick")
    if verb == "restart":
        return (switch(unit, "stop") if is_up else 0) or switch(unit, "start")
    if verb == "start" and (ENABLED.parent / "broken").exists():
        print("Job failed", file=sys.stderr)
        return 1
    if is_up != (verb == "start"):
        return subprocess.run([tool, "up" if verb == "start" else "down", name], check=False).returncode
    return 0


def stop(unit: str) -> None:
    """End a unit that was started, and all that it runs."""
    with suppress(OSError, ValueError):
        os.killpg(int((RUNNING / unit).read_text()), signal.SIGTERM)
    (RUNNING / unit).unlink(missing_ok=True)


def start(unit: str) -> None:
    """Run the command of a unit's file."""
    RUNNING.mkdir(exist_ok=True)
    lines = dict(re.findall(r"^(\w+)=(.*)$", (UNITS / f"{unit}.service").read_text(), re.MULTILINE))
    command = AGAIN.format(folder=lines["WorkingDirectory"], command=lines["ExecStart"])
    with (RUNNING / f"{unit}.log").open("ab") as log:
        process = subprocess.Popen(["sh", "-c", command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   start_new_session=True)  # fmt: skip
    (RUNNING / unit).write_text(str(process.pid))


def main(words: list[str]) -> int:
    command, *rest = (word for word in words if not word.startswith("-"))
    ENABLED.mkdir(exist_ok=True)
    for unit in (word.removesuffix(".service") for word in rest):
        marker, verb = ENABLED / unit, command
        if command == "is-enabled":
            print("enabled" if marker.exists() else "disabled")
            return 0 if marker.exists() else 1
        if command in ("enable", "disable"):
            marker.touch() if command == "enable" else marker.unlink(missing_ok=True)
            verb = {"enable": "start", "disable": "stop"}[command] if "--now" in words else ""
        if verb in ("start", "stop", "restart") and "-quick@" in unit:
            if code := switch(unit, verb):
                return code
        elif verb in ("start", "stop", "restart") and (verb == "stop" or (UNITS / f"{unit}.service").exists()):
            stop(unit)
            if verb != "stop":
                start(unit)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
