"""The card of QR codes: every code scans as a phone shows it, whatever surrounds it; names and numbers fit."""

from __future__ import annotations

import io
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageOps

from lib.chat.attachments import render
from lib.chat.drawing import code_card
from lib.chat.drawing.code_card import draw_card
from lib.chat.notify import delivery
from lib.vpn import qr
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk
from tests.unit.vpn.codes import scan

WORDS = {"title": "Телефон мамы 📱", "hint": "Сканируйте с другого устройства"}
LABELS = ["1 из 4", "2 из 4", "3 из 4", "4 из 4"]
PHONE = 720  # pixels that a phone has for a picture of 360


def texts_of(count: int, size: int = 1160) -> list[str]:
    rng = random.Random(count * size)
    return ["".join(rng.choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789-_", k=size)) for _ in range(count)]


def opened(texts: list[str], **words: Any) -> Image.Image:
    return Image.open(io.BytesIO(draw_card(texts, **words)))


def shown(picture: Image.Image, chat: str, width: int = PHONE) -> bytes:
    """Simulate Telegram and a phone: JPEG, the width of a chat, its colour all around."""
    squeezed = io.BytesIO()
    picture.convert("RGB").save(squeezed, "JPEG", quality=80)
    small = Image.open(squeezed).resize((width, picture.height * width // picture.width), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    ImageOps.expand(small, 40, fill=chat).save(out, "PNG")
    return out.getvalue()


def test_it_works(tmp_path: Path) -> None:
    text = texts_of(1, 460)
    assert scan(draw_card(text, **WORDS), tmp_path) == text


@pytest.mark.parametrize("chat", ["#0e1621", "#ffffff"], ids=["dark", "light"])
@pytest.mark.parametrize(("count", "size"), [(1, 40), (1, 460), (1, 1273), (2, 1160), (3, 1160), (4, 1160)])
def test_every_code_is_read_from_a_chat(count: int, size: int, chat: str, tmp_path: Path) -> None:
    texts = texts_of(count, size)
    assert sorted(scan(shown(opened(texts, **WORDS, labels=LABELS * (count > 1)), chat), tmp_path)) == sorted(texts)


def test_a_code_of_a_usual_file_is_read_from_360_pixels(tmp_path: Path) -> None:
    text = texts_of(1, 300)
    assert scan(shown(opened(text, **WORDS), "#0e1621", 360), tmp_path) == text


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_telegram_does_not_shrink_it(count: int) -> None:
    picture = opened(texts_of(count), **WORDS, labels=LABELS * (count > 1))
    assert max(picture.size) <= 1280
    assert picture.mode == "P", "a byte for each pixel, and opaque"


def test_a_bare_code_has_its_light_margin_and_dark_paper_around() -> None:
    picture = opened(["x" * 100]).convert("RGB")
    side = Image.open(io.BytesIO(qr.draw("x" * 100))).width
    assert picture.size == (side + 2 * code_card._MARGIN,) * 2
    middle = picture.height // 2
    margin = {picture.getpixel((x, middle)) for x in range(code_card._MARGIN, code_card._MARGIN + side // 20)}
    assert margin == {(255, 255, 255)}
    assert picture.getpixel((2, middle)) == (0x22, 0x30, 0x3F)


@pytest.mark.parametrize("title", ["", "手机", "📱"])
def test_a_name_that_can_not_be_written_takes_no_room(title: str) -> None:
    assert draw_card(["x"], title=title) == draw_card(["x"])


@pytest.mark.parametrize("title", ["W" * 32, "Щ" * 32, "я"])
def test_a_name_stays_on_the_card(title: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[tuple[str, float, int]] = []
    monkeypatch.setattr(
        code_card, "write", lambda image, place, text, size, *more: written.append((text, image.width, size))
    )
    draw_card(["x" * 460], title=title)
    (text, width, size) = written[0]
    assert code_card.measure(text, size) <= width - 40
    assert text.rstrip("…") == title[: len(text.rstrip("…"))] != ""


def test_the_codes_of_a_series_are_numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(code_card, "write", lambda image, place, text, *more: written.append(text))
    draw_card(texts_of(4, 40), **WORDS, labels=LABELS)
    assert written == [*LABELS, "Телефон мамы", "Сканируйте с другого устройства"]


@pytest.mark.parametrize(
    ("language", "hint", "first"),
    [("en", "Scan from the other device", "1 of 2"), ("ru", "Сканируйте с другого устройства", "1 из 2")],
)
def test_a_config_goes_out_with_its_name_in_its_owners_language(
    desk: Desk, language: str, hint: str, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.is_let_in(100)
    desk.db.execute("UPDATE users SET language = ?", (language,))
    config = hold_config(desk.db, 100, desk.now, "Телефон мамы")
    cards: list[dict[str, Any]] = []
    monkeypatch.setattr(delivery, "draw_card", lambda texts, **words: cards.append(words) or b"")
    monkeypatch.setattr(delivery.share_key, "series", lambda conf, tunnel: [conf, tunnel])
    for kind in ("qr", "series"):
        render(desk.db, desk.settings, f"{kind}:{config}", desk.now)
    assert cards[0] == {"title": "Телефон мамы", "hint": hint, "labels": []}
    assert cards[1] == {**cards[0], "labels": [first, first.replace("1", "2", 1)]}


def test_what_phones_scan_badly_is_refused() -> None:
    with pytest.raises(ValueError, match="1274"):
        draw_card(["x" * 1274])


def test_importing_it_does_not_load_pillow() -> None:
    code = "import sys, lib.chat.drawing.code_card; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
