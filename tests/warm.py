"""Start bots without loading their modules each time, which is most of the work.

A process running this file loads them once and forks for each bot. No module of the bot does anything at import, so a
forked bot behaves like one that was started normally. Tests that start the bot through a wrapper, and those of the
command line and the units, cover the normal loading of modules.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BOT = ROOT / "andreyvpn_bot.py"
PARTS = ("lib.chat", "lib.store", "lib.telegram", "lib.vpn", "lib.watch")
LATE = ("Image", "ImageChops", "ImageDraw", "ImageFilter", "ImageFont", "PngImagePlugin")
SPACES = ("mnt", "net", "pid")
READ_AT_ONCE = ("LANG", "TZ")  # environment variables that the interpreter reads at startup
READ_TOO = ("LC_", "LD_", "PYTHON")
LONGEST = 1 << 17  # the maximum size of a request in bytes


class Process:
    """A forked bot, with the part of subprocess.Popen's interface that tests need."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self._nursery, self.pid = nursery, pid
        self._code: int | None = None

    def poll(self, timeout: float = 0) -> int | None:
        """Return the exit code, or None if it is still running."""
        if self._code is None:
            self._code = self._nursery.ended(self.pid, timeout)
        return self._code

    def wait(self, timeout: float) -> int:
        """Wait for the process to exit and return the exit code."""
        code = self.poll(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(str(BOT), timeout)
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal, unless the process has exited."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


class Nursery:
    """The tests' side of the process that forks."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        words = [sys.executable, __file__, str(theirs.fileno()), BOT.name, "run"]
        null = subprocess.DEVNULL
        self._process = subprocess.Popen(words, stdin=null, stdout=null, cwd=ROOT, pass_fds=[theirs.fileno()])
        theirs.close()
        self._codes: dict[int, int] = {}
        self.spent = 0.0
        self._lock = threading.Lock()
        self._spaces, self._environment = _spaces(), _early(os.environ)

    def suits(self, environment: Mapping[str, str]) -> bool:
        """Return True if a forked process is equivalent to one started here with this environment."""
        return (_spaces(), _early(environment)) == (self._spaces, self._environment)

    def start(self, environment: Mapping[str, str], folder: Path, stderr: int) -> Process:
        """Start a bot."""
        request = json.dumps({"environment": dict(environment), "folder": str(folder)}).encode()
        with self._lock:
            socket.send_fds(self._control, [request], [stderr])
            while True:
                said = self._hear()
                if "started" in said:
                    return Process(self, said["started"])

    def ended(self, pid: int, timeout: float) -> int | None:
        """Wait for a bot to exit; return its exit code, or None if it is still running."""
        end = time.monotonic() + timeout
        while True:
            with self._lock:
                while pid not in self._codes and select.select([self._control], [], [], 0)[0]:
                    self._hear()
            if pid in self._codes or time.monotonic() >= end:
                return self._codes.get(pid)
            time.sleep(0.01)

    def _hear(self) -> dict[str, Any]:
        """Receive a message about a started or ended process. PIDs can be reused."""
        said: dict[str, Any] = json.loads(self._control.recv(LONGEST))
        if "started" in said:
            self._codes.pop(said["started"], None)
        if "ended" in said:
            self._codes[said["ended"]] = said["code"]
            self.spent += said["spent"]
        return said


@cache
def nursery() -> Nursery:
    """Return this process's nursery."""
    return Nursery()


def spent() -> float:
    """Return the CPU seconds of the bots that have exited, and of their children."""
    return nursery().spent if nursery.cache_info().currsize else 0.0


def _spaces() -> list[str]:
    return [os.readlink(f"/proc/thread-self/ns/{name}") for name in SPACES]  # noqa: PTH115


def _early(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name in READ_AT_ONCE or name.startswith(READ_TOO)}


def load() -> None:
    """Load all modules that a bot loads eventually."""
    importlib.import_module(BOT.stem)
    for part in PARTS:
        for module in pkgutil.walk_packages(importlib.import_module(part).__path__, f"{part}."):
            importlib.import_module(module.name)
    for name in LATE:
        importlib.import_module(f"PIL.{name}")
    importlib.import_module("qrcode")
    gc.collect()
    gc.freeze()


def fork_on_demand(control: socket.socket) -> dict[str, Any]:
    """Fork for each request and report each exit. Returns only in a child, with its request."""
    heard, wakes = os.pipe()
    os.set_blocking(wakes, False)
    os.set_blocking(heard, False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ignore Ctrl-C: the tests decide when to stop
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes)
    while True:
        ready, _, _ = select.select([control, heard], [], [])
        if heard in ready:
            os.read(heard, 1000)
            _tell_of_ends(control)
        if control in ready:
            request, descriptors, _, _ = socket.recv_fds(control, LONGEST, 1)
            if not request:
                sys.exit()
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                signal.signal(signal.SIGINT, signal.default_int_handler)
                os.dup2(descriptors[0], 2)
                for descriptor in (*descriptors, heard, wakes):
                    os.close(descriptor)
                control.close()
                return dict(json.loads(request))
            os.close(descriptors[0])
            control.send(json.dumps({"started": pid}).encode())


def _tell_of_ends(control: socket.socket) -> None:
    with suppress(ChildProcessError):
        while True:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if not pid:
                return
            said = {"ended": pid, "code": os.waitstatus_to_exitcode(status), "spent": usage.ru_utime + usage.ru_stime}
            control.send(json.dumps(said).encode())


if __name__ == "__main__":
    sys.path[0] = str(ROOT)
    load()
    to_be = fork_on_demand(socket.socket(fileno=int(sys.argv[1])))
    os.environ.clear()
    os.environ.update(to_be["environment"])
    os.chdir(to_be["folder"])
    sys.argv = [str(BOT), "run"]
    runpy.run_path(str(BOT), run_name="__main__")
