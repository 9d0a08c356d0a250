"""The only module that spawns processes: an argument list, no shell, and none of our environment."""

from __future__ import annotations

import errno
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from socket import socket, socketpair

_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
END_SECONDS = 15.0  # for a child that has nothing more to do


class TimedOut(Exception):
    """A command gave no answer in time and was killed together with everything it had started."""


@dataclass(frozen=True)
class Result:
    """A command's exit code (negative: the signal that killed it) and output, which may contain keys."""

    code: int
    out: str = field(repr=False)
    err: str = field(repr=False)


class Runner:
    """Runs one command at a time; another thread may kill it."""

    def __init__(self) -> None:
        self._running: subprocess.Popen[bytes] | None = None

    def run(self, words: Sequence[str], stdin: str = "", timeout: float = 10.0) -> Result:
        """Run a command to its end. Raise TimedOut after `timeout` seconds, OSError if it can't be started."""
        pipe = subprocess.PIPE
        try:
            with subprocess.Popen(  # noqa: S603 - an argument list of our own, no shell
                words, stdin=pipe, stdout=pipe, stderr=pipe, env=_environment(), start_new_session=True
            ) as process:
                self._running = process
                try:
                    out, err = process.communicate(stdin.encode(), timeout)
                except BaseException:
                    _kill(process)
                    raise
        except subprocess.TimeoutExpired:
            raise TimedOut from None
        finally:
            self._running = None
        return Result(process.returncode, out.decode(errors="replace"), err.decode(errors="replace"))

    def cut_off(self) -> None:
        """Kill the running command, if there is one."""
        if (process := self._running) is not None:
            _kill(process)


class Child:
    """A running command that talks to us through `socket`, which is both its stdin and its stdout."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start it with some more variables in its environment. Raise OSError if it can't be started."""
        self.socket: socket
        self.socket, its = socketpair()
        env = {**_environment(), **environment}
        with its:
            try:
                self._process = subprocess.Popen(  # noqa: S603 - an argument list of our own, no shell
                    words, stdin=its.fileno(), stdout=its.fileno(), env=env, start_new_session=True
                )
            except OSError:
                self.socket.close()
                raise

    def wait(self) -> None:
        """Wait until it ends, as it should when the socket was closed; if it does not, kill it."""
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            _kill(self._process)
            self._process.wait()


def capture(words: Sequence[str], stdin: bytes, timeout: float, most: int) -> tuple[int, bytes, bytes]:
    """Run a command that nobody vouches for; return its exit code, stdout and stderr.

    It is killed if it takes longer than `timeout` seconds (TimedOut) or prints more than `most` bytes. Raise OSError if
    it can't be started. What goes to its stdin must fit a pipe: 4096 bytes.
    """
    end, pipe = time.monotonic() + timeout, subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 - an argument list of our own, no shell
        words, stdin=pipe, stdout=pipe, stderr=pipe, env=_environment(), start_new_session=True
    ) as process:
        try:
            out, err = _read_both(process, stdin, end, most)
            return process.wait(max(0.1, end - time.monotonic())), out, err
        except (subprocess.TimeoutExpired, OSError, KeyboardInterrupt) as exc:
            _kill(process)
            if isinstance(exc, subprocess.TimeoutExpired):
                raise TimedOut from None
            raise


def _read_both(process: subprocess.Popen[bytes], stdin: bytes, end: float, most: int) -> tuple[bytes, bytes]:
    """Feed a process, and read both of its outputs until it closes them."""
    assert process.stdin
    with suppress(BrokenPipeError), process.stdin as feed:
        feed.write(stdin)
    out, err = bytearray(), bytearray()
    with selectors.DefaultSelector() as ready:
        for stream, target in ((process.stdout, out), (process.stderr, err)):
            assert stream
            ready.register(stream, selectors.EVENT_READ, target)
        while ready.get_map():
            if (left := end - time.monotonic()) <= 0:
                raise subprocess.TimeoutExpired(process.args, 0)
            for key, _ in ready.select(left):
                data = os.read(key.fd, 65536)
                key.data.extend(data)
                if len(key.data) > most:
                    raise OSError(errno.EFBIG, "it printed too much")
                if not data:
                    ready.unregister(key.fileobj)
    return bytes(out), bytes(err)


def _environment() -> dict[str, str]:
    return {"PATH": os.pathsep.join(filter(None, (os.environ.get("PATH"), _SYSTEM_PATH))), "LC_ALL": "C"}


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a child and everything that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
