"""Draw a CAPTCHA: four digits that people can read and a script can't. Nothing is stored.

It keeps out scripts, not a determined attacker: tesseract reads none of these pictures, but a small classifier that
was trained on 3,000 pictures of an older version read 80 % of them. An admin decides who comes in.
"""

from __future__ import annotations

import colorsys
import io
import math
import random
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from lib.chat.drawing.curves import Point, smooth

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

DIGITS = 4
WIDTH, HEIGHT = 800, 320  # pixels; all lengths here are pixels of the picture
_MOST = 5  # digits that fit: a picture of five may be waiting to be sent when the bot is updated
_FINE = 2  # drawn this many times larger, then averaged to smooth edges
_MARGIN = 24  # pixels that stay free around the digits
_GAP = 32  # pixels that stay free between two of them, at least
_SYSTEM = random.SystemRandom()
Dot = tuple[float, float, float]  # x, y and radius
# In a box of 1 by 1, y downward; three points and more make a curve. No 0 or 1: a line makes a 9 or a 7 of them.
_STROKES: dict[str, tuple[tuple[Point, ...], ...]] = {
    "2": (((0.1, 0.28), (0.22, 0.07), (0.52, 0), (0.84, 0.12), (0.84, 0.38), (0.5, 0.68), (0.08, 1)),
          ((0.08, 1), (0.95, 1))),
    "3": (((0.12, 0.14), (0.45, 0), (0.84, 0.12), (0.8, 0.38), (0.42, 0.47)),
          ((0.42, 0.47), (0.86, 0.58), (0.9, 0.85), (0.5, 1), (0.08, 0.88))),
    "4": (((0.72, 1), (0.72, 0.22)), ((0.24, 0), (0, 0.62)), ((0, 0.62), (1, 0.62))),
    "5": (((0.88, 0), (0.24, 0)), ((0.24, 0), (0.16, 0.44)),
          ((0.16, 0.44), (0.52, 0.36), (0.9, 0.52), (0.88, 0.84), (0.48, 1), (0.1, 0.9))),
    "6": (((0.8, 0.02), (0.4, 0.18), (0.12, 0.56), (0.18, 0.88), (0.5, 1), (0.86, 0.86), (0.84, 0.56), (0.5, 0.45),
           (0.16, 0.64)),),
    "7": (((0.06, 0), (0.94, 0)), ((0.94, 0), (0.56, 0.45), (0.38, 1))),
    "8": (((0.5, 0.46), (0.16, 0.32), (0.2, 0.08), (0.5, 0), (0.8, 0.08), (0.84, 0.32), (0.5, 0.46), (0.1, 0.64),
           (0.14, 0.91), (0.5, 1), (0.86, 0.91), (0.9, 0.64), (0.5, 0.46)),),
    "9": (((0.2, 0.98), (0.6, 0.82), (0.88, 0.44), (0.82, 0.12), (0.5, 0), (0.14, 0.14), (0.16, 0.44), (0.5, 0.55),
           (0.84, 0.36)),),
}  # fmt: skip


def new_answer(rng: random.Random = _SYSTEM) -> str:
    """Choose the four digits of a new picture."""
    return "".join(rng.choice([*_STROKES]) for _ in range(DIGITS))


def draw(answer: str, rng: random.Random = _SYSTEM) -> bytes:
    """Return a PNG of 800 by 320 pixels, different at every call; ValueError for anything but four or five digits."""
    if not DIGITS <= len(answer) <= _MOST or not set(answer) <= set(_STROKES):
        raise ValueError("a captcha shows four digits from 2 to 9, or five")
    from PIL import ImageChops

    places = _places(len(answer), rng)
    mask = ImageChops.difference(_draw_digits(answer, places, rng), _draw_bands(places, rng))
    mask = ImageChops.difference(mask, _draw_line(rng))
    out = io.BytesIO()
    _colour(mask, rng).save(out, "PNG", compress_level=6)
    return out.getvalue()


def _places(count: int, rng: random.Random) -> list[Point]:
    """Return each digit's left edge and width; the remaining width is spread at random between them."""
    room = WIDTH - 2 * _MARGIN - _GAP * (count - 1)
    widths = [room / count * rng.uniform(0.8, 0.96) for _ in range(count)]
    spaces = sorted(rng.uniform(0, room - sum(widths)) for _ in widths)
    return [(_MARGIN + _GAP * at + sum(widths[:at]) + spaces[at], widths[at]) for at in range(count)]


def _draw_digits(answer: str, places: Sequence[Point], rng: random.Random) -> Image.Image:
    """Draw the digits side by side, never touching."""
    sheet, pen = _new_sheet()
    for digit, (left, width) in zip(answer, places, strict=True):
        for stroke in _shape(digit, left, width, rng):
            _stamp(pen, stroke)
    return sheet.reduce(_FINE)


def _shape(digit: str, left: float, width: float, rng: random.Random) -> list[list[Dot]]:
    """Return a digit's strokes at its place, with random height, thickness, lean, turn and bend."""
    lean, turn, thickness = rng.uniform(-0.1, 0.1), rng.uniform(-0.1, 0.1), rng.uniform(31, 35)
    sway, swing = _wave(rng, (0.01, 0.03), (0.8, 2)), _wave(rng, (0.01, 0.03), (0.8, 2))
    strokes = []
    for stroke in _STROKES[digit]:
        points = [(x + (lean + turn) * y + sway(y), y - turn * x + swing(x)) for x, y in _bend(stroke, rng)]
        strokes.append(_swell(points, thickness, rng))
    height = rng.uniform(196, 226)
    return _fit(strokes, (left, rng.uniform(_MARGIN, HEIGHT - _MARGIN - height)), (width, height))


def _fit(strokes: Sequence[Sequence[Dot]], corner: Point, size: Point) -> list[list[Dot]]:
    """Move and stretch strokes so that they fill a box, their thickness included."""
    xs, ys, radii = zip(*(dot for stroke in strokes for dot in stroke), strict=True)
    edge, (left, top) = max(radii), (min(xs), min(ys))
    wide, tall = (size[0] - 2 * edge) / (max(xs) - left), (size[1] - 2 * edge) / (max(ys) - top)
    return [
        [(corner[0] + edge + (x - left) * wide, corner[1] + edge + (y - top) * tall, r) for x, y, r in stroke]
        for stroke in strokes
    ]


def _bend(stroke: Sequence[Point], rng: random.Random) -> list[Point]:
    """Make three points and more a curve, each moved a little; two points stay a straight line."""
    if len(stroke) > 2:
        stroke = [(u + rng.uniform(-0.03, 0.03), v + rng.uniform(-0.03, 0.03)) for u, v in stroke]
    return [*smooth(stroke, [step / 12 for step in range(12)]), stroke[-1]]


def _swell(points: Iterable[Point], thickness: float, rng: random.Random) -> list[Dot]:
    """Give a stroke a thickness that swells and thins along the way."""
    phase, swell = rng.uniform(0, math.tau), rng.uniform(0.05, 0.14)
    return [(x, y, thickness / 2 * (1 + swell * math.sin(phase + step / 9))) for step, (x, y) in enumerate(points)]


def _stamp(pen: ImageDraw.ImageDraw, dots: Sequence[Dot]) -> None:
    """Draw a round stroke: dots so close to each other that its edge is smooth."""
    for one, other in pairwise(dots):
        steps = math.ceil(math.dist(one[:2], other[:2]) / (1 + one[2] / 4))
        for step in range(steps + 1):
            x, y, radius = (_FINE * (a + (b - a) * step / steps) for a, b in zip(one, other, strict=True))
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)


def _draw_line(rng: random.Random) -> Image.Image:
    """Draw one thin line through all digits."""
    sheet, pen = _new_sheet()
    wave, slope, height = _wave(rng, (20, 36), (300, 600)), rng.uniform(-0.15, 0.15), HEIGHT / 2 + rng.uniform(-28, 28)
    points = [(x, height + wave(x) + slope * (x - WIDTH / 2)) for x in range(-20, WIDTH + 21, 8)]
    _stamp(pen, _swell(points, rng.uniform(4, 5), rng))
    return sheet.reduce(_FINE)


def _draw_bands(places: Sequence[Point], rng: random.Random) -> Image.Image:
    """Fill alternate diagonal bands with wavy edges, two of which run through the sides of each digit.

    The edges go down to the right: they cross the strokes of 2, 6, 7 and 9 that lean the other way, which nobody could
    read along an edge. Wider bands than these are easily undone, and then tesseract reads the digits.
    """
    sheet, pen = _new_sheet()
    sides = [left + width * rng.uniform(*side) for left, width in places for side in ((0.02, 0.18), (0.82, 0.98))]
    edges = [_edge(middle, rng) for middle in sides]
    for one, other in zip(edges[::2], edges[1::2], strict=True):
        pen.polygon(one + other[::-1], fill=255)
    return sheet.reduce(_FINE)


def _edge(middle: float, rng: random.Random) -> list[Point]:
    """Return points along the sheet, from above the picture to below it."""
    tilt, wave = rng.uniform(0.6, 0.8), _wave(rng, (5, 9), (220, 400))
    heights = range(-4, HEIGHT + 9, 4)
    return [(_FINE * (middle + tilt * (y - HEIGHT / 2) + wave(y)), _FINE * y) for y in heights]


def _wave(rng: random.Random, height: Point, length: Point) -> Callable[[float], float]:
    """Return a sum of two sine waves with random height and length, each within a range."""
    tall, long = rng.uniform(*height), rng.uniform(*length) / math.tau
    first, second = rng.uniform(0, math.tau), rng.uniform(0, math.tau)
    return lambda at: tall * (math.sin(at / long + first) + 0.4 * math.sin(at / long / 0.43 + second))


def _new_sheet() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    from PIL import Image, ImageDraw

    sheet = Image.new("L", (WIDTH * _FINE, HEIGHT * _FINE))
    return sheet, ImageDraw.Draw(sheet)


def _colour(mask: Image.Image, rng: random.Random) -> Image.Image:
    """Set the mask's palette: from a dark colour to a light one, or the reverse."""
    from PIL import Image

    hue = rng.random()
    ends = [_tone(hue, 0.17, 0.5), _tone(hue + rng.uniform(0.4, 0.6), 0.92, 0.7)]
    start, end = ends if rng.random() < 0.5 else ends[::-1]
    picture = Image.frombytes("P", mask.size, mask.tobytes())
    picture.putpalette(
        [round(a + (b - a) * step / 255) for step in range(256) for a, b in zip(start, end, strict=True)]
    )
    return picture


def _tone(hue: float, lightness: float, saturation: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hls_to_rgb(hue % 1, lightness, saturation)
    return round(255 * red), round(255 * green), round(255 * blue)
