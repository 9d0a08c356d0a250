"""Recognize images by their first bytes and read their size, to reject what Telegram does not accept as a photo."""

from __future__ import annotations

import struct

from lib.demo.telegram.api_error import bad_request
from lib.demo.telegram.limits import PHOTO_BYTES

_MAX_SIDES = 10000  # width + height
_MAX_RATIO = 20  # of the longer side to the shorter one


def photo_size(content: bytes) -> tuple[int, int]:
    """Return width and height; raise ApiError if Telegram would not accept this as a photo."""
    if len(content) > PHOTO_BYTES:
        raise bad_request(
            f"file of size {len(content)} bytes is too big for a photo; the maximum size is {PHOTO_BYTES} bytes"
        )
    size = _size(content)
    if size is None or 0 in size:
        raise bad_request("IMAGE_PROCESS_FAILED")
    if sum(size) > _MAX_SIDES or max(size) > _MAX_RATIO * min(size):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return size


def image_type(content: bytes) -> str:
    """Return the media type of a PNG, JPEG, GIF or WebP image; '' for anything else."""
    kinds = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))
    webp = "image/webp" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else ""
    return next((kind for magic, kind in kinds if content.startswith(magic)), webp)


def _size(content: bytes) -> tuple[int, int] | None:
    try:
        match image_type(content):
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
    """Skip the segments before the frame header, which holds the size."""
    at = 2
    while content[at] == 0xFF:
        marker = content[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", content, at + 5)
            return width, height
        at += 2 + int(struct.unpack_from(">H", content, at + 2)[0])
    return None
