"""Captchas: five digits on a small PNG, different each time, which tesseract can't read however it is cleaned."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

from lib.chat.drawing import captcha
from tests import ocr
from tests.needs import need_tools
from tests.reporting import Figures

STRONGEST = ("two tones", "halved", "surroundings", "flattened, opened", "flattened, halved")


def picture_of(answer: str, seed: int) -> Image.Image:
    return Image.open(io.BytesIO(captcha.draw(answer, random.Random(seed)))).convert("RGB")


@pytest.fixture
def tesseract() -> None:
    need_tools("tesseract")


def test_it_works() -> None:
    answer = captcha.new_answer()
    content = captcha.draw(answer)
    assert len(answer) == captcha.DIGITS
    assert answer.isdecimal()
    assert Image.open(io.BytesIO(content)).size == (400, 160)
    assert len(content) < 60_000


def test_answers_avoid_digits_that_a_line_turns_into_others() -> None:
    rng = random.Random(1)
    digits = {digit for _ in range(300) for digit in captcha.new_answer(rng)}
    assert digits == set("23456789")


def test_every_drawing_of_an_answer_is_a_different_picture() -> None:
    assert len({captcha.draw("48273") for _ in range(5)}) == 5


def test_the_answer_is_nowhere_in_the_file() -> None:
    content = captcha.draw("48273")
    assert Image.open(io.BytesIO(content)).info == {}
    assert b"48273" not in content


def test_the_same_seed_draws_the_same_picture() -> None:
    assert captcha.draw("48273", random.Random(7)) == captcha.draw("48273", random.Random(7))


@pytest.mark.parametrize("answer", ["", "123456", "12a45", "١٢٣٤٥"])
def test_what_is_not_one_to_five_digits_is_refused(answer: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        captcha.draw(answer)


@pytest.mark.parametrize("digit", "23456789")
def test_every_digit_has_a_shape_of_its_own(digit: str) -> None:
    shapes = {one: picture_of(one, 3).convert("L").tobytes() for one in "23456789"}
    assert sum(shape == shapes[digit] for shape in shapes.values()) == 1


@pytest.mark.parametrize("seed", range(12))
def test_contrast_is_in_lightness_so_that_colour_blind_people_see_it(seed: int) -> None:
    tones = sorted(picture_of("23456", seed).convert("L").tobytes())
    dark, light = tones[len(tones) // 10], tones[-len(tones) // 10]
    assert light - dark > 110


def test_digits_stay_inside_the_picture() -> None:
    rng = random.Random(1)
    for _ in range(300):
        drawn = captcha._draw_digits(captcha.new_answer(rng), rng)
        left, top, right, bottom = drawn.getbbox() or (0, 0, 0, 0)
        assert left > 0
        assert top > 0
        assert right < drawn.width
        assert bottom < drawn.height


@pytest.mark.usefixtures("tesseract")
def test_the_attack_reads_plain_digits_so_that_its_failure_means_something() -> None:
    pages = []
    for answer in ("48273", "96524", "33785"):
        page = Image.new("RGB", (400, 160), "white")
        ImageDraw.Draw(page).text((60, 30), answer, "black", ImageFont.load_default(90))
        pages.append(ImageOps.expand(page, 10, "white").filter(ImageFilter.GaussianBlur(1)))
    shares = ocr.attack(pages, ["48273", "96524", "33785"], ["as it is", "two tones"])
    assert max(shares.values()) == 1


@pytest.fixture(scope="module")
def stack() -> tuple[list[str], list[Image.Image]]:
    """Draw as many captchas as CAPTCHA_PICTURES says (60)."""
    rng = random.Random(20)
    answers = [captcha.new_answer(rng) for _ in range(int(os.environ.get("CAPTCHA_PICTURES", "60")))]
    return answers, [Image.open(io.BytesIO(captcha.draw(answer, rng))).convert("RGB") for answer in answers]


def read_by_fifths(pictures: list[Image.Image]) -> list[str]:
    """Cut each picture where its five digits should be and let tesseract read each as one character."""
    width, height = pictures[0].size
    texts = [""] * len(pictures)
    for place in range(captcha.DIGITS):
        left = round(width * (0.08 + 0.168 * place))
        cuts = [picture.crop((left - 4, 0, left + round(width * 0.168) + 4, height)) for picture in pictures]
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
        texts = read_by_fifths(cleaned) if layout == 10 else ocr.read_all(cleaned, layout)
        shares[name] = sum(text == answer for text, answer in zip(texts, answers, strict=True)) / len(answers)
    figures.say(f"tesseract, psm {layout}, reads at most {max(shares.values()):.1%} of {len(answers)} pictures")
    assert max(shares.values()) < 0.05, shares


def test_importing_it_does_not_load_pillow() -> None:
    code = "import sys, lib.chat.drawing.captcha; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
