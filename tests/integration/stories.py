"""Stories for the crash points: people's deeds one after another, and what must have become of them at the end."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from lib.chat.notify.trials import SILENCE, WATCHED
from lib.days import DAY
from lib.demo.backstage import people
from lib.demo.server import TelegramServer
from lib.settings import Settings
from lib.store import configs
from lib.store.database import connect
from tests.integration.copies import Death, check_copies, waiting
from tests.integration.crash import Clock, SteppedBot
from tests.unit.interface import MemoryAwg

ADMIN, SECOND, ANNA, VERA = 1, 2, 100, 101
GRANDMA = -1  # has no Telegram
MOSCOW = ZoneInfo("Europe/Moscow")
TURN = datetime(2026, 6, 1, tzinfo=MOSCOW).timestamp()
Deed = Callable[[SteppedBot], None]


class Story:
    """Two friends and two admins. The people's deeds are a list, so that a restart knows where the story stands."""

    begins = datetime(2026, 5, 31, 12, tzinfo=MOSCOW).timestamp()
    before = 0  # deeds that lead to the story, in which nothing crashes
    least_points, least_messages = 500, 20
    least_mishaps = 20  # of each kind that a full disk causes

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = Clock(self.begins)
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

    def outside(self) -> object:
        """Return a value that changes whenever persistent state other than files does."""
        return self.done, self.clock(), self.telegram.request_count, len(self.awg.calls)

    def go_on(self, bot: SteppedBot, until: int | None = None) -> None:
        """Play the rest of the story, or the first deeds of it."""
        bot.pump()
        deeds = self.deeds()
        while self.done < (len(deeds) if until is None else until):
            deed = deeds[self.done]
            self.done += 1
            deed(bot)
            bot.pump()

    def deeds(self) -> list[Deed]:
        raise NotImplementedError

    def check_end(self, end: dict[str, Any]) -> None:
        """Check that a story went as it was meant to go."""
        raise NotImplementedError

    def sends(self, who: int, text: str) -> Deed:
        def deed(bot: SteppedBot) -> None:
            with self.telegram.changed:
                people.send(self.telegram, who, text)

        return deed

    def answers(self, who: int) -> Deed:
        def deed(bot: SteppedBot) -> None:
            row = bot._eye.execute("SELECT captcha_answer FROM users WHERE id = ?", (who,)).fetchone()
            self.sends(who, row[0])(bot)

        return deed

    def taps(self, who: int, data: str) -> Deed:
        def deed(bot: SteppedBot) -> None:
            with self.telegram.changed:
                people.press(self.telegram, who, data=data, message_id=self.message_with(who, data), forge=True)

        return deed

    def message_with(self, who: int, data: str) -> int:
        """Return the id of the newest message with this button, or of the newest message if the tap is too late."""
        shown = [m for m in self.transcript(who) if m["outgoing"] and not m["deleted"]]
        fitting = [m for m in shown if data in str(m.get("reply_markup"))]
        return int((fitting or shown)[-1]["message_id"])

    def flows(self) -> Deed:
        """Return a step in which each live peer downloads for a minute."""

        def deed(bot: SteppedBot) -> None:
            for number, key in enumerate(sorted(self.awg.peers), 1):
                self.awg.move(key, 1000 * number, 100_000, int(self.clock()))
            bot.sample(60)

        return deed

    def restarts(self) -> Deed:
        def deed(bot: SteppedBot) -> None:
            self.awg.restart()
            bot.sample(60)

        return deed

    def passes(self, until: float) -> Deed:
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
            **self.more(db),
            "traffic": db.execute("SELECT sum(received), sum(sent) FROM stats").fetchone()[:],
            "audit": Counter(tuple(r) for r in db.execute("SELECT actor_id, action, subject FROM audit")),
            "messages": {who: Counter(self.shown(who, alerts)) for who in (ADMIN, SECOND, ANNA, VERA)},
        }

    def more(self, db: sqlite3.Connection) -> dict[str, Any]:
        """Return what else must be the same at the end of this story."""
        return {}

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
        assert count.messages > self.least_messages
        compare(self.end(folder), expected, count.twice)


class FirstMonth(Story):
    """From the first /start through a block to the turn of the month."""

    def deeds(self) -> list[Deed]:
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

    def check_end(self, end: dict[str, Any]) -> None:
        assert end["users"][-1][3] == "approved", "the story reaches its end"
        assert len(end["configs"]) == 2
        assert any("Results" in text for text in end["messages"][ADMIN])


class Trials(Story):
    """A friend and an admin try other ways; a complaint and a message are dealt with."""

    begins = datetime(2026, 5, 20, 12, tzinfo=MOSCOW).timestamp()
    before = 9
    least_points, least_messages = 200, 15
    least_mishaps = 5

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.awg.parameters["S3"] = "5"  # AmneziaWG 2.0, which knows all disguises

    def deeds(self) -> list[Deed]:
        return [
            self.sends(ADMIN, "/start"), self.sends(SECOND, "/start"), self.sends(ANNA, "/start"), self.answers(ANNA),
            self.taps(ADMIN, f"admit:{ANNA}"), self.taps(ANNA, "device:iphone"), self.taps(ADMIN, "add_person"),
            self.sends(ADMIN, "Grandma"), self.taps(ADMIN, f"issue_as:{GRANDMA}:windows"),
            # the first way fails, the second is not switched on in time, and then it gets through
            self.calls(1), self.taps(ANNA, "another_way:1:0"), self.taps(ANNA, "another_way:1:0"), self.calls(1),
            self.waits(WATCHED), self.taps(ANNA, "another_way:1:2"), self.waits(SILENCE),
            self.taps(ANNA, "watch_again:1:3"), self.calls(1, 90_000),
            # another trial is given up, and one is forgotten
            self.taps(ANNA, "another_way:1:0"), self.taps(ANNA, "stop_trying:1"), self.taps(ANNA, "stop_trying:1"),
            self.taps(ADMIN, "held_way:2:0"), self.waits(SILENCE), self.waits(DAY),
            self.taps(ANNA, "complain:1"), self.taps(SECOND, "ticket_reply:1"), self.sends(SECOND, "Wi-Fi"),
            self.taps(ADMIN, "ticket_done:1"), self.sends(ANNA, "Thanks"), self.taps(ANNA, "write_send:2"),
            self.taps(ANNA, "write_send:2"), self.taps(SECOND, "ticket_done:2"), self.waits(60),
        ]  # fmt: skip

    def calls(self, config_id: int, answered: int = 0) -> Deed:
        """Return a step in which a device's packets arrive; unless it is answered, there is no handshake."""

        def deed(bot: SteppedBot) -> None:
            (key,) = bot._eye.execute("SELECT public_key FROM configs WHERE id = ?", (config_id,)).fetchone()
            self.awg.move(key, 148 + answered // 10, answered, int(self.clock()) if answered else 0)
            bot.sample(10)

        return deed

    def waits(self, seconds: int) -> Deed:
        def deed(bot: SteppedBot) -> None:
            bot.sample(seconds + 10)

        return deed

    def more(self, db: sqlite3.Connection) -> dict[str, Any]:
        """Return the keys, which never change, and each change of a disguise in its order."""
        names: dict[tuple[int, str], str] = {}
        changes = db.execute("SELECT config_id, disguise FROM disguised ORDER BY rowid")
        return {
            "keys": [tuple(r) for r in db.execute("SELECT public_key, private_key, preshared_key FROM configs")],
            "changes": [(config_id, _label(names, config_id, drawn)) for config_id, drawn in changes],
            "trials": [tuple(r) for r in db.execute("SELECT config_id, tried FROM trials")],
            "known": [tuple(r) for r in db.execute("SELECT * FROM disguise_days ORDER BY 1, 2, 3")],
            "tickets": [
                tuple(r) for r in db.execute("SELECT id, user_id, kind, finding, text, closed_by, outcome FROM tickets")
            ],
        }

    def check_end(self, end: dict[str, Any]) -> None:
        changes = [(1, "quic 0"), (1, "quiet 1"), (1, "dns 2"), (1, "quiet 1"), (2, "quiet 3"), (2, "dns 4")]
        assert end["changes"] == changes, "the last of both is what they had before"
        assert end["known"] == [("2026-05-20", "", "quic", 0, 1), ("2026-05-20", "", "quiet", 1, 0)]
        assert [outcome for *_, outcome in end["tickets"]] == ["answer", "done"]
        assert end["trials"] == []


def _label(names: dict[tuple[int, str], str], config_id: int, drawn: str) -> str:
    """Name a config's disguise as drawn, without its random part: `dns 1` is not `dns 2`."""
    return names.setdefault((config_id, drawn), f"{json.loads(drawn)[0]} {len(names)}")


def compare(end: dict[str, Any], expected: dict[str, Any], twice: int) -> None:
    """Check that two outcomes are equal, except for the messages that may have been sent twice."""
    extra = 0
    for who, texts in expected["messages"].items():
        missing = texts - end["messages"][who]
        assert not missing, f"{who} misses {missing} and has {end['messages'][who] - texts}"
        extra += sum((end["messages"][who] - texts).values())
    assert extra <= twice, "more than what was cut off came twice"
    for name in expected.keys() - {"messages"}:
        assert end[name] == expected[name], name
