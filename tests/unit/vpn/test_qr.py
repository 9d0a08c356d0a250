"""QR codes have the same modules as the library's, and can be read after all that chats and phones do to them."""

from __future__ import annotations

import base64
import io
import random
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_L
from qrcode.util import MODE_8BIT_BYTE, QRData

from lib.install.terminal import make_cleaner
from lib.vpn import qr
from tests.needs import need_tools


def config_of(size: int, seed: int = 1) -> str:
    """Write a text of `size` bytes that looks like a .conf: words, numbers and keys."""
    keys = base64.b64encode(random.Random(seed).randbytes(size)).decode()
    lines = [f"Key{place} = {keys[44 * place : 44 * place + 44]}" for place in range(size // 44 + 1)]
    return ("[Interface]\nAddress = 10.8.0.2/32\n" + "\n".join(lines))[:size]


def modules_of(content: bytes) -> list[list[bool]]:
    code: QRCode = QRCode(error_correction=ERROR_CORRECT_L, border=qr.QUIET_ZONE, mask_pattern=qr.MASK)
    code.add_data(QRData(content, mode=MODE_8BIT_BYTE))
    code.make()
    return [[bool(module) for module in row] for row in code.get_matrix()]


def scan(picture: Image.Image, folder: Path) -> bytes:
    need_tools("zbarimg")
    path = folder / "code.png"
    picture.save(path)
    command = ["zbarimg", "--quiet", "--raw", "--oneshot", "-Sbinary", path]
    return subprocess.run(command, capture_output=True, timeout=60).stdout


def opened(text: str) -> Image.Image:
    return Image.open(io.BytesIO(qr.draw(text)))


def test_it_works(tmp_path: Path) -> None:
    text = config_of(460)
    assert scan(opened(text), tmp_path) == text.encode()


@pytest.mark.parametrize("size", [0, 1, 17, 18, 106, 107, 154, 230, 231, 271, 460, 858, 1273, 1700, 2953])
def test_modules_are_those_of_the_library(size: int) -> None:
    content = random.Random(size).randbytes(size)
    assert [[module == 0 for module in row] for row in qr.encode(content)] == modules_of(content)


@pytest.mark.parametrize(
    "text", ["7", "a" * 40, "[Interface]\nDNS = 1.1.1.1\n", "Андрей, телефон\n" * 20, config_of(1273)]
)
def test_any_text_is_read_back_byte_for_byte(text: str, tmp_path: Path) -> None:
    assert scan(opened(text), tmp_path) == text.encode()


@pytest.mark.parametrize("seed", range(6))
def test_a_config_survives_jpeg_and_a_small_screen(seed: int, tmp_path: Path) -> None:
    text = config_of(460, seed)
    out = io.BytesIO()
    opened(text).convert("L").save(out, "JPEG", quality=80)
    small = Image.open(out).resize((400, 400), Image.Resampling.LANCZOS)
    assert scan(small, tmp_path) == text.encode()


@pytest.mark.parametrize("size", [1, 20, 100, 460, 900, 1273])
def test_the_picture_has_whole_modules_and_a_light_margin(size: int) -> None:
    picture = opened("x" * size)
    modules = len(qr.encode(b"x" * size))
    scale, rest = divmod(picture.width, modules)
    assert rest == 0
    assert picture.width == picture.height
    assert 600 <= picture.width <= 1000
    dark = picture.convert("L").point([255] + [0] * 255).getbbox()
    margin = qr.QUIET_ZONE * scale
    assert dark == (margin, margin, picture.width - margin, picture.width - margin)


def test_what_phones_scan_badly_is_refused() -> None:
    assert len(qr.encode(b"x" * 1273)) == 17 + 4 * 25 + 2 * qr.QUIET_ZONE
    assert qr.fits("x" * 1273)
    assert not qr.fits("x" * 1274)
    with pytest.raises(ValueError, match="1274"):
        qr.draw("x" * 1274)


def test_length_is_counted_in_bytes_not_letters() -> None:
    assert qr.fits("ж" * 636)
    assert not qr.fits("ж" * 637)


def test_more_than_any_code_holds_is_an_error() -> None:
    with pytest.raises(ValueError, match="2954"):
        qr.encode(b"x" * 2954)


def test_importing_it_loads_neither_pillow_nor_qrcode() -> None:
    code = "import sys, lib.vpn.qr; sys.exit('PIL' in sys.modules or 'qrcode' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_a_terminal_shows_the_same_code_and_its_wrapper_leaves_it_as_it_is() -> None:
    code = qr.encode(b"vpn://x")
    drawn = qr.to_text(code)
    assert make_cleaner("utf-8")(drawn.encode()) == drawn
    lines = drawn.split("\n")
    upper = [[255 if sign in "▀█" else 0 for sign in line] for line in lines]
    lower = [[255 if sign in "▄█" else 0 for sign in line] for line in lines]
    shown = [row for pair in zip(upper, lower, strict=True) for row in pair]
    assert shown[: len(code)] == [list(row) for row in code]
    assert len(shown) - len(code) in (0, 1)
