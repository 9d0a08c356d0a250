"""Crash before and after every commit and every call to Telegram or awg: the bot goes on as if nothing had happened.

After some of the crashes, its disk fills up at random moments as well. CRASH_SEED sets the order of chance.
"""

from __future__ import annotations

import json
import os
import random
import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lib.demo.backstage import people
from lib.demo.server import TelegramServer
from lib.errors import DatabaseBusy
from lib.settings import Settings
from lib.store import configs
from lib.store.database import connect
from tests.integration.copies import Death, check_copies, waiting
from tests.integration.crash import Clock, Died, Effects, SteppedBot, copy_files, moved
from tests.integration.filling import Filling
from tests.integration.small_disk import SmallDisk
from tests.reporting import Figures
from tests.unit.interface import MemoryAwg

ADMIN, SECOND, ANNA, VERA = 1, 2, 100, 101
MOSCOW = ZoneInfo("Europe/Moscow")
BEGIN = datetime(2026, 5, 31, 12, tzinfo=MOSCOW).timestamp()
SEED = os.environ.get("CRASH_SEED", "1")
FILLED = 1 / 6  # of the crashes, after which the disk fills up
TURN = datetime(2026, 6, 1, tzinfo=MOSCOW).timestamp()


class Story:
    """Two friends and two admins, from the first /start through a block to the turn of the month.

    The people's deeds are a list, so that a restart knows where the story stands.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = Clock(BEGIN)
        self.server = TelegramServer(settings.bot_token, clock=self.clock, limits=False)
        self.telegram = self.server.state
        self.awg = MemoryAwg()
        self.done = 0
        for id_, name, language in (
            (ADMIN, "Andrey", "en"),
            (SECOND, "Борис", "ru"),
            (ANNA, "Anna", "en"),
            (VERA, "Вера", "ru"),
        ):
            with self.telegram.changed:
                self.telegram.add_person(id=id_, first_name=name, language_code=language)

    def start(self, effects: Any) -> SteppedBot:
        return SteppedBot(self.settings, self.clock, self.server, self.awg, effects)

    def go_on(self, bot: SteppedBot) -> None:
        """Play the rest of the story."""
        bot.pump()
        deeds = self.deeds()
        while self.done < len(deeds):
            deed = deeds[self.done]
            self.done += 1
            deed(bot)
            bot.pump()

    def deeds(self) -> list[Callable[[SteppedBot], None]]:
        return [
            self.sends(ADMIN, "/start"), self.sends(SECOND, "/start"), self.sends(ANNA, "/start"), self.answers(ANNA),
            self.taps(ADMIN, f"decide:{ANNA}:pending:approved"), self.taps(ANNA, "menu"), self.taps(ANNA, "new"),
            self.taps(ANNA, "device:iphone"), self.taps(SECOND, "judge:1:approved"),
            self.taps(SECOND, "judge:1:approved"),
            self.sends(VERA, "/start"), self.sends(VERA, "0000"), self.answers(VERA),
            self.taps(ADMIN, f"decide:{VERA}:pending:rejected"), self.taps(SECOND, f"decide:{VERA}:rejected:approved"),
            self.flows(), self.sends(VERA, "/start"), self.taps(VERA, "new"), self.taps(VERA, "device:windows"),
            self.taps(VERA, "cancel:2"), self.taps(VERA, "menu"), self.taps(VERA, "new"),
            self.taps(VERA, "device:android"), self.taps(VERA, "asked_with:3:amneziavpn"),
            self.taps(ADMIN, "judge:3:approved"), self.flows(),
            self.taps(SECOND, f"decide:{ANNA}:approved:blocked"), self.flows(),
            self.taps(ADMIN, f"decide:{ANNA}:blocked:approved"), self.flows(), self.restarts(), self.flows(),
            self.passes(TURN - 30), self.passes(TURN), self.flows(), self.sends(ANNA, "/stats"),
            self.taps(VERA, "file:2"),
        ]  # fmt: skip

    def sends(self, who: int, text: str) -> Callable[[SteppedBot], None]:
        def deed(bot: SteppedBot) -> None:
            with self.telegram.changed:
                people.send(self.telegram, who, text)

        return deed

    def answers(self, who: int) -> Callable[[SteppedBot], None]:
        def deed(bot: SteppedBot) -> None:
            row = bot._eye.execute("SELECT captcha_answer FROM users WHERE id = ?", (who,)).fetchone()
            self.sends(who, row[0])(bot)

        return deed

    def taps(self, who: int, data: str) -> Callable[[SteppedBot], None]:
        def deed(bot: SteppedBot) -> None:
            with self.telegram.changed:
                people.press(self.telegram, who, data=data, message_id=self.message_with(who, data), forge=True)

        return deed

    def message_with(self, who: int, data: str) -> int:
        """Return the id of the newest message with this button, or of the newest message if the tap is too late."""
        shown = [m for m in self.transcript(who) if m["outgoing"] and not m["deleted"]]
        fitting = [m for m in shown if data in str(m.get("reply_markup"))]
        return int((fitting or shown)[-1]["message_id"])

    def flows(self) -> Callable[[SteppedBot], None]:
        """Return a step in which each live peer downloads for a minute."""

        def deed(bot: SteppedBot) -> None:
            for number, key in enumerate(sorted(self.awg.peers), 1):
                self.awg.move(key, 1000 * number, 100_000, int(self.clock()))
            bot.sample(60)

        return deed

    def restarts(self) -> Callable[[SteppedBot], None]:
        def deed(bot: SteppedBot) -> None:
            self.awg.restart()
            bot.sample(60)

        return deed

    def passes(self, until: float) -> Callable[[SteppedBot], None]:
        def deed(bot: SteppedBot) -> None:
            bot.sample(max(0, int(until - self.clock())))

        return deed

    def transcript(self, who: int) -> list[dict[str, Any]]:
        with self.telegram.changed:
            return self.telegram.transcript(people.find_person(self.telegram, who))

    def end(self, folder: Path) -> dict[str, Any]:
        """Return the outcome of the story, without what is random."""
        db = connect(folder / self.settings.database.name)
        alerts = {row[0] for row in db.execute("SELECT message_id FROM notices WHERE subject GLOB 'trouble:*'")}
        wanted = configs.wanted(db, int(self.clock()), "2026-06", 0)
        assert {p.public_key: p.allowed_ips for p in self.awg.peers.values()} == {
            c.public_key: c.allowed_ips for c in wanted
        }
        assert db.execute("SELECT count(*) FROM outbox").fetchone()[0] == 0
        assert self.telegram.violations == []
        return {
            "users": [
                tuple(r) for r in db.execute("SELECT id, full_name, language, state, decided_by FROM users ORDER BY id")
            ],
            "requests": [
                tuple(r) for r in db.execute("SELECT id, user_id, name, state, decided_by FROM config_requests")
            ],
            "configs": [tuple(r) for r in db.execute("SELECT id, user_id, request_id, address FROM configs")],
            "traffic": db.execute("SELECT sum(received), sum(sent) FROM stats").fetchone()[:],
            "audit": Counter(tuple(r) for r in db.execute("SELECT actor_id, action, subject FROM audit")),
            "messages": {who: Counter(self.shown(who, alerts)) for who in (ADMIN, SECOND, ANNA, VERA)},
        }

    def shown(self, who: int, alerts: set[int]) -> list[str]:
        """Return the final texts in a person's chat, except alerts (about a full disk), with all numbers masked.

        When a sample was taken decides to which month its traffic belongs; its sum is compared apart.
        """
        return [
            re.sub(r"[\d.]+( [KM]?B)?", "#", f"{m.get('text') or m.get('caption')} {'photo' in m} {'document' in m}")
            for m in self.transcript(who)
            if m["outgoing"] and not m["deleted"] and m["message_id"] not in alerts
        ]

    def death(self, folder: Path) -> Death:
        """Describe a death that left these files."""
        return Death(waiting(folder / self.settings.database.name), self.telegram.request_count)

    def check(self, folder: Path, deaths: list[Death], expected: dict[str, Any]) -> None:
        """Check that the story has the expected outcome, and that only messages cut off while sending came twice."""
        count = check_copies(folder / self.settings.database.name, self.telegram.requests, deaths)
        assert count.messages > 20
        compare(self.end(folder), expected, count.twice)


@pytest.fixture
def story(tmp_path: Path, settings: Settings) -> Story:
    (tmp_path / "disk").mkdir()
    return Story(moved(settings, tmp_path / "disk"))


@pytest.mark.slow(150)
def test_every_crash_point_is_survived(story: Story, tmp_path: Path, figures: Figures) -> None:
    expected = play_undisturbed(story, tmp_path)
    report = tmp_path / "report"

    def finish(copy: Path) -> None:
        """Start anew from the files in the process after the crash, play to the end, and compare the outcome."""
        chance = random.Random(f"{SEED} {copy.name}")
        if chance.random() < FILLED:
            with report.open("a") as file:
                file.write(json.dumps(go_on_while_the_disk_fills_up(story, copy, expected, chance)) + "\n")
        else:
            deaths = [story.death(copy)]
            story.settings = moved(story.settings, copy)
            story.go_on(story.start(Effects(copy, copy, lambda _: None, armed=False)))
            story.check(copy, deaths, expected)

    effects = Effects(tmp_path / "deaths", story.settings.database, finish)
    effects.folder.mkdir()
    story.go_on(story.start(effects))
    while effects.children:
        effects.reap()
    story.check(story.settings.database.parent, [], expected)
    did = sum((Counter(json.loads(line)) for line in report.read_text().splitlines()), Counter())
    survived = len(effects.points) - len(effects.failed)
    figures.say(f"{survived} of {len(effects.points)} crash points survived")
    figures.say(
        f"the disk filled up {did['fillings']} times: {did['failures']} failures of the database, "
        f"{did['starts']} starts that failed, {did['kills']} kills"
    )
    assert not effects.failed
    assert len(effects.points) > 500
    assert min(did[what] for what in ("fillings", "failures", "starts", "kills")) > 20, did


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
            copy_files(copy / story.settings.database.name, disk.folder)
            story.settings = moved(story.settings, disk.folder)
            live(story, Filling(disk, chance, did), chance)
            story.check(disk.folder, deaths, expected)
            return did
        except Died:
            copy /= "left"
            copy.mkdir()
            copy_files(story.settings.database, copy)
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
    other = Story(moved(replace(story.settings), folder))
    other.go_on(other.start(Effects(folder, folder, lambda _: None, armed=False)))
    end = other.end(folder)
    assert end["users"][-1][3] == "approved", "the story reaches its end"
    assert len(end["configs"]) == 2
    assert any("Results" in text for text in end["messages"][ADMIN])
    return end


def compare(end: dict[str, Any], expected: dict[str, Any], twice: int) -> None:
    """Check that two outcomes are equal, except for the messages that may have been sent twice."""
    extra = 0
    for who, texts in expected["messages"].items():
        missing = texts - end["messages"][who]
        assert not missing, f"{who} misses {missing} and has {end['messages'][who] - texts}"
        extra += sum((end["messages"][who] - texts).values())
    assert extra <= twice, "more than what was cut off came twice"
    for name in ("users", "requests", "configs", "traffic", "audit"):
        assert end[name] == expected[name], name
