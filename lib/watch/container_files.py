"""Keep the files of the interface's container up to date: the .conf that it starts from, and the app's list.

If a peer has disappeared from them, it was revoked in the app: the node reports it, and admins decide
(chat/notify/revoked_in_app.py).
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence, Set

from lib.errors import AwgError
from lib.settings import Settings
from lib.store.configs import WantedPeer, held_peers, ids_by_key
from lib.store.views.peer_labels import peer_labels
from lib.vpn import peers
from lib.vpn.awg import Awg, KeptFiles
from lib.vpn.interface import Interface
from lib.watch.peer_names import MOST_LETTERS, PeerNames

log = logging.getLogger(__name__)


class ContainerFiles:
    """Updates the files after each change of peers, and reads the app's names of its clients."""

    def __init__(self, db: sqlite3.Connection, awg: Awg, names: PeerNames) -> None:
        self._db, self._awg, self._names = db, awg, names
        self._trouble: str | None = None

    def keep(
        self, settings: Settings, wanted: Sequence[WantedPeer], seen: Interface, ours: Set[str]
    ) -> tuple[KeptFiles, str | None]:
        """Update the files; return the peers that were missing from them, and the error: None, "list" or a message.

        `names` has the revoked peers' names in the app, where they differ from the bot's. `seen` and `ours` are as for
        peers.sync, which must run afterwards, so that peers that the owner revoked aren't added again.
        """
        if not settings.container:
            return KeptFiles(), None
        asked = {peer.public_key for peer in wanted}
        off = (peer for peer in held_peers(self._db) if peer.public_key not in asked)
        labels, before = {key: label(*words) for key, words in peer_labels(self._db).items()}, self._names.read()
        deleted = ids_by_key(self._db, before.keys()).keys() - labels.keys()
        on, kept = ([(one, labels.get(one.public_key, ":")) for one in peers.fitting(some, seen)]
                    for some in (wanted, off))  # fmt: skip
        found, trouble = KeptFiles(), None
        try:
            found, trouble = self._awg.files(on, kept, deleted, seen.by_key.keys() - asked - ours)
        except AwgError as exc:
            trouble = str(exc)
        if trouble is None:
            self._names.learn(found.names)
        elif trouble != self._trouble:
            log.error("The files of %s can't be kept: %s", settings.container, trouble)
        self._trouble = trouble
        revoked = found.revoked & asked
        names = {key: before[key] for key in revoked & before.keys() if before[key] != labels.get(key)}
        return KeptFiles(names, revoked, found.restored & asked), trouble


def label(owner: str, device: str) -> str:
    """Return a name for the app's list: one printable line, whatever the names of owner and device contain."""
    letters = (letter if letter.isprintable() else " " for letter in f"{owner}: {device}")
    return " ".join("".join(letters).split())[:MOST_LETTERS].rstrip()
