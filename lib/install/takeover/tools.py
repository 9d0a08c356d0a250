"""Run a system tool; return its output, or raise Failed with its error message."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lib.process import Runner, TimedOut, capture

PATIENCE = 45.0  # seconds for one command: docker waits for a container that doesn't stop
MOST_BYTES = 32 << 20  # of output: the tool may be a container's own
Run = Callable[[Sequence[str], str], str]
"""Runs a command with this text on its stdin and returns its output; raises OSError if it fails."""


class Failed(OSError):
    """A command failed; the text is the last line of its error output."""


def run(words: Sequence[str], stdin: str) -> str:
    """Run a command, see Run."""
    try:
        code, out, err = _run_with(words, stdin) if stdin else _run(words)
    except TimedOut:
        raise Failed(f"{words[0]} gave no answer in {PATIENCE:g} s") from None
    if code:
        lines = (err.strip() or out.strip() or f"{words[0]} failed ({code})").splitlines()
        raise Failed("".join(filter(str.isprintable, lines[-1]))[:300])
    return out


def _run(words: Sequence[str]) -> tuple[int, str, str]:
    code, out, err = capture(words, b"", PATIENCE, MOST_BYTES)
    return code, out.decode(errors="replace"), err.decode(errors="replace")


def _run_with(words: Sequence[str], stdin: str) -> tuple[int, str, str]:
    """Run a tool of this machine with input of any length, such as all peers."""
    done = Runner().run(words, stdin, PATIENCE)
    return done.code, done.out, done.err


def attempt(run: Run, *words: str) -> str:
    """Return a command's output, or an empty string if it fails."""
    try:
        return run(words, "")
    except OSError:
        return ""
