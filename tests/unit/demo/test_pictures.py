from __future__ import annotations

import io

import pytest
from PIL import Image

from lib.demo.pictures import photo_size, picture_type
from lib.demo.refusal import Refused


def picture(kind: str, width: int = 30, height: int = 20) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(file, kind)
    return file.getvalue()


def test_it_works():
    assert photo_size(picture("PNG")) == (30, 20)


@pytest.mark.parametrize(("kind", "mime"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("GIF", "image/gif")])
def test_each_format_is_known_and_measured(kind: str, mime: str):
    content = picture(kind, 41, 7)
    assert (picture_type(content), photo_size(content)) == (mime, (41, 7))


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\x00\x00"])
def test_what_is_no_picture_is_refused(content: bytes):
    with pytest.raises(Refused, match="IMAGE_PROCESS_FAILED"):
        photo_size(content)


def test_a_picture_cut_off_is_refused():
    with pytest.raises(Refused, match="IMAGE_PROCESS_FAILED"):
        photo_size(picture("PNG", 300, 300)[:-20])


@pytest.mark.parametrize(("width", "height"), [(21, 1), (9000, 1001)])
def test_odd_proportions_are_refused(width: int, height: int):
    with pytest.raises(Refused, match="PHOTO_INVALID_DIMENSIONS"):
        photo_size(picture("PNG", width, height))


def test_more_than_ten_megabytes_are_refused():
    with pytest.raises(Refused, match="too big for a photo"):
        photo_size(picture("PNG") + bytes(10 * 2**20))
