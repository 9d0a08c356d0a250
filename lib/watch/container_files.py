"""Keep the files of the container that the interface stays in: what its start reads, and the AmneziaVPN app's own list.

Only peers that are live are written, so an address that a client of the app's holds stays with it.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence

from lib.errors import AwgError
from lib.settings import Settings
from lib.store.configs import WantedPeer
from lib.store.views.peer_labels import peer_labels
from lib.vpn import peers
from lib.vpn.awg import Awg
from lib.vpn.interface import Interface
from lib.watch.peer_names import MOST_LETTERS, PeerNames

log = logging.getLogger(__name__)


class ContainerFiles:
    """Writes the files after each change of peers, and learns what the app calls its clients."""

    def __init__(self, db: sqlite3.Connection, awg: Awg, names: PeerNames) -> None:
        self._db, self._awg, self._names = db, awg, names
        self._trouble: str | None = None

    def keep(self, settings: Settings, wanted: Sequence[WantedPeer], seen: Interface) -> str | None:
        """Bring the files to what is live; return why that failed: None, `list`, or words."""
        if not settings.container:
            return None
        labels = peer_labels(self._db)
        named = [(peer, label(*labels.get(peer.public_key, ("", "")))) for peer in peers.live_of(wanted, seen)]
        try:
            names, trouble = self._awg.files(named)
        except AwgError as exc:
            names, trouble = {}, str(exc)
        if trouble is None:
            self._names.learn(names)
        if trouble and trouble != self._trouble:
            log.error("The files of %s can't be kept: %s", settings.container, trouble)
        self._trouble = trouble
        return trouble


def label(owner: str, device: str) -> str:
    """Return a name for the app's list: one printable line, whatever people call themselves and their devices."""
    letters = (letter if letter.isprintable() else " " for letter in f"{owner}: {device}")
    return " ".join("".join(letters).split())[:MOST_LETTERS].rstrip()
