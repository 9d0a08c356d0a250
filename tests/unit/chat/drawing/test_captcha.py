"""Captchas: four well-spaced digits on a PNG, different each time, unreadable to tesseract even when cleaned."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
from itertools import groupby

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

from lib.chat.drawing import captcha
from tests import ocr
from tests.needs import need_tools
from tests.reporting import Figures

STRONGEST = ("two tones", "halved", "flattened, opened", "flattened, halved", "flattened, median")
SMALL = 267, 107  # pixels: where the bands are undone best, and tesseract is quick


def picture_of(answer: str, seed: int) -> Image.Image:
    return Image.open(io.BytesIO(captcha.draw(answer, random.Random(seed)))).convert("RGB")


@pytest.fixture
def tesseract() -> None:
    need_tools("tesseract")


def test_it_works() -> None:
    answer = captcha.new_answer()
    content = captcha.draw(answer)
    assert len(answer) == captcha.DIGITS == 4
    assert answer.isdecimal()
    assert Image.open(io.BytesIO(content)).size == (800, 320)
    assert len(content) < 30_000


def test_answers_avoid_digits_that_a_line_turns_into_others() -> None:
    rng = random.Random(1)
    digits = {digit for _ in range(300) for digit in captcha.new_answer(rng)}
    assert digits == set("23456789")


def test_every_drawing_of_an_answer_is_a_different_picture() -> None:
    assert len({captcha.draw("4827") for _ in range(5)}) == 5


def test_the_answer_is_nowhere_in_the_file() -> None:
    content = captcha.draw("4827")
    assert Image.open(io.BytesIO(content)).info == {}
    assert b"4827" not in content


def test_the_same_seed_draws_the_same_picture() -> None:
    assert captcha.draw("4827", random.Random(7)) == captcha.draw("4827", random.Random(7))


@pytest.mark.parametrize("answer", ["", "234", "234567", "2a45", "1234", "٢٣٤٥"])
def test_what_is_not_four_digits_nor_five_as_before_is_refused(answer: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        captcha.draw(answer)


def test_every_digit_has_a_shape_of_its_own() -> None:
    assert len({picture_of(4 * digit, 3).tobytes() for digit in "23456789"}) == 8


def luminance(colour: tuple[int, int, int]) -> float:
    """Return a colour's relative luminance, as defined by WCAG."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("seed", range(12))
def test_contrast_is_in_lightness_so_that_old_and_colour_blind_eyes_see_it(seed: int) -> None:
    counted = picture_of("2345", seed).getcolors() or []
    (_, one), (_, other) = sorted(counted, reverse=True)[:2]
    dark, light = sorted((luminance(one), luminance(other)))
    assert (light + 0.05) / (dark + 0.05) >= 7


@pytest.mark.parametrize("seed", range(4))
def test_edges_are_smooth(seed: int) -> None:
    counted = picture_of("2345", seed).getcolors() or []
    dark_and_light = sorted(count for count, _ in counted)[-2:]
    assert len(counted) >= 5, "shades between dark and light"
    assert captcha.WIDTH * captcha.HEIGHT - sum(dark_and_light) > 4000, "pixels that have one"


Sheet = tuple[list[captcha.Point], Image.Image]


def draw_sheets(count: int, digits: int) -> list[Sheet]:
    """Draw only the digits, without bands and line; return their places and the sheet."""
    rng, sheets = random.Random(digits), []
    for _ in range(count):
        places = captcha._places(digits, rng)
        sheets.append((places, captcha._draw_digits((2 * captcha.new_answer(rng))[:digits], places, rng)))
    return sheets


@pytest.fixture(scope="module")
def sheets() -> list[Sheet]:
    return draw_sheets(300, captcha.DIGITS)


def runs_of(columns: list[int]) -> list[int]:
    """Return the lengths of alternating runs of free and inked columns, starting with a free one."""
    runs = [(inked, len([*run])) for inked, run in groupby(columns)]
    assert [inked for inked, _ in runs[:2]] == [0, 1]
    return [length for _, length in runs]


def assert_apart(sheet: Image.Image, digits: int) -> None:
    columns, rows = sheet.getprojection()
    runs = runs_of(columns)
    assert len(runs) == 2 * digits + 1, "so many digits, each in columns of its own"
    assert min(runs[2:-2:2]) >= 30, "pixels between two of them"
    assert min(runs[0], runs[-1]) >= 20
    assert not any(rows[:20] + rows[-20:])


def test_digits_never_touch_each_other_nor_the_frame(sheets: list[Sheet]) -> None:
    for _, sheet in sheets:
        assert_apart(sheet, 4)


def test_five_digits_that_wait_since_an_update_do_not_touch_either() -> None:
    for _, sheet in draw_sheets(50, 5):
        assert_apart(sheet, 5)
    assert Image.open(io.BytesIO(captcha.draw("23456"))).size == (800, 320)


def test_digits_are_large(sheets: list[Sheet]) -> None:
    """On a 65 mm wide screen, each digit is at least 10 mm wide and 15 mm high."""
    for _, sheet in sheets:
        columns, rows = sheet.getprojection()
        assert min(runs_of(columns)[1::2]) >= 10 / 65 * captcha.WIDTH
        assert sum(rows) >= 15 / 65 * captcha.WIDTH


def bands_of(places: list[captcha.Point], rng: random.Random) -> list[bool]:
    """Return which pixels of a picture's middle row lie in a band."""
    row = captcha._draw_bands(places, rng).crop((0, captcha.HEIGHT // 2, captcha.WIDTH, captcha.HEIGHT // 2 + 1))
    return [tone > 127 for tone in row.tobytes()]


def test_places_of_the_digits_and_widths_of_the_bands_vary(sheets: list[Sheet]) -> None:
    for at in range(captcha.DIGITS):
        lefts = [places[at][0] for places, _ in sheets]
        assert max(lefts) - min(lefts) > 60
    rng = random.Random(2)
    rows = [[len([*run]) for _, run in groupby(bands_of(places, rng))] for places, _ in sheets[:60]]
    widths = [width for row in rows for width in row[1:-1]]
    assert max(widths) > 2 * min(widths)


def test_an_edge_runs_on_either_side_of_each_digit_and_none_through_its_middle(sheets: list[Sheet]) -> None:
    rng = random.Random(3)
    for places, _ in sheets[:60]:
        row = bands_of(places, rng)
        assert sum(1 for _ in groupby(row)) == 2 * captcha.DIGITS + 1
        for left, width in places:
            assert all(row[round(left + 0.35 * width) : round(left + 0.65 * width)])


@pytest.mark.usefixtures("tesseract")
def test_the_attack_reads_plain_digits_so_that_its_failure_means_something() -> None:
    pages = []
    for answer in ("4827", "9652", "3378"):
        page = Image.new("RGB", (800, 320), "white")
        ImageDraw.Draw(page).text((160, 60), answer, "black", ImageFont.load_default(180))
        pages.append(ImageOps.expand(page, 10, "white").filter(ImageFilter.GaussianBlur(1)))
    shares = ocr.attack(pages, ["4827", "9652", "3378"], ["as it is", "two tones"])
    assert max(shares.values()) == 1


@pytest.fixture(scope="module")
def stack() -> tuple[list[str], list[Image.Image]]:
    """Draw as many captchas as CAPTCHA_PICTURES says (60), and make them small."""
    rng = random.Random(20)
    answers = [captcha.new_answer(rng) for _ in range(int(os.environ.get("CAPTCHA_PICTURES", "60")))]
    pictures = [Image.open(io.BytesIO(captcha.draw(answer, rng))).convert("RGB") for answer in answers]
    return answers, [picture.resize(SMALL, Image.Resampling.BOX) for picture in pictures]


def read_by_quarters(pictures: list[Image.Image]) -> list[str]:
    """Cut each picture into four at the digits' approximate places, and run tesseract on each as one character."""
    width, height = pictures[0].size
    texts = [""] * len(pictures)
    for place in range(captcha.DIGITS):
        left = round(width * (0.03 + 0.235 * place))
        cuts = [picture.crop((left - 2, 0, left + round(width * 0.235) + 2, height)) for picture in pictures]
        texts = [text + digit for text, digit in zip(texts, ocr.read_all(cuts, 10), strict=True)]
    return texts


@pytest.mark.slow(5)
@pytest.mark.usefixtures("tesseract")
@pytest.mark.parametrize("layout", [6, 7, 8, 13, 10])
def test_tesseract_reads_less_than_one_in_twenty(
    layout: int, stack: tuple[list[str], list[Image.Image]], figures: Figures
) -> None:
    answers, pictures = stack
    shares = {}
    for name in STRONGEST:
        cleaned = [ocr.ATTACKS[name](picture) for picture in pictures]
        texts = read_by_quarters(cleaned) if layout == 10 else ocr.read_all(cleaned, layout)
        shares[name] = sum(text == answer for text, answer in zip(texts, answers, strict=True)) / len(answers)
    figures.say(f"tesseract, psm {layout}, reads at most {max(shares.values()):.1%} of {len(answers)} pictures")
    assert max(shares.values()) < 0.05, shares


def test_importing_it_does_not_load_pillow() -> None:
    code = "import sys, lib.chat.drawing.captcha; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
