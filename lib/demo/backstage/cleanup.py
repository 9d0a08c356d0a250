"""Remove what a demo leaves behind, however it ends: a separate process that waits until the pipe to it is closed.

Each line on its stdin registers something: `process PID` (only the last one counts; 0 means none), `namespace NAME`,
`file PATH` or `folder PATH`.
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

_TIMEOUT = 30.0  # seconds


class Cleanup:
    """The pipe to the cleanup process. It is closed at the end of the `with` block, and if the demo is killed."""

    def __enter__(self) -> Cleanup:
        """Start the process in a new session, out of reach of Ctrl-C."""
        command = [sys.executable, str(Path(__file__).resolve())]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, start_new_session=True)
        return self

    def __exit__(self, *_: object) -> None:
        """Wait until everything has been removed."""
        self._process.communicate(timeout=_TIMEOUT)

    def register(self, kind: str, name: object) -> None:
        """Register something to be removed, if possible before it is created."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{kind} {name}\n")
        self._process.stdin.flush()


def clean_up(lines: Iterable[str]) -> None:
    """Remove everything that the lines register; some of it may be gone already."""
    registered = [line.rstrip("\n").partition(" ") for line in lines]
    processes = [int(name) for kind, _, name in registered if kind == "process"]
    if processes and processes[-1]:
        _kill(processes[-1])
    for namespace in (name for kind, _, name in registered if kind == "namespace"):
        for pid in _output_of("ip", "netns", "pids", namespace).split():
            _kill(int(pid))
        _output_of("ip", "netns", "delete", namespace)
    for kind, _, name in registered:
        if kind == "file":
            Path(name).unlink(missing_ok=True)
        elif kind == "folder":
            shutil.rmtree(name, ignore_errors=True)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _output_of(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, timeout=10).stdout


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    clean_up(list(sys.stdin))
