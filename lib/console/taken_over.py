"""Read the installer's journal of a take-over, a file owned by root beside the settings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

JOURNAL = "taken-over.json"
FOLDER = "taken-over"  # beside the database: a copy of the original server
TAKEN = "taken"  # in any other step, the take-over is unfinished


@dataclass(frozen=True)
class TakenOver:
    """A take-over: the container, the interface, and whether it is finished."""

    container: str
    interface: str
    finished: bool


def read_taken_over(env: Path | None) -> TakenOver | None:
    """Return the take-over from the journal beside the settings file; None if there is none or it can't be read."""
    try:
        noted = json.loads(((env or Path("/etc/andreyvpn/andreyvpn.env")).parent / JOURNAL).read_text(encoding="utf-8"))
        return TakenOver(str(noted["container"]), str(noted["interface"]), noted["step"] == TAKEN)
    except (OSError, ValueError, KeyError, TypeError):
        return None
