"""Pass the container program's own data about its peers to the bot: private keys, end dates, who was disabled."""

from __future__ import annotations

import json
import os
from typing import Any

from lib.atomic_file import replacing
from lib.install.takeover.keeping import DATA, own_folder

FILE = DATA / "handed-over.json"  # the bot deletes it
KEPT = ("public_key", "private_key", "preshared_key", "addresses", "name", "expires_at", "enabled")


def hand_over() -> None:
    """Write the peers whose private keys are in the copy of the server. Raise OSError or ValueError."""
    with own_folder() as folder:
        peers: list[dict[str, Any]] = json.loads((folder / "server.json").read_bytes())["peers"]
    kept = [{name: peer[name] for name in KEPT} for peer in peers if peer["private_key"]]
    if not kept:
        return
    with replacing(FILE, 0o640) as file:
        os.fchown(file.fileno(), -1, DATA.stat().st_gid)
        file.write(json.dumps(kept).encode(errors="replace"))
