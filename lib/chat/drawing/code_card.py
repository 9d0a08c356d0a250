"""Draw QR codes on a card that says whose they are and what to do: a name, each code's number, and a hint.

The codes keep whole modules and the light margin that scanners need; the background around them is plain and dark.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lib.chat.drawing.colours import PAPER
from lib.chat.drawing.lettering import legible, measure, write
from lib.vpn import qr

if TYPE_CHECKING:
    from PIL import Image

_WIDEST = 1280  # pixels: Telegram shrinks larger photos
_MARGIN = 18  # pixels around each code
_TITLE, _SIZE, _SMALLEST = 48, 36, 30  # of the letters
_HEAD, _PART, _FOOT = 84, 54, 68  # pixels for the name, a code's number, the hint
_WHITE, _GREY = "#ffffff", "#b4b4b4"  # lightness: a palette makes paper of black when all is drawn


def draw_card(texts: Sequence[str], *, title: str = "", hint: str = "", labels: Sequence[str] = ()) -> bytes:
    """Return a PNG with the code of one text, or with those of a series, two in a row, each above its label.

    `title` is left out if it has letters that can't be drawn. Raise ValueError for a text that is too long.
    """
    from PIL import Image, ImageDraw

    name = legible(title)
    head, foot = (_HEAD if name else _MARGIN), (_FOOT if hint else _MARGIN)
    squares = [Image.open(io.BytesIO(code)) for code in _codes(texts, head + foot)]
    side = max(square.width for square in squares)
    places, height = _places(len(squares), side, head)
    image = Image.new("L", (max(left for left, _ in places) + side + _MARGIN, height + foot))
    pen = ImageDraw.Draw(image)
    for number, (square, (left, top)) in enumerate(zip(squares, places, strict=True)):
        inset = (side - square.width) // 2
        pen.rounded_rectangle((left, top, left + side - 1, top + side - 1), radius=_MARGIN, fill=_WHITE)
        image.paste("#000000", (left + inset, top + inset), square.convert("L").point([255] + [0] * 255))
        if labels:
            write(image, (left + side / 2, top + side + 40), labels[number], _SIZE, _WHITE, "m")
    _write_title(image, name)
    write(image, (image.width / 2, image.height - 24), hint, _SIZE, _GREY, "m")
    return _to_png(image)


def _codes(texts: Sequence[str], used: int) -> list[bytes]:
    """Draw the codes, as large as the card has room for them when `used` pixels of its height are taken."""
    if len(texts) == 1:
        return [qr.draw(texts[0])]
    rows = -(-len(texts) // 2)
    room = min((_WIDEST - _MARGIN) // 2 - _MARGIN, (_WIDEST - used) // rows - _PART)
    return [qr.to_png(qr.encode(text.encode()), room) for text in texts]


def _places(count: int, side: int, head: int) -> tuple[list[tuple[int, int]], int]:
    """Return each code's top-left corner, a single last one centred, and where the last row ends."""
    step, below = side + _MARGIN, _PART if count > 1 else 0
    places = [(_MARGIN + n % 2 * step, head + n // 2 * (side + below)) for n in range(count)]
    if count > 1 and count % 2:
        places[-1] = _MARGIN + step // 2, places[-1][1]
    return places, places[-1][1] + side + below


def _write_title(image: Image.Image, name: str) -> None:
    """Draw the name centred: smaller if it is long, and cut only if it is very long."""
    room = image.width - 4 * _MARGIN
    size = next((size for size in range(_TITLE, _SMALLEST, -2) if measure(name, size) <= room), _SMALLEST)
    while measure(name, size) > room:
        name = name.rstrip("…")[:-1] + "…"
    write(image, (image.width / 2, 60), name, size, _WHITE, "m")


def _to_png(image: Image.Image) -> bytes:
    """Set the picture's palette, from the paper's colour to white."""
    from PIL import ImageColor

    paper = ImageColor.getrgb(PAPER)[:3]
    image.putpalette([base + (255 - base) * level // 255 for level in range(256) for base in paper])
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()
