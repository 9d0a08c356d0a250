"""Be the only module that spawns processes: with an argument list, no shell, none of our environment, and a timeout."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class TimedOut(Exception):
    """A command gave no answer in time and was killed with all that it had started."""


@dataclass(frozen=True)
class Done:
    """What a command ended with: exit code (negative: the signal that killed it) and what it printed (maybe keys)."""

    code: int
    out: str = field(repr=False)
    err: str = field(repr=False)


class Runner:
    """Runs one command at a time; another thread may cut it off."""

    def __init__(self) -> None:
        self._running: subprocess.Popen[bytes] | None = None

    def run(self, words: Sequence[str], stdin: str = "", timeout: float = 10.0) -> Done:
        """Run a command to its end. Raises TimedOut after `timeout` seconds, OSError if it can't be started."""
        try:
            with _start(words) as process, _killing(process):
                self._running = process
                out, err = process.communicate(stdin.encode(), timeout)
        except subprocess.TimeoutExpired:
            raise TimedOut from None
        finally:
            self._running = None
        return Done(process.returncode, out.decode(errors="replace"), err.decode(errors="replace"))

    def cut_off(self) -> None:
        """Kill the command that runs, if one does."""
        if (process := self._running) is not None:
            _kill(process)


def _start(words: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, with nothing of our environment but the search path."""
    path = os.pathsep.join(filter(None, (os.environ.get("PATH"), _SYSTEM_PATH)))
    pipe = subprocess.PIPE
    return subprocess.Popen(  # noqa: S603 - an argument list of our own, no shell
        words, stdin=pipe, stdout=pipe, stderr=pipe, env={"PATH": path, "LC_ALL": "C"}, start_new_session=True
    )


@contextmanager
def _killing(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Kill the child and all that it started, should the block end in an exception."""
    try:
        yield
    except BaseException:
        _kill(process)
        raise


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
