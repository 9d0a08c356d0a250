"""Draw README's pictures from the demo, in both languages: the story as an animation, and single screens.

    python -m tests.browser.pictures

A ring shows what is tapped next. The files are docs/story.gif and docs/screen-*.png, and the same in docs/ru.
"""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import requests
from PIL import Image, ImageDraw
from selenium.webdriver.remote.webelement import WebElement

from tests.browser.visitor import ADMIN, FRIEND, Demo, Visitor, open_browser
from tests.company import ROOT

FOLDERS = {"en": ROOT / "docs", "ru": ROOT / "docs/ru"}
WIDTH, HEIGHT = 910, 860  # pixels of the window: both phones side by side, the whole keypad in view
PHONES = """document.querySelector("#tour .icon-button").click();
    for (const part of ["#panel", "header"]) document.querySelector(part).remove()"""
RING = (224, 49, 49)
COLOURS = 255
MOST_BYTES = 2 << 20


@dataclass
class Story:
    """The frames of the animation so far, each with its time in milliseconds."""

    visitor: Visitor
    frames: list[Image.Image] = field(default_factory=list)
    times: list[int] = field(default_factory=list)

    def show(self, milliseconds: int, ring: Callable[[], list[WebElement]] = list) -> None:
        """Add what both phones show now, with a ring around what is found."""
        time.sleep(0.4)  # the page scrolls smoothly
        self.frames.append(self.visitor.wait(lambda: self._picture(ring), "a picture"))
        self.times.append(milliseconds)

    def _picture(self, ring: Callable[[], list[WebElement]]) -> Image.Image:
        frame = picture(self.visitor, "#phones")
        for element in ring():
            draw_ring(frame, self.visitor, element)
        return frame

    def tap(self, user: int, verb: str, part: str = "", milliseconds: int = 1100) -> None:
        """Show which button is tapped, and tap it."""

        def find() -> list[WebElement]:
            return self.visitor.keys(user, verb, part)[:1]

        def scroll() -> bool:
            for element in find():
                self.visitor.browser.execute_script("arguments[0].scrollIntoView({block: 'nearest'})", element)
            return bool(find())

        self.visitor.wait(scroll, f"the button {verb}{part}")
        self.show(milliseconds, find)
        self.visitor.tap(user, verb, part)

    def write(self, path: Path) -> None:
        """Write the animation, each frame in colours of its own."""
        frames = [frame.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE) for frame in self.frames]
        frames[0].save(path, save_all=True, append_images=frames[1:], duration=self.times, loop=0, optimize=True)
        assert path.stat().st_size < MOST_BYTES, f"{path} is too large"


def picture(visitor: Visitor, css: str) -> Image.Image:
    """Return a picture of an element of the page."""
    return Image.open(io.BytesIO(visitor.find(css).screenshot_as_png)).convert("RGB")


def draw_ring(frame: Image.Image, visitor: Visitor, element: WebElement) -> None:
    script = """const place = (one) => one.getBoundingClientRect();
        const [box, frame] = [place(arguments[0]), place(document.querySelector("#phones"))];
        return [box.left - frame.left, box.top - frame.top, box.right - frame.left, box.bottom - frame.top]"""
    left, top, right, bottom = visitor.browser.execute_script(script, element)
    ImageDraw.Draw(frame).rounded_rectangle((left - 3, top - 3, right + 3, bottom + 3), 12, outline=RING, width=4)


def perform(demo: Demo, action: str) -> None:
    """Perform an action of the control panel, which the pictures don't show."""
    answer = requests.post(f"{demo.url}/control/panel", json={"action": action}, timeout=30)
    answer.raise_for_status()


def tell_story(visitor: Visitor, demo: Demo, folder: Path) -> Story:
    """Play the story: START, Approve, the file (also saved as a single screen), the green dot."""
    story = Story(visitor)
    visitor.start(ADMIN)
    visitor.wait(lambda: visitor.keys(ADMIN, "panel"), "the admin's menu")
    story.show(900, lambda: [visitor.find(f'[data-user="{FRIEND}"] .big-button')])
    visitor.start(FRIEND)
    digits = visitor.wait(demo.captcha, "the picture")
    visitor.wait(lambda: visitor.keys(FRIEND, "digit"), "the keypad")
    story.show(1300)
    visitor.type(digits)
    story.tap(ADMIN, "admit:")
    story.tap(FRIEND, "device:", "iphone")
    visitor.wait(lambda: visitor.browser.find_elements("css selector", f'[data-user="{FRIEND}"] .file'), "the file")
    story.show(2600)
    save_screen(visitor, FRIEND, folder / "screen-file.png")
    perform(demo, "online")
    visitor.wait(lambda: any("🎉" in text and "iPhone" in text for text in visitor.texts()[-1:]), "the handshake", 90)
    story.show(2400)
    story.tap(FRIEND, "menu", milliseconds=700)
    story.tap(FRIEND, "configs", milliseconds=900)
    visitor.wait(lambda: visitor.keys(FRIEND, "config:"), "the list")
    story.show(1800)
    return story


def draw_screens(visitor: Visitor, folder: Path) -> None:
    """Draw the diagnosis and the admin's panel."""
    visitor.tap(FRIEND, "config:")
    visitor.tap(FRIEND, "trouble:")
    visitor.wait(lambda: visitor.keys(FRIEND, "complain:"), "the diagnosis")
    save_screen(visitor, FRIEND, folder / "screen-trouble.png")
    visitor.type("/start", ADMIN)
    visitor.wait(lambda: visitor.keys(ADMIN, "people:"), "the panel")
    save_screen(visitor, ADMIN, folder / "screen-panel.png")


def save_screen(visitor: Visitor, user: int, path: Path) -> None:
    time.sleep(1)  # the page scrolls smoothly
    picture(visitor, f'[data-user="{user}"]').save(path, optimize=True)


def main() -> None:
    for language, folder in FOLDERS.items():
        browser = open_browser(language)
        with tempfile.TemporaryDirectory() as temporary:
            demo = Demo(Path(temporary))
            try:
                size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
                browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
                visitor = Visitor(browser, demo)
                browser.execute_script(PHONES)
                tell_story(visitor, demo, folder).write(folder / "story.gif")
                draw_screens(visitor, folder)
            finally:
                demo.end()
                browser.quit()


if __name__ == "__main__":
    main()
