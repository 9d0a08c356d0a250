"""Run a command of lib.install.takeover and be killed directly before its Nth deed: a tool's call or a journal entry.

    killed.py N|WORDS COMMAND…    with WORDS, before the first deed that has them in its command line
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[2]))

from lib.install.takeover import __main__ as takeover
from lib.install.takeover import journal, tools

T = TypeVar("T")
where = sys.argv[1]
left = int(where) if where.isdigit() else 0


def counted(deed: Callable[[], T], what: object) -> T:
    global left
    left -= 1
    if left == 0 or (not where.isdigit() and where in str(what)):
        print("killed before", what, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    return deed()


def run(words: Sequence[str], stdin: str) -> str:
    return counted(lambda: tools.run(words, stdin), " ".join(words))


real_write = journal.write


def write(entry: journal.Journal) -> journal.Journal:
    return counted(lambda: real_write(entry), f"journal {entry.step}")


journal.write = write  # type: ignore[assignment]
sys.exit(takeover.main(sys.argv[2:], run))
