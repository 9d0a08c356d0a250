"""Which images Telegram accepts as a photo, and how large they are."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from lib.demo.telegram.api_error import ApiError
from lib.demo.telegram.images import image_type, photo_size


def image(kind: str, width: int = 30, height: int = 20) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(file, kind)
    return file.getvalue()


def test_it_works():
    assert photo_size(image("PNG")) == (30, 20)


@pytest.mark.parametrize(("kind", "mime"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("GIF", "image/gif")])
def test_each_format_is_recognized_and_measured(kind: str, mime: str):
    content = image(kind, 41, 7)
    assert (image_type(content), photo_size(content)) == (mime, (41, 7))


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\x00\x00"])
def test_what_is_not_an_image_is_rejected(content: bytes):
    with pytest.raises(ApiError, match="IMAGE_PROCESS_FAILED"):
        photo_size(content)


def test_a_truncated_image_is_rejected():
    with pytest.raises(ApiError, match="IMAGE_PROCESS_FAILED"):
        photo_size(image("PNG", 300, 300)[:-20])


@pytest.mark.parametrize(("width", "height"), [(21, 1), (9000, 1001)])
def test_extreme_proportions_are_rejected(width: int, height: int):
    with pytest.raises(ApiError, match="PHOTO_INVALID_DIMENSIONS"):
        photo_size(image("PNG", width, height))


def test_more_than_ten_megabytes_are_rejected():
    with pytest.raises(ApiError, match="too big for a photo"):
        photo_size(image("PNG") + bytes(10 * 2**20))
