"""Measure the three pictures: milliseconds of each, a QR code against segno and qrcode, and tesseract against captchas.

Run: .venv/bin/python tests/bench/bench_pictures.py [--runs N] [--attack PICTURES] [--json FILE]. Peers and ours run in
turns in the same process; a figure is the median of the runs, with the quartiles as its spread.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from lib.chat import captcha, chart
from lib.vpn import qr

Table = dict[str, list[float]]


def measure(makers: dict[str, Callable[[], object]], runs: int) -> Table:
    """Give the milliseconds of each maker, all taken in turns after one round that is not counted."""
    times: Table = {name: [] for name in makers}
    for run in range(runs + 1):
        for name, make in makers.items():
            begin = time.perf_counter()
            make()
            if run:
                times[name].append(1000 * (time.perf_counter() - begin))
    return times


def qr_makers(size: int) -> dict[str, Callable[[], object]]:
    """Give ours and the peers' ways to the PNG of a text of `size` bytes that looks like keys."""
    import qrcode
    import segno

    text = base64.b64encode(random.Random(size).randbytes(size)).decode()[:size]
    return {
        "ours": lambda: qr.to_png(qr.encode(text.encode())),
        "segno, level L": lambda: segno.make(text, error="l", micro=False).save(io.BytesIO(), kind="png", scale=9),
        "segno, mask given": lambda: segno.make(text, error="l", mask=2, micro=False, boost_error=False).save(
            io.BytesIO(), kind="png", scale=9
        ),
        "qrcode, defaults": lambda: qrcode.make(text).save(io.BytesIO()),
    }


def month() -> list[tuple[str, int, int]]:
    """Invent a month's traffic in bytes."""
    rng = random.Random(31)
    return [(str(day), int(rng.expovariate(1e-9)), int(rng.expovariate(1e-8))) for day in range(1, 32)]


def picture_makers() -> dict[str, Callable[[], object]]:
    rng, days = random.Random(5), month()
    words = {"units": ("Б", "КБ", "МБ", "ГБ", "ТБ"), "legend": ("загрузка", "отдача")}
    return {
        "captcha": lambda: captcha.draw(captcha.new_answer(rng), rng),
        "chart of 31 days": lambda: chart.draw_days(days, title="июль 2026", today="23", **words),
        "chart without traffic": lambda: chart.draw_days([], title="июль 2026", **words),
    }


def show(title: str, times: Table, against: str | None = None) -> dict[str, dict[str, float]]:
    """Print a table of medians and quartiles; with a base also what part of each row's time the base takes."""
    print(f"\n{title:<28} {'median ms':>10} {'quartiles':>16} {against + ' / it' if against else '':>12}")
    figures = {}
    for name, values in times.items():
        first, middle, last = statistics.quantiles(values, n=4)
        figures[name] = {"median_ms": middle, "first_quartile_ms": first, "last_quartile_ms": last}
        ratio = ""
        if against:
            figures[name]["ratio"] = statistics.median(times[against]) / middle
            ratio = f"{figures[name]['ratio']:.2f}"
        print(f"{name:<28} {middle:>10.2f} {first:>7.2f} - {last:>6.2f} {ratio:>12}")
    return figures


def attack(count: int) -> dict[str, float]:
    """Let tesseract try `count` captchas after every cleaning; print and give the share that it reads whole."""
    from PIL import Image

    from tests import ocr

    rng = random.Random(77)
    answers = [captcha.new_answer(rng) for _ in range(count)]
    pictures = [Image.open(io.BytesIO(captcha.draw(answer, rng))) for answer in answers]
    shares = ocr.attack(pictures, answers)
    print(f"\n{f'captchas read, of {count}':<28}" + "".join(f"{f'--psm {layout}':>9}" for layout in ocr.LAYOUTS))
    for name in ocr.ATTACKS:
        print(f"{name:<28}" + "".join(f"{shares[name, layout]:>9.1%}" for layout in ocr.LAYOUTS))
    print(f"{'best of all (goal < 5 %)':<28}{max(shares.values()):>9.1%}")
    return {f"{name}, psm {layout}": share for (name, layout), share in shares.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=15, metavar="N", help="rounds to time (15)")
    parser.add_argument("--attack", type=int, default=0, metavar="PICTURES", help="captchas to attack (none)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    options = parser.parse_args()
    names = ("pillow", "qrcode", "segno")
    machine = f"Python {platform.python_version()}, {', '.join(f'{name} {version(name)}' for name in names)}"
    print(f"{machine}, {platform.machine()}, {options.runs} runs")
    figures: dict[str, object] = {"machine": machine}
    for size, goal in ((460, "1/4"), (1700, "1/2")):
        title = f"QR of {size} bytes (<= {goal})"
        figures[title] = show(title, measure(qr_makers(size), options.runs), "ours")
    figures["pictures"] = show("pictures (<= 40 ms)", measure(picture_makers(), options.runs))
    if options.attack:
        figures["attack"] = attack(options.attack)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
