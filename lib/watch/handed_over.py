"""Import the data about peers that the installer, as root, handed over after a take-over.

The previous program knew more about its peers than the interface shows: private keys, end dates, and who was disabled.
The file is deleted once its content is in the database.
"""

from __future__ import annotations

import json
import logging
import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path

from lib.store.foreign import Kept
from lib.watch.peer_names import is_name

log = logging.getLogger(__name__)

MOST_BYTES, MOST_PEERS, MOST_SECONDS = 8 << 20, 20_000, 1 << 33
_KEY = re.compile(r"[A-Za-z0-9+/]{43}=")


class HandedOver:
    """The file. Its content is not trusted."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> list[Kept]:
        """Return the peers in the file; empty if it is missing or invalid."""
        try:
            with os.fdopen(os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
                ordinary = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
                return list(_peers(json.loads(file.read(MOST_BYTES)))) if ordinary else []
        except FileNotFoundError:
            return []
        except (OSError, ValueError, RecursionError) as exc:
            log.warning("The file %s of peers that were handed over can't be read: %s", self._path, type(exc).__name__)
            return []

    def forget(self) -> None:
        """Delete the file, because it contains keys."""
        with suppress(OSError):
            self._path.unlink()


def _peers(content: object) -> Iterator[Kept]:
    for entry in content[:MOST_PEERS] if isinstance(content, list) else ():
        if isinstance(entry, dict) and (key := _key(entry.get("public_key"))):
            end, name, addresses = (entry.get(field) for field in ("expires_at", "name", "addresses"))
            yield Kept(
                public_key=key,
                private_key=_key(entry.get("private_key")),
                preshared_key=_key(entry.get("preshared_key")),
                allowed_ips=tuple(_networks(addresses)),
                name=str(name) if is_name(name) else "",
                expires_at=end if type(end) is int and 0 < end < MOST_SECONDS else None,
                enabled=entry.get("enabled") is True,
            )


def _key(text: object) -> str | None:
    return text if isinstance(text, str) and _KEY.fullmatch(text) else None


def _networks(texts: object) -> Iterator[str]:
    for text in texts if isinstance(texts, list) else ():
        with suppress(ValueError):
            yield str(ip_network(text if isinstance(text, str) else ""))
