"""Crash before and after every commit and every call to Telegram or awg: the bot goes on as if nothing had happened.

After some of the crashes, its disk fills up at random moments as well. CRASH_SEED sets the order of chance.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lib.errors import DatabaseBusy
from lib.settings import Settings
from tests.integration.copies import Death
from tests.integration.crash import Died, Effects, moved, read_files, write_files
from tests.integration.filling import Filling
from tests.integration.small_disk import SmallDisk
from tests.integration.stories import FirstMonth, Story, Trials
from tests.integration.story_of_limits import Limits
from tests.reporting import Figures

SEED = os.environ.get("CRASH_SEED", "1")
FILLED = 1 / 4  # the share of crashes after which the disk is full


@pytest.fixture(
    params=[
        pytest.param(FirstMonth, marks=pytest.mark.slow(70, busy=True)),
        pytest.param(Trials, marks=pytest.mark.slow(20, busy=True)),
        pytest.param(Limits, marks=pytest.mark.slow(40, busy=True)),
    ]
)
def story(request: pytest.FixtureRequest, tmp_path: Path, settings: Settings) -> Story:
    (tmp_path / "disk").mkdir()
    told: Story = request.param(moved(settings, tmp_path / "disk"))
    return told


def test_every_crash_point_is_survived(story: Story, tmp_path: Path, figures: Figures) -> None:
    expected = play_undisturbed(story, tmp_path)
    report = tmp_path / "report"

    def finish(copy: Path) -> None:
        """Start again from the files in the process after the crash, play to the end, and compare the outcome."""
        chance = random.Random(f"{SEED} {copy.name}")
        if chance.random() < FILLED:
            with report.open("a") as file:
                file.write(json.dumps(go_on_while_the_disk_fills_up(story, copy, expected, chance)) + "\n")
        else:
            deaths = [story.death(copy)]
            story.settings = moved(story.settings, copy)
            story.go_on(story.start(Effects(copy, copy, lambda _: None, armed=False)))
            story.check(copy, deaths, expected)

    effects = Effects(tmp_path / "deaths", story.settings.database, finish, story.outside, armed=not story.before)
    effects.folder.mkdir()
    bot = story.start(effects)
    story.go_on(bot, until=story.before)
    effects.armed = True
    story.go_on(bot)
    while effects.children:
        effects.reap()
    story.check(story.settings.database.parent, [], expected)
    did = sum((Counter(json.loads(line)) for line in report.read_text().splitlines()), Counter())
    survived, points = effects.deaths - len(effects.failed), len(effects.points)
    figures.say(f"{survived} of {effects.deaths} deaths survived, at {points} crash points")
    figures.say(
        f"the disk filled up {did['fillings']} times: {did['failures']} failures of the database, "
        f"{did['starts']} starts that failed, {did['kills']} kills"
    )
    assert not effects.failed
    assert points > story.least_points
    assert effects.deaths > points / 3
    assert min(did[what] for what in ("fillings", "failures", "starts", "kills")) > story.least_mishaps, did


def go_on_while_the_disk_fills_up(
    story: Story, copy: Path, expected: dict[str, Any], chance: random.Random
) -> Counter[str]:
    """Restart after a crash, on a disk that fills up at random moments, and again after each death."""
    did: Counter[str] = Counter()
    deaths: list[Death] = []
    while True:
        deaths.append(story.death(copy))
        disk = SmallDisk(copy / "disk")
        try:
            write_files(read_files(copy / story.settings.database.name), disk.folder)
            story.settings = moved(story.settings, disk.folder)
            live(story, Filling(disk, chance, did), chance)
            story.check(disk.folder, deaths, expected)
            return did
        except Died:
            copy /= "left"
            write_files(read_files(story.settings.database), copy)
        finally:
            disk.unmount()


def live(story: Story, filling: Filling, chance: random.Random) -> None:
    """Play the rest of a story on a disk that may be full at the start; retry failed starts."""
    if chance.random() < 0.5:
        filling.fill()
    while True:
        try:
            bot = story.start(filling)
        except (DatabaseBusy, sqlite3.OperationalError):
            filling.fail_to_start()
        else:
            return story.go_on(bot)


def play_undisturbed(story: Story, tmp_path: Path) -> dict[str, Any]:
    """Play the story once without a crash, on files of its own."""
    folder = tmp_path / "undisturbed"
    folder.mkdir()
    other = type(story)(moved(replace(story.settings), folder))
    other.go_on(other.start(Effects(folder, folder, lambda _: None, armed=False)))
    end = other.end(folder)
    other.check_end(end)
    return end
