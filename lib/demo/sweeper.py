"""Take away what a demo leaves, however it ended: a process of its own that waits until the demo's pipe is closed.

Each line on its stdin names a thing: `process PID` (the newest counts, 0 for none), `namespace NAME`, `file PATH`,
`folder PATH`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_PATIENCE = 30.0  # seconds


class Sweeper:
    """The pipe to that process; leaving the block closes it, and so does any death."""

    def __enter__(self) -> Sweeper:
        """Start it in a session of its own, where Ctrl-C does not reach it."""
        words = [sys.executable, str(Path(__file__).resolve())]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, text=True, start_new_session=True)
        return self

    def __exit__(self, *_: object) -> None:
        """Let it sweep, and wait until all is gone."""
        self._process.communicate(timeout=_PATIENCE)

    def note(self, kind: str, name: object) -> None:
        """Name a thing, best before it is made."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{kind} {name}\n")
        self._process.stdin.flush()


def sweep(lines: Iterable[str]) -> None:
    """Take away what the lines name; what is gone already is fine."""
    things = [line.rstrip("\n").partition(" ") for line in lines]
    processes = [int(name) for kind, _, name in things if kind == "process"]
    if processes and processes[-1]:
        _kill(processes[-1])
    for namespace in (name for kind, _, name in things if kind == "namespace"):
        for pid in _call("ip", "netns", "pids", namespace).split():
            _kill(int(pid))
        _call("ip", "netns", "delete", namespace)
    for kind, _, name in things:
        if kind == "file":
            Path(name).unlink(missing_ok=True)
        elif kind == "folder":
            shutil.rmtree(name, ignore_errors=True)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _call(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, timeout=10).stdout


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sweep(list(sys.stdin))
