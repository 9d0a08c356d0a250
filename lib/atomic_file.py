"""Replace a file in one step: readers find the old content or the new one, never a part, whatever goes wrong."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_PREFIX = ".andreyvpn-new-"
_STALE_SECONDS = 86400  # after which a temporary file belongs to a process that was killed


@contextmanager
def replacing(path: Path, mode: int = 0o600) -> Iterator[BinaryIO]:
    """Yield a new, empty, private file; when the block ends, it takes the place of `path` with this mode.

    If the block or the disk fails, `path` stays as it was and the new file is removed. Its random name and O_EXCL make
    this safe in a folder that others can write to. May raise OSError.
    """
    _remove_stale(path.parent)
    new = path.with_name(f"{_PREFIX}{secrets.token_hex(8)}")
    try:
        with open(new, "xb", opener=lambda name, flags: os.open(name, flags | os.O_NOFOLLOW, 0o600)) as file:
            yield file
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        with suppress(OSError):
            new.unlink(missing_ok=True)
    _sync_folder(path.parent)


def replace_file(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Replace a file's content in one step, as `replacing` does."""
    with replacing(path, mode) as file:
        file.write(data)


def _sync_folder(folder: Path) -> None:
    """Wait until the new name is on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_stale(folder: Path) -> None:
    """Remove what killed processes left behind."""
    for left in folder.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if time.time() - left.lstat().st_mtime > _STALE_SECONDS:
                left.unlink()
