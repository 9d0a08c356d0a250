"""Read keys and QR codes back, as AmneziaVPN does."""

from __future__ import annotations

import base64
import json
import struct
import subprocess
import zlib
from pathlib import Path
from typing import Any

from tests.needs import need_tools


def unbase64(text: str) -> bytes:
    assert "=" not in text
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def uncompress(packed: bytes) -> Any:
    """Do what qUncompress does, and refuse what it refuses."""
    (length,) = struct.unpack(">I", packed[:4])
    raw = zlib.decompress(packed[4:])
    assert len(raw) == length
    return json.loads(raw)


def collect(texts: list[str]) -> bytes:
    """Put chunks together as the app does, whatever their order; QByteArray is a length and its bytes."""
    chunks = {}
    for text in texts:
        frame = unbase64(text)
        magic, count, index, length = struct.unpack(">hBBI", frame[:8])
        assert (magic, count, length) == (1984, len(texts), len(frame) - 8)
        chunks[index] = frame[8:]
    return b"".join(chunks[index] for index in range(len(texts)))


def scan(png: bytes, folder: Path) -> list[str]:
    """Read every QR code on a picture with an independent reader."""
    need_tools("zbarimg")
    path = folder / "qr.png"
    path.write_bytes(png)
    read = subprocess.run(["zbarimg", "--quiet", "--raw", path], capture_output=True, text=True, check=True, timeout=60)
    return read.stdout.splitlines()
