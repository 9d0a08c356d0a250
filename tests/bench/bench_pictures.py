"""Measure the pictures: QR codes against segno and qrcode, the captcha, charts, and how many captchas can be read.

Run: .venv/bin/python tests/bench/bench_pictures.py [--runs N] [--json FILE]. Ours and the others' run in turns in the
same process. The tests show that the codes can be read; here tesseract tries captchas, cleaned up in several ways.
"""

from __future__ import annotations

import base64
import io
import random
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import qrcode
import segno
from PIL import Image

from lib.chat.drawing import captcha, chart
from lib.chat.drawing.code_card import draw_card
from lib.vpn import qr
from tests import ocr
from tests.bench.figures import Figure, command, figure, in_turns

LIMIT = 40  # milliseconds that a picture may take
CAPTCHAS = 30  # that tesseract tries
READ = 5  # percent of them that it may read


def qr_makers(size: int) -> dict[str, Callable[[], object]]:
    """Return our and the others' functions that make a PNG of a text of `size` bytes that looks like keys."""
    text = base64.b64encode(random.Random(size).randbytes(size)).decode()[:size]
    return {
        "ours": lambda: qr.to_png(qr.encode(text.encode())),
        "segno": lambda: segno.make(text, error="l", micro=False).save(io.BytesIO(), kind="png", scale=9),
        "qrcode": lambda: qrcode.make(text).save(io.BytesIO()),
    }


def qr_codes(runs: int) -> list[Figure]:
    lines = []
    for size, goal in ((460, 1 / 4), (1700, 1 / 2)):
        times = in_turns(qr_makers(size), runs)
        what = f"QR code of {size:,} bytes, PNG"
        lines.append(figure(what, "ms", times["ours"], "segno, level L", times["segno"], goal))
        lines.append(figure(what, "ms", times["ours"], "qrcode, its defaults", times["qrcode"], goal))
    return lines


def month() -> list[tuple[str, int, int]]:
    """Make up a month of traffic, in bytes."""
    rng = random.Random(31)
    return [(str(day), int(rng.expovariate(1e-9)), int(rng.expovariate(1e-8))) for day in range(1, 32)]


def pictures(runs: int) -> list[Figure]:
    rng, days = random.Random(5), month()
    words = {"units": ("Б", "КБ", "МБ", "ГБ", "ТБ"), "legend": ("загрузка", "отдача")}
    card = {"title": "Телефон мамы", "hint": "Сканируйте с другого устройства"}
    makers: dict[str, Callable[[], object]] = {
        "card of a QR code": lambda: draw_card(["x" * 460], **card),
        "captcha": lambda: captcha.draw(captcha.new_answer(rng), rng),
        "chart of 31 days": lambda: chart.draw_days(days, title="июль 2026", today=22, **words),
        "chart without traffic": lambda: chart.draw_days([], title="июль 2026", empty="Трафика не было", **words),
    }
    times = in_turns(makers, runs)
    return [figure(name, "ms", taken, "limit", [LIMIT], 1) for name, taken in times.items()]


def attack() -> Figure:
    """Run tesseract on captchas; count the cleaning with which it reads most of them."""
    rng = random.Random(77)
    answers = [captcha.new_answer(rng) for _ in range(CAPTCHAS)]
    pictures = [Image.open(io.BytesIO(captcha.draw(answer, rng))).convert("RGB") for answer in answers]
    sizes = pictures, [picture.reduce(3) for picture in pictures]  # bands are undone best in small ones
    most = max(share for size in sizes for share in ocr.attack(size, answers).values())
    return figure("captchas that tesseract reads", "%", [100 * most], "limit", [READ], 1)


def figures(runs: int) -> list[Figure]:
    return [*qr_codes(runs), *pictures(runs), attack()]


if __name__ == "__main__":
    command(__doc__, figures, 15)
