"""Run a tool for the look around: bounded in time and size, and every failure is an OSError."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from lib.process import TimedOut, capture

Run = Callable[[Sequence[str], str], str]
"""Runs a command with this text on its stdin and returns its output; raises OSError if it fails.

Bytes that are not UTF-8 are preserved with `surrogateescape`, because archives and databases are read this way, too.
"""

PATIENCE = 15.0  # seconds, for one tool
MOST_BYTES = 32 << 20  # of what one tool prints
CHANCES = 3  # timeouts before a tool is given up


class Failed(OSError):
    """A command ended with an error; its text is the last line that it printed about it, without control characters."""


class Patient:
    """Runs commands, but gives up on a tool after three timeouts: there may be hundreds of calls to come."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._unanswered = Counter[str]()

    def __call__(self, words: Sequence[str], stdin: str) -> str:
        """Run a command, see Run."""
        if self.gave_up_on(words[0]):
            raise TimeoutError(f"{words[0]} doesn't answer")
        try:
            return self._run(words, stdin)
        except TimeoutError:
            self._unanswered[words[0]] += 1
            raise

    def gave_up_on(self, tool: str) -> bool:
        """Return True if a tool is no longer called."""
        return self._unanswered[tool] >= CHANCES


def run(words: Sequence[str], stdin: str) -> str:
    """Run a command, see Run."""
    try:
        code, out, err = capture(words, stdin.encode(), PATIENCE, MOST_BYTES)
    except TimedOut:
        raise TimeoutError(f"{words[0]} gave no answer in {PATIENCE:g} s") from None
    if code:
        lines = err.decode(errors="replace").strip().splitlines() or [f"exit code {code}"]
        raise Failed("".join(filter(str.isprintable, lines[-1]))[:200])
    return out.decode(errors="surrogateescape")
