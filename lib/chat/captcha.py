"""Draw digits that a person reads and a program does not."""

from __future__ import annotations

import io
import random

DIGITS = 5


def new_answer(rng: random.Random | None = None) -> str:
    """Draw the digits of a new picture."""
    rng = rng or random.SystemRandom()
    return "".join(rng.choice("0123456789") for _ in range(DIGITS))


def draw(answer: str, rng: random.Random | None = None) -> bytes:
    """Give a PNG of the digits."""
    from PIL import Image, ImageDraw, ImageFont

    rng = rng or random.SystemRandom()
    image = Image.new("RGB", (400, 160), "white")
    pen = ImageDraw.Draw(image)
    for place, digit in enumerate(answer):
        pen.text((30 + place * 70, rng.randint(20, 60)), digit, "black", ImageFont.load_default(80))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
