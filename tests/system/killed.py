"""Run a command of lib.install.takeover, and kill it just before its Nth step: a changing command or a journal write.

    killed.py N|WORDS COMMAND…    0: don't kill; with WORDS: kill before the first step whose command line has them
    killed.py serve               do that for each line of stdin, a JSON list of these words; answer [exit code, output]

Read-only commands don't count: a kill before one leaves the same state as a kill before the next step.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[2]))

from lib.install.takeover import __main__ as takeover
from lib.install.takeover import journal, tools

T = TypeVar("T")
LOOKS = ("show", "inspect", "ss ", "is-enabled", "journalctl", "--version", " ps ", " true")
where, left = "0", 0


def counted(deed: Callable[[], T], what: str) -> T:
    global left
    left -= 1
    if left == 0 or (not where.isdigit() and where in what):
        print("killed before", what, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    return deed()


def run(words: Sequence[str], stdin: str) -> str:
    line = " ".join(words)
    if where.isdigit() and any(look in line for look in LOOKS):
        return tools.run(words, stdin)
    return counted(lambda: tools.run(words, stdin), line)


def main(given: str, words: Sequence[str]) -> int:
    global where, left
    where, left = given, int(given) if given.isdigit() else 0
    real_write = journal.write

    def write(entry: journal.Journal) -> journal.Journal:
        return counted(lambda: real_write(entry), f"journal {entry.step}")

    journal.write = write  # type: ignore[assignment]
    return takeover.main(words, run)


def serve() -> None:
    """Run each command in a forked process, which saves the start of a new Python."""
    for line in sys.stdin:
        given, *words = json.loads(line)
        with tempfile.TemporaryFile("w+") as said:
            if not (child := os.fork()):
                os.dup2(said.fileno(), 1)
                os._exit(flush(main(given, words)))
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            said.seek(0)
            print(json.dumps([code, said.read()]), flush=True)


def flush(code: int) -> int:
    sys.stdout.flush()
    return code


if sys.argv[1] == "serve":
    serve()
else:
    sys.exit(main(sys.argv[1], sys.argv[2:]))
