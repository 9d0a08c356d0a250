"""Run a system tool: return its output, or raise Failed in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lib.process import Runner, TimedOut

PATIENCE = 45.0  # seconds, for one tool: docker waits for a container that doesn't listen
Run = Callable[[Sequence[str], str], str]
"""Runs a command with a text on its stdin and returns what it prints; raises an OSError if it fails."""


class Failed(OSError):
    """A command failed; its text is the last line that it printed about it."""


def run(words: Sequence[str], stdin: str) -> str:
    """Run a command, see Run."""
    try:
        done = Runner().run(words, stdin, PATIENCE)
    except TimedOut:
        raise Failed(f"{words[0]} gave no answer in {PATIENCE:g} s") from None
    if done.code:
        lines = (done.err.strip() or done.out.strip() or f"{words[0]} failed ({done.code})").splitlines()
        raise Failed("".join(filter(str.isprintable, lines[-1]))[:300])
    return done.out


def attempt(run: Run, *words: str) -> str:
    """Return what a command prints, or an empty string if it fails."""
    try:
        return run(words, "")
    except OSError:
        return ""
