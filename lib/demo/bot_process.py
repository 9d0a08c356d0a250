"""The unchanged bot as a process of the demo's: started, killed, and started again with another clock."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

_CLOCK = Path(__file__).with_name("clock.py")
_PATIENCE = 8.0  # seconds that a clean stop may take


class BotProcess:
    """One bot at most. `note` is told the id of each process, and 0 when there is none any more."""

    def __init__(self, bot: Path, environment: Mapping[str, str], note: Callable[[int], None]) -> None:
        self._bot, self._environment, self._note = bot, environment, note
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._over = False
        self.ahead = 0.0  # seconds that its clock is ahead, from the next start on

    @property
    def running(self) -> bool:
        """Is there a bot?"""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """Give the exit code of a bot that ended by itself; None otherwise."""
        return None if self._process is None else self._process.poll()

    def start(self) -> None:
        """Start it, unless it runs or the demo is over."""
        with self._lock:
            if self._over or self.running:
                return
            clock = [str(_CLOCK), str(self.ahead)] if self.ahead else []
            words = [sys.executable, *clock, str(self._bot), "run"]
            self._process = subprocess.Popen(words, env=self._environment, start_new_session=True)
            self._note(self._process.pid)

    def kill(self) -> None:
        """End it at once, as a power cut would; the demo goes on without it."""
        with self._lock:
            if self._process is not None:
                process, self._process = self._process, None
                process.kill()
                process.wait()
                self._note(0)

    def close(self) -> None:
        """Stop it politely, for good."""
        with self._lock:
            self._over = True
            if self._process is not None and self._process.poll() is None:
                self._process.terminate()
                try:
                    self._process.wait(_PATIENCE)
                except subprocess.TimeoutExpired:
                    self._process.kill()
                    self._process.wait()
