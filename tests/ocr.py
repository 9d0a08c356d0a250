"""Attack captchas as a bot's author would: clean each picture in many plain ways, then let tesseract read it.

Success is the whole answer, spaces aside; tesseract is told that there are digits only.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter, ImageOps

LAYOUTS = (6, 7, 8)  # tesseract's --psm: a block, a line, a word


def _gray(picture: Image.Image) -> Image.Image:
    return picture.convert("L")


def _threshold(picture: Image.Image, level: int) -> Image.Image:
    return picture.point([0] * level + [255] * (256 - level))


def _two_tones(picture: Image.Image) -> Image.Image:
    """Split dark from light where the two groups differ most (Otsu)."""
    counts = picture.histogram()
    total, weighted = sum(counts), sum(level * count for level, count in enumerate(counts))
    below = sum_below = 0
    best = (0.0, 128)
    for level, count in enumerate(counts):
        below, sum_below = below + count, sum_below + level * count
        if 0 < below < total:
            apart = sum_below / below - (weighted - sum_below) / (total - below)
            best = max(best, (below * (total - below) * apart**2, level + 1))
    return _threshold(picture, best[1])


def _opened(picture: Image.Image) -> Image.Image:
    """Remove dark lines thinner than five pixels."""
    return picture.filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.MinFilter(5))


def _against_surroundings(picture: Image.Image) -> Image.Image:
    """Keep what is darker than its neighbourhood."""
    blurred = picture.filter(ImageFilter.BoxBlur(18))
    return _threshold(ImageChops.subtract(picture, blurred, scale=1, offset=128), 118)


def _flattened(picture: Image.Image) -> Image.Image:
    """Undo the bands: take a wide median for the background and keep, dark, what differs from it."""
    tones = _two_tones(picture)
    small = tones.resize((picture.width // 4, picture.height // 4), Image.Resampling.BOX)
    ground = small.filter(ImageFilter.MedianFilter(9)).resize(picture.size, Image.Resampling.BILINEAR)
    return ImageOps.invert(_two_tones(ImageChops.difference(tones, _threshold(ground, 127))))


def _contrast(picture: Image.Image) -> Image.Image:
    return ImageOps.invert(_two_tones(ImageChops.difference(picture, picture.filter(ImageFilter.GaussianBlur(12)))))


def _scaled(picture: Image.Image, factor: float) -> Image.Image:
    size = (round(picture.width * factor), round(picture.height * factor))
    return picture.resize(size, Image.Resampling.BICUBIC)


ATTACKS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "as it is": lambda picture: picture,
    "gray": _gray,
    "threshold 90": lambda picture: _threshold(_gray(picture), 90),
    "threshold 128": lambda picture: _threshold(_gray(picture), 128),
    "threshold 165": lambda picture: _threshold(_gray(picture), 165),
    "two tones": lambda picture: _two_tones(_gray(picture)),
    "inverted": lambda picture: ImageOps.invert(_two_tones(_gray(picture))),
    "median": lambda picture: _two_tones(_gray(picture).filter(ImageFilter.MedianFilter(5))),
    "blur": lambda picture: _two_tones(_gray(picture).filter(ImageFilter.GaussianBlur(2))),
    "red": lambda picture: _two_tones(picture.getchannel(0)),
    "green": lambda picture: _two_tones(picture.getchannel(1)),
    "blue": lambda picture: _two_tones(picture.getchannel(2)),
    "doubled": lambda picture: _two_tones(_scaled(_gray(picture), 2)),
    "halved": lambda picture: _two_tones(_scaled(_gray(picture), 0.5)),
    "surroundings": lambda picture: _against_surroundings(_gray(picture)),
    "opened": lambda picture: _opened(_two_tones(_gray(picture))),
    "flattened": lambda picture: _flattened(_gray(picture)),
    "flattened, opened": lambda picture: _opened(_flattened(_gray(picture))),
    "flattened, median": lambda picture: _flattened(_gray(picture)).filter(ImageFilter.MedianFilter(7)),
    "flattened, halved": lambda picture: _scaled(_flattened(_gray(picture)).filter(ImageFilter.GaussianBlur(1)), 0.4),
    "contrast": lambda picture: _contrast(_gray(picture)),
    "edges": lambda picture: ImageOps.invert(_two_tones(_gray(picture).filter(ImageFilter.FIND_EDGES))),
}


def read_all(pictures: Sequence[Image.Image], layout: int) -> list[str]:
    """Return the digits that one tesseract process reads in each picture, or an empty string."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{place}.ppm") for place in range(len(pictures))]
        for path, picture in zip(paths, pictures, strict=True):
            picture.convert("RGB").save(path)
        return _read(paths, layout)


def _read(paths: Sequence[Path], layout: int) -> list[str]:
    """Read files. A picture that crashes tesseract is found by bisection and counts as unread."""
    sheet = paths[0].with_name("pictures.txt")
    sheet.write_text("".join(f"{path}\n" for path in paths))
    command = ["tesseract", sheet, "stdout", "--psm", str(layout), "-c", "tessedit_char_whitelist=0123456789"]
    result = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "OMP_THREAD_LIMIT": "1"})
    texts = ["".join(page.split()) for page in result.stdout.split("\f")]
    if result.returncode == 0 and len(texts) == len(paths):
        return texts
    if len(paths) == 1:
        return [""]
    middle = len(paths) // 2
    return _read(paths[:middle], layout) + _read(paths[middle:], layout)


def attack(
    pictures: Sequence[Image.Image], answers: Sequence[str], names: Sequence[str] = tuple(ATTACKS)
) -> dict[tuple[str, int], float]:
    """Return the share of answers read in full for every named attack and page layout."""
    cleaned = {name: [ATTACKS[name](picture) for picture in pictures] for name in names}
    jobs = [(name, layout) for name in names for layout in LAYOUTS]

    def share(job: tuple[str, int]) -> float:
        texts = read_all(cleaned[job[0]], job[1])
        return sum(text == answer for text, answer in zip(texts, answers, strict=True)) / len(answers)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(jobs, pool.map(share, jobs), strict=True))
