"""The kill storm: the bot is killed at random instants while fifty friends talk to it, and nothing is lost.

With their configs, a third of them try another way and stop, a third report that it does not work, and a third get a
speed limit. Now and then
the disk fills up, and some of the kills and of the starts happen while it is full. STORM_KILLS sets how many kills
(200), STORM_SEED the order of chance.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.company import Company, buttons_data
from tests.integration.copies import Death, check_copies, open_account, waiting
from tests.integration.small_disk import SmallDisk
from tests.reporting import Figures
from tests.stand import Json, Person, words

KILLS = int(os.environ.get("STORM_KILLS", "200"))
FRIENDS = 50
FILLED = 0.25  # of the kills come after the disk has filled up
UNDER_WAY = 0.15  # seconds without a call after which Telegram has received everything that a killed process sent
LOOK = 0.3  # seconds between looks at everybody's screen; Telegram runs in this process too
IDLE = 0.5  # seconds without anything to decide after which the admin looks at who waits
WAITING = """SELECT 1 FROM users WHERE state = 'pending'
             UNION ALL SELECT 1 FROM config_requests WHERE state = 'pending'"""
UNFINISHED = """SELECT count(*) FROM trials UNION ALL SELECT count(*) FROM tickets WHERE closed_at IS NULL"""
PATIENCE = 20.0  # seconds after which a friend who sees no progress sends /start again


class Crowd:
    """Fifty friends and an impatient admin who taps everything twice; each does what their screen offers."""

    def __init__(self, company: Company, chance: random.Random) -> None:
        self.company, self.chance = company, chance
        self.friends = [company.stand.user(1000 + number, f"Friend {number}", "en") for number in range(FRIENDS)]
        self.trying, self.complaining, self.limited = (self.friends[nth::3] for nth in range(3))
        self.moved: dict[int, float] = {}  # friend -> when they last did something
        self.answered: set[tuple[int, str]] = set()
        self.pressed: set[tuple[int, str]] = set()
        self.page = 0  # the admin's message on which speeds are set
        self.asked_at = 0.0  # when the admin last looked for what waits

    def happy(self) -> bool:
        """Return True if everyone has a config, and all trials and complaints have been dealt with."""
        wanted = {(friend.id, verb) for friend in self.trying for verb in ("another_way", "stop_trying")}
        wanted |= {(friend.id, "complain") for friend in self.complaining}
        wanted |= {(friend.id, "speed") for friend in self.limited}
        settled = wanted <= self.pressed and not self.company.stand.pending()
        return settled and self.company.rows(UNFINISHED) == [(0,), (0,)] and self.served() == FRIENDS

    def act(self) -> None:
        """Let everyone look at their screen once and react."""
        self.decide(self.company.admin)
        for friend in self.chance.sample(self.friends, FRIENDS):
            self.look(friend)

    def served(self) -> int:
        """Return how many friends have a config."""
        return sum(any("document" in message for message in friend.messages()) for friend in self.friends)

    def decide(self, admin: Person) -> None:
        """Approve and close everything on the screen, twice; if there is nothing, look for what waits in the list."""
        messages = admin.messages()
        offers = [(message, data) for message in messages for data in buttons_data(message)]
        fresh = [
            (message, data)
            for message, data in offers
            if data.startswith("ticket_done:")
            or (data.startswith(("decide", "judge")) and data.removesuffix(":list").endswith(":approved"))
            if (message["message_id"], data) not in self.pressed
        ]
        for message, data in fresh:
            self.pressed.add((message["message_id"], data))
            for _ in range(2):
                admin.press(data=data, message=message, forge=True)
        listed = [offer for offer in offers if offer[1].startswith(("asker:", "request:"))]
        ways = listed[:1] or [offer for offer in offers if offer[1] == "requests:0"][-1:]
        if ways and not fresh and self.company.rows(WAITING) and time.monotonic() - self.asked_at > IDLE:
            self.asked_at = time.monotonic()
            admin.press(data=ways[0][1], message=ways[0][0], forge=True)

    def look(self, friend: Person) -> None:
        """React to what is on a friend's screen, unless they have finished."""
        if {(friend.id, verb) for verb in ("stop_trying", "complain", "speed")} & self.pressed:
            return
        messages = friend.messages()
        if any("document" in message for message in messages):
            self.use(friend, messages)
            self.limit(friend)
            return
        act = self.next_act(friend, messages)
        patient = time.monotonic() - self.moved.get(friend.id, -PATIENCE) < PATIENCE
        if act is None and not patient:
            act = "/start"
        if act is not None:
            self.moved[friend.id] = time.monotonic()
            if act.startswith("device"):
                friend.press(data=act, message=messages[-1], forge=True)
            else:
                friend.send(act)

    def use(self, friend: Person, messages: list[Json]) -> None:
        """Let a friend with a config try another way and stop, or complain."""
        file = next(message for message in messages if "document" in message)
        config_id = next(data for data in buttons_data(file) if data.startswith("trouble:")).partition(":")[2]
        stop = f"stop_trying:{config_id}"
        if friend in self.complaining:
            self.tap(friend, f"complain:{config_id}", file, times=2)
        elif friend in self.trying:
            self.tap(friend, f"another_way:{config_id}:0", file)
            for message in messages:
                if stop in buttons_data(message):
                    self.tap(friend, stop, message, times=2)

    def limit(self, friend: Person) -> None:
        """Let the admin set a friend's speed, with two taps."""
        admin = self.company.admin
        if friend in self.limited and (friend.id, "speed") not in self.pressed:
            self.pressed.add((friend.id, "speed"))
            cards = (message["message_id"] for message in admin.messages() if "Approved by" in words(message))
            self.page = self.page or next(cards)  # always the same one: what waits stays in sight
            for _ in range(2):
                admin.press(data=f"person_speed:{friend.id}:5", message=self.page, forge=True)

    def tap(self, friend: Person, data: str, message: Json, times: int = 1) -> None:
        """Tap a button so many times; later looks at the same screen don't."""
        if (friend.id, verb := data.partition(":")[0]) not in self.pressed:
            self.pressed.add((friend.id, verb))
            for _ in range(times):
                friend.press(data=data, message=message, forge=True)

    def next_act(self, friend: Person, messages: list[Json]) -> str | None:
        """Return what the screen asks for, or None to wait."""
        last = words(messages[-1]) if messages else ""
        if "private VPN" in last or "picture" in last:
            return self.answer(friend)
        if ("You're in" in last or "Configs: 0" in last) and (friend.id, "device") not in self.pressed:
            self.pressed.add((friend.id, "device"))
            return "device:iphone"
        return None

    def answer(self, friend: Person) -> str | None:
        answer = self.company.captcha_state(friend)[0]
        if answer is None or (friend.id, answer) in self.answered:
            return None
        self.answered.add((friend.id, answer))
        return answer


class Storm:
    """Kills the bot and fills its disk at random, and keeps what each killed process left behind."""

    def __init__(self, company: Company, disk: SmallDisk, chance: random.Random) -> None:
        self.company, self.disk, self.chance = company, disk, chance
        self.did: Counter[str] = Counter()
        self.deaths: list[Death] = []

    def strike(self) -> None:
        """Run the bot for a moment, kill it, and start it again; before some of the kills its disk fills up."""
        self._pause()
        full = self.chance.random() < FILLED
        if full:
            self._fill()
        self.company.stop(signal.SIGKILL)
        self.did["kills on a full disk" if full else "kills"] += 1
        self.deaths.append(Death(waiting(self.company.database), self._last_call()))
        if full and self.chance.random() < 0.5:
            self.disk.free()
            full = False
        if full:
            self._start_on_a_full_disk()
        else:
            self.company.start()

    def _last_call(self) -> int:
        """Wait until Telegram receives no more calls; return the number of the last one."""
        assert self.company.stand.server
        telegram, noted = self.company.stand.server.state, -1
        while noted != telegram.request_count:
            noted = telegram.request_count
            time.sleep(UNDER_WAY)
        return noted

    def _pause(self) -> None:
        time.sleep(self.chance.uniform(0.0, 1.0) ** 2)

    def _fill(self) -> None:
        self.disk.fill()
        self.did["fillings"] += 1
        self._pause()

    def _start_on_a_full_disk(self) -> None:
        """Restart the bot as systemd does until there is room; its own files may free enough."""
        code = self.company.try_to_start()
        self._pause()
        self.disk.free()
        if code is not None:
            assert code == 1
            self.did["starts that failed"] += 1
            self.company.start()


@pytest.fixture
def company(tmp_path: Path, disk: SmallDisk) -> Iterator[Company]:
    company = Company(tmp_path, LOG_LEVEL="INFO", DATABASE=str(disk.folder / "bot_data.db"))
    company.database = disk.folder / "bot_data.db"
    with company:
        yield company


@pytest.mark.slow(300)
def test_nothing_is_lost_in_a_storm_of_kills(company: Company, disk: SmallDisk, figures: Figures) -> None:
    chance = random.Random(os.environ.get("STORM_SEED", "1"))
    company.wait(company.is_quiet)
    open_account(company.database)
    begun = company.stand.requests()[-1]["id"]
    crowd, storm = Crowd(company, chance), Storm(company, disk, chance)
    calm = threading.Event()
    talk = threading.Thread(target=keep_talking, args=(crowd, calm), daemon=True)
    talk.start()
    for _ in range(KILLS):
        storm.strike()
    company.wait(crowd.happy, timeout=600, what="a config for everybody, and an answer")
    calm.set()
    talk.join()
    company.stand.settle(60)
    company.wait(lambda: not company.rows("SELECT 1 FROM configs WHERE connected_at IS NULL"), what="all devices")
    company.wait(company.is_quiet, timeout=600, what="the last message")
    company.wait(lambda: len(company.interface.peers()) == FRIENDS)
    count = check_copies(company.database, company.stand.requests(since=begun), storm.deaths)
    duplicates = check_invariants(company.database, company.interface.peers(), transcripts(crowd))
    assert duplicates <= count.twice <= KILLS
    check_trials(company, crowd)
    check_complaints(company, crowd)
    check_speeds(company, crowd)
    log = company.log.read_text()
    failures = log.count("can't use the database") + log.count("can't be recorded")
    figures.say(", ".join(f"{number} {what}" for what, number in storm.did.items()))
    figures.say(f"{failures} failures of the database survived, {FRIENDS} friends served")
    figures.say(f"{count.messages} messages counted, {count.twice} came twice, all of them cut off by a kill")
    assert storm.did["fillings"] >= KILLS / 10
    assert failures > 0


def keep_talking(crowd: Crowd, calm: threading.Event) -> None:
    while not calm.wait(LOOK):
        with suppress(sqlite3.OperationalError):  # the database can't be read where its disk is full
            crowd.act()


def transcripts(crowd: Crowd) -> dict[int, list[Json]]:
    return {friend.id: friend.transcript() for friend in crowd.friends}


def check_invariants(database: Path, peers: dict[str, str], chats: dict[int, list[Json]]) -> int:
    """Check the database, the interface and the transcripts; return how many messages were sent twice."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        configs = db.execute("SELECT user_id, request_id, address, public_key, live_since FROM configs").fetchall()
        requests = dict(db.execute("SELECT id, state FROM config_requests").fetchall())
        states = dict(db.execute("SELECT id, state FROM users").fetchall())
    assert Counter(row[0] for row in configs) == dict.fromkeys(chats, 1), "exactly one config each"
    assert len({row[2] for row in configs}) == len(configs), "no address twice"
    assert {requests[row[1]] for row in configs} == {"issued"}
    assert {key: addresses.split("/")[0] for key, addresses in peers.items()} == {row[3]: row[2] for row in configs}
    assert all(states[who] == "approved" for who in chats)
    return sum(check_chat(messages) for messages in chats.values())


def check_trials(company: Company, crowd: Crowd) -> None:
    """Check that each trial began and ended once, with the same keys; one given up gave the first file back."""
    query = "SELECT user_id, id, private_key, disguise FROM configs"
    held = {who: row for who, *row in company.rows(query)}
    changes = company.rows("SELECT config_id, disguise FROM disguised ORDER BY rowid")
    assert {config_id for config_id, _ in changes} == {held[friend.id][0] for friend in crowd.trying}
    begun = [who for (who,) in company.rows("SELECT actor_id FROM audit WHERE action = 'another_way'")]
    assert sorted(begun) == [friend.id for friend in crowd.trying]
    kept = [subject for (subject,) in company.rows("SELECT subject FROM audit WHERE action = 'way_found'")]
    assert len(kept) == len({*kept})
    for friend in crowd.trying:
        config_id, private_key, disguise = held[friend.id]
        drawn = [one for of, one in changes if of == config_id]
        assert len(drawn) == (1 if f"config:{config_id}" in kept else 2)
        assert drawn[-1] == disguise
        files = [friend.download(one).decode() for one in friend.messages() if "document" in one]
        first, other, *_ = dict.fromkeys(files)  # a message interrupted by a kill came twice
        assert all(f"PrivateKey = {private_key}\n" in conf for conf in (first, other))
        for conf, one in zip((other, first), drawn, strict=False):
            assert f"I1 = {json.loads(one)[1]['I1']}\n" in conf


def check_complaints(company: Company, crowd: Crowd) -> None:
    """Check that each complaint arrived and was closed once."""
    expected = [(friend.id,) for friend in crowd.complaining]
    for query in ("SELECT user_id FROM tickets WHERE kind = 'complaint' AND closed_at IS NOT NULL",
                  "SELECT actor_id FROM audit WHERE action = 'complain'",
                  "SELECT CAST(substr(subject, 6) AS INTEGER) FROM audit WHERE action = 'close'"):  # fmt: skip
        assert sorted(company.rows(query)) == expected, query


def check_speeds(company: Company, crowd: Crowd) -> None:
    """Check that each speed was set and told once, and that the fence holds just these."""
    ids = [friend.id for friend in crowd.limited]
    assert company.rows("SELECT id, speed_kbit FROM users WHERE speed_kbit IS NOT NULL") == [(id_, 5000) for id_ in ids]
    set_for = company.rows("SELECT CAST(substr(subject, 6) AS INTEGER) FROM audit WHERE action = 'speed'")
    assert sorted(set_for) == [(id_,) for id_ in ids]
    table = company.interface.run("nft", "-s", "list", "table", "inet", "andreyvpn_fence_awg0")
    held = company.rows("SELECT user_id, address FROM configs")
    assert {*re.findall(r"(10[.][0-9.]+) : 7fff:", table)} == {address for who, address in held if who in ids}
    assert company.rows("SELECT 1 FROM telegram_only") == []


def check_chat(messages: list[Json]) -> int:
    """Check that a friend got every message in order; return how many came twice."""
    got = [kind_of(message) for message in messages if message["outgoing"]]
    for kind in ("passed", "let in", "file"):
        assert kind in got, f"{kind} is missing in {got}"
    order = [got.index(kind) for kind in ("passed", "let in", "file")]
    assert order == sorted(order), got
    return sum(count - 1 for kind, count in Counter(got).items() if kind in ("passed", "let in", "file"))


def kind_of(message: dict[str, Any]) -> str:
    text = "\n".join([words(message), *(str(old) for old in message["history"])])
    marks = {"Correct!": "passed", "You're in": "let in", "This file is your personal key": "file"}
    return next((kind for mark, kind in marks.items() if mark in text), "other")
