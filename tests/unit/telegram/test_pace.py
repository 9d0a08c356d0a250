"""The pace never breaks Telegram's limits, and waits exactly as long as told."""

from __future__ import annotations

import pytest

from lib.telegram.pace import CHAT_BURST, PER_SECOND, Pace


def drain(pace: Pace, chats: list[int], seconds: float) -> list[tuple[float, int]]:
    """Send as fast as the pace allows to whichever chat may go; return (time, chat) of each."""
    now, sent = 0.0, []
    while now < seconds:
        ready = [chat for chat in chats if pace.wait(chat, now) <= 0]
        if ready:
            pace.take(ready[0], now)
            sent.append((now, ready[0]))
        else:
            now += 0.001
    return sent


def test_it_works() -> None:
    pace = Pace()
    assert pace.wait(1, 0.0) == 0
    pace.take(1, 0.0)
    assert 0 < pace.wait(2, 0.0) <= 1 / PER_SECOND


def test_one_chat_gets_a_short_burst_and_then_one_a_second() -> None:
    sent = drain(Pace(), [1], 20)
    assert CHAT_BURST + 18 <= len(sent) <= CHAT_BURST + 20


@pytest.mark.slow(3)
def test_no_second_sees_more_than_thirty() -> None:
    times = [at for at, _ in drain(Pace(), list(range(500)), 10)]
    assert max(sum(start <= at < start + 1 for at in times) for start in times) <= 30
    assert len(times) >= 0.95 * 30 * 10


def test_a_held_chat_waits_and_the_others_do_not() -> None:
    pace = Pace()
    pace.hold_chat(1, 17, 0.0)
    assert pace.wait(1, 0.0) == 17
    assert pace.wait(2, 0.0) == 0


def test_two_held_chats_mean_everybody() -> None:
    pace = Pace()
    pace.hold_chat(1, 17, 0.0)
    pace.hold_chat(2, 18, 1.0)
    assert pace.wait(3, 1.0) == 18
    assert pace.wait_for_answers(1.0) == 18


def test_old_chats_are_forgotten() -> None:
    pace = Pace()
    for chat in range(5000):
        pace.take(chat, chat / 10)
    assert len(pace._chats) < 2000


def test_no_chat_may_go_before_all_may() -> None:
    pace = Pace()
    pace.take(1, 0.0)
    assert 0 < pace.wait_any(0.0) == pace.wait(2, 0.0)
    pace.hold_all(5.0, 0.0)
    assert pace.wait_any(0.0) == 5.0
    assert pace.wait_any(6.0) == 0.0
