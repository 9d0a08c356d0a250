"""The demo as a process, and what it leaves behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.company import ROOT
from tests.stand import Json, Person, Stand

ADMIN, FRIEND = 1001, 1002


class Demo:
    """A running demo, with its files in `folder`. Its control panel is used over HTTP, as by the page."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder = folder
        environment = {**os.environ, "TMPDIR": str(folder), "LC_ALL": "C.UTF-8"}
        words = words or (sys.executable, str(ROOT / "andreyvpn_bot.py"), "demo", "--port", "0")
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
        assert self.process.stdout
        found = next(filter(None, (re.search(r"http://[\d.:]+", line) for line in self.process.stdout)), None)
        assert found, (folder / "log").read_text()
        self.url = found[0]
        self.stand = Stand(url=self.url)
        self.admin, self.friend = Person(self.stand, ADMIN), Person(self.stand, FRIEND)

    def end(self, number: int) -> int:
        """End the demo with a signal; return its exit code."""
        self.process.send_signal(number)
        code = self.process.wait(timeout=30)
        self.stand.close()
        if self.process.stdout:
            self.process.stdout.close()
        return code

    def panel(self) -> Json:
        """Return what the panel shows."""
        found: Json = self.stand.see("panel")
        return found

    def perform(self, action: str) -> Json:
        """Perform an action; return what the panel shows afterwards."""
        found: Json = self.stand.do("panel", action=action)
        return found

    def wait(self, check: Callable[[Json], Any], what: str, timeout: float = 20) -> Any:
        """Wait until something is true of the panel."""
        return self.stand.wait(lambda: check(self.panel()), timeout, what)

    def give_config(self) -> bytes:
        """Play the main story: the friend is let in, asks for a config and gets it. Return the .conf."""
        self.admin.send("/start")
        self.friend.send("/start")
        self.friend.wait_for(predicate=lambda message: "photo" in message)
        (database,) = self.folder.glob("andreyvpn-demo-*/bot_data.db")
        query = f"SELECT captcha_answer FROM users WHERE id = {FRIEND}"
        command = [sys.executable, "-c", READ_ROW, str(database), query]
        self.friend.send(subprocess.check_output(command, text=True).strip())
        self.admin.press("Approve", message=self.admin.wait_for(f"ID: {FRIEND}"))
        self.friend.press(data="device:iphone", message=self.friend.wait_for("You're in"), forge=True)
        self.admin.press("Approve", message=self.admin.wait_for(f"{FRIEND})"))
        return self.friend.download(self.friend.wait_for("This file is your personal key"))

    def left(self) -> list[str]:
        """Return what the demo has left behind: files, network namespaces, and processes that know its folder."""
        mark = f"av{self.process.pid}"
        found = [str(path) for path in self.folder.glob("andreyvpn-demo-*")]
        found += [line for line in namespaces() if line.startswith(mark)]
        found += [str(path) for path in Path("/var/run/wireguard").glob(f"{mark}*")]
        for path in Path("/proc").glob("[0-9]*"):
            try:
                text = (path / "cmdline").read_bytes() + (path / "environ").read_bytes()
            except OSError:
                continue
            if path.name != str(os.getpid()) and (str(self.folder).encode() in text or mark.encode() in text):
                found.append((path / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        return found


READ_ROW = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])"


def namespaces() -> list[str]:
    done = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True)
    return done.stdout.splitlines()


@contextmanager
def running(folder: Path, *words: str) -> Iterator[Demo]:
    demo = Demo(folder, *words)
    try:
        yield demo
    finally:
        if demo.process.poll() is None:
            demo.end(signal.SIGTERM)
