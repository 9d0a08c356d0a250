"""Read what the installer has noted of a server that it took over from a container: beside the settings, and root's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

JOURNAL = "taken-over.json"
FOLDER = "taken-over"  # beside the database: a copy of the server as it was
TAKEN = "taken"  # any other step is an unfinished one


@dataclass(frozen=True)
class TakenOver:
    """A take-over: which container's server, on which interface, and whether that is finished."""

    container: str
    interface: str
    finished: bool


def read_taken_over(env: Path | None) -> TakenOver | None:
    """Return the take-over that is noted beside the file of settings; None if there is none that can be read."""
    try:
        noted = json.loads(((env or Path("/etc/andreyvpn/andreyvpn.env")).parent / JOURNAL).read_text(encoding="utf-8"))
        return TakenOver(str(noted["container"]), str(noted["interface"]), noted["step"] == TAKEN)
    except (OSError, ValueError, KeyError, TypeError):
        return None
