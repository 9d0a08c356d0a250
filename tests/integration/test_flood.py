"""Floods over real HTTP at Telegram's real limits: strangers cost little, and friends are served meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lib.chat.notify.decisions_shown import NOTICES_AT_ONCE
from tests.company import Company
from tests.integration.copies import each_message_once
from tests.reporting import Figures
from tests.stand import words

MESSAGES = 1000  # of one stranger
CROWD = 500  # strangers at once
SOON = 10.0  # seconds: normally it takes one, this allows for a busy machine; queued behind 500 others it takes 17
PATIENCE = 240.0


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with Company(tmp_path, limits=True, LOG_LEVEL="INFO") as company, each_message_once(company, PATIENCE):
        company.let_in(company.friend)
        yield company


def slowest_answer_while(company: Company, flood: Callable[[], None]) -> float:
    """Run a flood while a friend keeps asking for help; return the seconds of the slowest answer."""
    thread = threading.Thread(target=flood, daemon=True)
    thread.start()
    seconds = [answer(company)]
    while thread.is_alive() or company.rows("SELECT 1 FROM outbox WHERE chat_id <> ?", company.friend.id):
        time.sleep(1.5)  # a chat bears one message a second
        seconds.append(answer(company))
    return max(seconds)


def answer(company: Company) -> float:
    last, begun = company.friend.last(), time.monotonic()
    company.friend.send("/help")
    company.friend.wait_for("One config, one device", after=last, timeout=PATIENCE)
    return time.monotonic() - begun


def test_a_stranger_who_writes_a_thousand_messages(company: Company, figures: Figures) -> None:
    stranger = company.stand.user(777, "Flood", "en")

    def flood() -> None:
        for number in range(MESSAGES):
            stranger.send("/start" if number % 3 else f"hello {number}")

    slowest = slowest_answer_while(company, flood)
    company.stand.settle(PATIENCE)
    replies = len([message for message in stranger.transcript() if message["outgoing"]])
    figures.say(f"{MESSAGES} messages of a stranger: {replies} replies, a friend's slowest answer {slowest:.2f} s")
    assert slowest < SOON
    assert replies < MESSAGES / 5
    assert company.rows("SELECT count(*) FROM users WHERE state = 'captcha'") == [(1,)]


@pytest.mark.slow(70)
def test_five_hundred_strangers_at_once(company: Company, figures: Figures) -> None:
    crowd = [company.stand.user(10_000 + number, f"Stranger {number}", "en") for number in range(CROWD)]
    last = company.admin.last()

    def flood() -> None:
        for stranger in crowd:
            stranger.send("/start")
        company.stand.settle(PATIENCE)
        for stranger in crowd:
            stranger.send(company.captcha_answer(stranger))

    slowest = slowest_answer_while(company, flood)
    company.stand.settle(PATIENCE)
    company.wait(lambda: company.rows("SELECT count(*) FROM users WHERE state = 'pending'") == [(CROWD,)], PATIENCE)
    company.wait(company.is_quiet, PATIENCE, "the last message")
    notices = [words(m) for m in company.admin.messages() if m["message_id"] > last["message_id"]]
    figures.say(f"{CROWD} strangers: {len(notices)} notices, a friend's slowest answer {slowest:.2f} s")
    assert slowest < SOON
    assert len(notices) == NOTICES_AT_ONCE + 1
    assert str(CROWD) in notices[-1]
    assert all(any("Correct!" in words(m) for m in stranger.messages()) for stranger in crowd)
