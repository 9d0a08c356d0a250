"""The unchanged bot as a child process, which the demo can start, kill, and start again with another clock."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

_SHIFTED_CLOCK = Path(__file__).with_name("shifted_clock.py")
_STOP_TIMEOUT = 8.0  # seconds


class BotProcess:
    """At most one running bot. `on_change` gets the id of each new process, and 0 when it has been killed."""

    def __init__(self, bot: Path, environment: Mapping[str, str], on_change: Callable[[int], None]) -> None:
        self._bot, self._environment, self._on_change = bot, environment, on_change
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False
        self.clock_offset = 0.0  # seconds that its clock is ahead, as of the next start

    @property
    def running(self) -> bool:
        """True while the bot is running."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """The exit code of a bot that ended by itself; None otherwise."""
        return None if self._process is None else self._process.poll()

    def start(self) -> None:
        """Start the bot, unless it is running or the demo is over."""
        with self._lock:
            if self._closed or self.running:
                return
            clock = [str(_SHIFTED_CLOCK), str(self.clock_offset)] if self.clock_offset else []
            command = [sys.executable, *clock, str(self._bot), "run"]
            self._process = subprocess.Popen(command, env=self._environment, start_new_session=True)
            self._on_change(self._process.pid)

    def kill(self) -> None:
        """Kill the bot, as a power failure would; the demo goes on without it."""
        with self._lock:
            if self._process is not None:
                process, self._process = self._process, None
                process.kill()
                process.wait()
                self._on_change(0)

    def close(self) -> None:
        """Stop the bot cleanly and for good."""
        with self._lock:
            self._closed = True
            if self._process is not None and self._process.poll() is None:
                self._process.terminate()
                try:
                    self._process.wait(_STOP_TIMEOUT)
                except subprocess.TimeoutExpired:
                    self._process.kill()
                    self._process.wait()
