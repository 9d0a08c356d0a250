"""Measure the way to Telegram: a broadcast to 1,000 chats while a friend taps, and 1,000 updates after an outage.

Run: .venv/bin/python tests/bench/bench_telegram.py [--json FILE]. The bot is the unchanged program; the local Telegram
enforces Telegram's limits (30 messages a second in all, one a second in a chat with small bursts, 429 beyond that), and
each of its answers takes 100 ms longer, as over a network.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.figures import Figure, command, figure
from tests.company import Company
from tests.integration.crowd import crowd, write_broadcast
from tests.stand import Json, Person

CHATS, BACKLOG, FRIENDS = 1_000, 1_000, 200
PACE = 30  # messages a second that Telegram bears
LATENCY = 0.1  # seconds of network for each call
PROMPT = 0.25  # seconds until a tap is answered, without the network
PATIENCE = 300.0
TEXT = "Tonight the server moves"


@contextmanager
def company_far_away() -> Iterator[Company]:
    """Start a bot with a slow way to Telegram, and let a friend in."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Company(Path(folder), limits=True, LOG_LEVEL="INFO", SAMPLE_SECONDS="60") as company,
    ):
        company.let_in(company.friend)
        yield company


def go_away(company: Company) -> None:
    """Delay each call except the long poll; only the calls from here on are measured."""
    for method in ("sendMessage", "editMessageText", "answerCallbackQuery"):
        company.stand.fault("slow", method=method, count=None, seconds=LATENCY)


def calls_of(company: Company, since: int) -> list[Json]:
    """Return the bot's calls, without polls."""
    return [call for call in company.stand.requests(since=since) if call["method"] != "getUpdates"]


def broadcast() -> tuple[float, float, list[float], int]:
    """Tell 1,000 chats, while a friend taps.

    Return how many seconds it takes, how many all the messages and edits would take at Telegram's pace, how many
    milliseconds each tap waits for its answer, and the number of 429 answers.
    """
    with company_far_away() as company:
        crowd(company, CHATS)
        menu, answers = company.friend.last(), {}
        write_broadcast(company, TEXT)
        time.sleep(3)  # until the bursts that Telegram allows are full again
        go_away(company)
        seen = company.stand.requests()[-1]["id"]
        company.admin.press("Send to")
        while company.rows("SELECT 1 FROM outbox WHERE subject = 'broadcast:1' LIMIT 1") or not answers:
            answers[company.friend.press(data="menu", message=menu, forge=True)] = time.time()
            time.sleep(1.1)
        calls = calls_of(company, seen)
    told = [call["time"] for call in calls if call["params"].get("text") == TEXT]
    done = {c["params"]["callback_query_id"]: c["time"] for c in calls if c["method"] == "answerCallbackQuery"}
    waits = [1000 * (done[query] - begun) for query, begun in answers.items() if query in done]
    assert len(told) == CHATS + 2, f"{len(told)} instead of the crowd, the friend and the second admin"
    paced = [c for c in calls if c["method"] != "answerCallbackQuery" and min(told) <= c["time"] <= max(told)]
    return max(told) - min(told), len(paced) / PACE, waits, sum(call["status"] == 429 for call in calls)


def show_menus(company: Company, friends: list[Person]) -> dict[int, Json]:
    """Give each friend a message with buttons; return the messages by the friends' ids."""
    for friend in friends:
        friend.send("/start")
    company.stand.settle(PATIENCE)
    company.wait(lambda: not company.rows("SELECT 1 FROM outbox LIMIT 1"), PATIENCE, "the menus")
    return {friend.id: friend.last() for friend in friends}


def backlog() -> tuple[float, int, float]:
    """Start a bot for which 1,000 updates wait, the newest of which are taps.

    Return the seconds until all are answered, how many were not handled exactly once, and the percentage of all calls
    that were made by the time the last tap was answered.
    """
    with company_far_away() as company:
        friends = crowd(company, FRIENDS)
        menus = show_menus(company, friends)
        company.stop()
        for _ in range(BACKLOG // FRIENDS - 1):
            for friend in friends:
                friend.send("/help")
        taps = [friend.press(data="menu", message=menus[friend.id], forge=True) for friend in friends]
        go_away(company)
        seen = company.stand.requests()[-1]["id"]
        begun = time.monotonic()
        company.start()
        company.stand.settle(PATIENCE)
        company.wait(lambda: not company.rows("SELECT 1 FROM outbox LIMIT 1"), PATIENCE, "the last answer")
        taken = time.monotonic() - begun
        calls = calls_of(company, seen)
    answered = Counter(c["params"]["callback_query_id"] for c in calls if c["method"] == "answerCallbackQuery")
    told = Counter(str(c["params"]["chat_id"]) for c in calls if c["method"] == "sendMessage" and c["status"] == 200)
    wrong = sum(answered[tap] != 1 for tap in taps) + sum(told[str(f.id)] != BACKLOG // FRIENDS - 1 for f in friends)
    last = max(at for at, call in enumerate(calls) if call["method"] == "answerCallbackQuery")
    return taken, wrong, 100 * last / len(calls)


def figures(runs: int) -> list[Figure]:
    told = [broadcast() for _ in range(runs)]
    taken, legal, taps, refused = zip(*told, strict=True)
    waits = [wait for times in taps for wait in times]
    drained = [backlog() for _ in range(runs)]
    prompt = ("250 ms + latency", [1000 * (PROMPT + LATENCY)], 1)
    return [
        figure("1,000 chats told", "s", taken, "at 30 calls a second", legal, 1 / 0.95),
        figure("refusals meanwhile (429)", "", refused, "none", [0], 1),
        figure("a tap answered meanwhile, median", "ms", [statistics.median(waits)], *prompt),
        figure("a tap answered meanwhile, p99", "ms", [statistics.quantiles(waits, n=100)[-1]], *prompt),
        figure("1,000 updates answered", "s", [taken for taken, _, _ in drained], "30 a second", [BACKLOG / PACE], 1.3),
        figure("of them not handled just once", "", [wrong for _, wrong, _ in drained], "none", [0], 1),
        figure("calls until the last of 200 taps", "%", [share for _, _, share in drained], "all calls", [100], 0.5),
    ]


if __name__ == "__main__":
    command(__doc__, figures, 1)
