"""Is it a picture, and how large? Looks at the first bytes of PNG, JPEG, GIF and WebP; refuses what no photo can be."""

from __future__ import annotations

import struct

from lib.demo.limits import PHOTO_BYTES
from lib.demo.refusal import bad

_SIDES = 10000  # width + height
_RATIO = 20


def photo_size(content: bytes) -> tuple[int, int]:
    """Give width and height; raises Refused for what Telegram doesn't take as a photo."""
    if len(content) > PHOTO_BYTES:
        raise bad(f"file of size {len(content)} bytes is too big for a photo; the maximum size is {PHOTO_BYTES} bytes")
    size = _size(content)
    if size is None or 0 in size:
        raise bad("IMAGE_PROCESS_FAILED")
    if sum(size) > _SIDES or max(size) > _RATIO * min(size):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return size


def picture_type(content: bytes) -> str:
    """Name the media type of a picture; empty for anything else."""
    kinds = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))
    webp = "image/webp" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else ""
    return next((kind for magic, kind in kinds if content.startswith(magic)), webp)


def _size(content: bytes) -> tuple[int, int] | None:
    try:
        match picture_type(content):
            case "image/png":
                return _png_size(content)
            case "image/jpeg":
                return _jpeg_size(content)
            case "image/gif":
                width, height = struct.unpack_from("<HH", content, 6)
                return width, height
    except (struct.error, IndexError):
        pass
    return None


def _png_size(content: bytes) -> tuple[int, int] | None:
    if content[12:16] != b"IHDR" or b"IEND" not in content[-16:]:
        return None
    width, height = struct.unpack_from(">II", content, 16)
    return width, height


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Walk the segments to the frame header, which holds the size."""
    at = 2
    while content[at] == 0xFF:
        marker = content[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", content, at + 5)
            return width, height
        at += 2 + int(struct.unpack_from(">H", content, at + 2)[0])
    return None
