"""Read the file in which the installer, as root, wrote what others call the peers that were there before the bot."""

from __future__ import annotations

import json
import logging
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

log = logging.getLogger(__name__)

MOST_BYTES, MOST_LETTERS = 8 << 20, 64
_KEY = re.compile(r"[A-Za-z0-9+/]{43}=")


class PeerNames:
    """The names by public key. The file is read again when it has changed, and nothing in it is trusted."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[int, int, int] | None = None  # what the file was like when it was last read
        self._names: Mapping[str, str] = {}
        self._learned: Mapping[str, str] = {}

    def read(self) -> Mapping[str, str]:
        """Return the names by key; empty if the file is missing or invalid, and none were learned."""
        try:
            seen = self._path.lstat()
        except OSError:
            return self._learned
        now = (seen.st_ino, seen.st_size, seen.st_ctime_ns)  # ctime also changes with mode and owner
        if now != self._read:
            self._read, self._names = now, _load(self._path)
        return {**self._names, **self._learned} if self._learned else self._names

    def learn(self, names: Mapping[str, object]) -> None:
        """Set the names from a container's own list; they override the file's."""
        self._learned = _sound(names)


def _load(path: Path) -> Mapping[str, str]:
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            ordinary = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            content = json.loads(file.read(MOST_BYTES)) if ordinary else None
    except (OSError, ValueError, RecursionError) as exc:
        log.warning("The file of names %s can't be read: %s", path, type(exc).__name__)
        return {}
    return _sound(content) if isinstance(content, dict) else {}


def _sound(names: Mapping[str, object]) -> Mapping[str, str]:
    return {key: str(name) for key, name in names.items() if _KEY.fullmatch(key) and is_name(name)}


def is_name(text: object) -> bool:
    """Return True for one printable line of a sensible length."""
    return isinstance(text, str) and 0 < len(text) <= MOST_LETTERS and text.isprintable() and text == text.strip()
