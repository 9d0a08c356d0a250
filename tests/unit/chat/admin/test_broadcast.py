"""An announcement: its audience and preview, sent once, tracked to its end, and stopped on demand."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import datetime

import pytest

from lib.chat.notify import broadcast_progress
from lib.chat.notify.broadcast_progress import SETTLING
from lib.demo.telegram.formatting import parse_html
from lib.store import counters
from lib.store.broadcasts import AUDIENCES, audience_of, get_broadcast
from lib.store.outbox import BROADCAST, enqueue
from lib.store.server import note_generation
from lib.store.users import get_user, set_reachable
from tests.unit.chat.complaints import complaints
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk, text_of
from tests.unit.chat.hostile import HOSTILE
from tests.unit.chat.screens import buttons

TEXT = "Tonight <b>no</b> VPN & no fun,\nsorry {name}"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    for who in (100, 101, 102):
        desk.is_let_in(who, language_code="ru" if who == 102 else "en")
    return desk


def draft(desk: Desk, audience: str = "all", text: str = TEXT) -> int:
    """Type an announcement as the first admin; return its number."""
    desk.taps(1, f"audience:{audience}")
    (preview,) = desk.says(1, text)
    return int(buttons(preview)[0][1].rpartition(":")[2])


def follow(desk: Desk) -> list[sqlite3.Row]:
    last = desk.db.execute("SELECT coalesce(max(id), 0) FROM outbox").fetchone()[0]
    enqueue(desk.db, broadcast_progress.follow(desk.db, desk.settings, desk.now), desk.now)
    return desk.db.execute("SELECT * FROM outbox WHERE id > ?", (last,)).fetchall()


def deliver(desk: Desk, who: int) -> None:
    """Deliver what waits for one chat."""
    others = desk.db.execute("SELECT * FROM outbox WHERE chat_id <> ?", (who,)).fetchall()
    desk.db.execute("DELETE FROM outbox WHERE chat_id <> ?", (who,))
    desk.deliver()
    marks = ",".join("?" * len(others[0])) if others else ""
    desk.db.executemany(f"INSERT INTO outbox VALUES ({marks})", [tuple(row) for row in others]) if others else None


def test_it_works(desk: Desk) -> None:
    (_, screen) = desk.taps(1, "broadcast")
    assert ("👥 Everyone in Telegram (4)", "audience:all") in buttons(screen)
    desk.taps(1, "audience:all")
    (preview,) = desk.says(1, TEXT)
    assert parse_html(text_of(preview))[0] == TEXT, "as typed"
    assert [text for text, _ in buttons(preview)] == ["✅ Send to 4", "✏️ Change the text", "✖️ Cancel"]
    (_, progress, *rows) = desk.taps(1, "broadcast_send:1")
    assert text_of(progress) == "📣 Sent 0 of 4…"
    assert [(row["chat_id"], row["priority"], row["subject"]) for row in rows] == [
        (who, BROADCAST, "broadcast:1") for who in (2, 100, 101, 102)
    ]
    assert {text_of(row) for row in rows} == {text_of(preview)}, "exactly as it looked"
    desk.deliver()
    (end,) = follow(desk)
    assert (end["chat_id"], end["subject"]) == (1, "progress:1")
    assert text_of(end) == "✅ The announcement is finished: sent 4 of 4."
    assert follow(desk) == []


def test_a_second_tap_on_send_sends_nothing(desk: Desk) -> None:
    number = draft(desk)
    desk.taps(1, f"broadcast_send:{number}")
    (refusal,) = desk.taps(1, f"broadcast_send:{number}")
    assert "already on its way" in text_of(refusal)
    assert desk.db.execute("SELECT count(*) FROM outbox WHERE subject = 'broadcast:1'").fetchone()[0] == 0


def test_each_audience_is_whom_it_names(desk: Desk) -> None:
    outdated = hold_config(desk.db, 100, desk.now)
    fresh = hold_config(desk.db, 101, desk.now)
    generation = note_generation(desk.db, "server key", {"Jc": "4"}, "vpn.example.org:1", desk.now)
    desk.db.execute("UPDATE configs SET generation = ? WHERE id = ?", (generation, fresh))
    for config, seen in ((outdated, desk.now - 8 * 86400), (fresh, desk.now - 86400)):
        counters.keep_readings(desk.db, [counters.Reading(config, 0, 0, seen)], "life")
    found = {audience: audience_of(desk.db, audience, 1, desk.now) for audience in AUDIENCES}
    assert {audience: people for audience, people in found.items() if people} == {
        "all": [2, 100, 101, 102], "week": [101], "never": [2, 102], "outdated": [100], "ru": [2, 102],
        "en": [100, 101],
    }  # fmt: skip


def test_people_who_blocked_the_bot_or_are_blocked_get_nothing(desk: Desk) -> None:
    set_reachable(desk.db, 100, False)
    desk.taps(1, "decide:101:approved:blocked")
    assert audience_of(desk.db, "all", 1, desk.now) == [2, 102]


def test_progress_is_shown_only_when_it_changes(desk: Desk) -> None:
    number = draft(desk)
    desk.taps(1, f"broadcast_send:{number}")
    deliver(desk, 1)
    follow(desk)
    deliver(desk, 1)
    assert follow(desk) == []
    deliver(desk, 100)
    desk.db.execute("DELETE FROM outbox WHERE chat_id = 101")  # as the sender does where somebody blocked the bot
    (edit,) = follow(desk)
    assert text_of(edit) == "📣 Sent 1 of 4, 1 not reached…"
    desk.deliver()
    (edit,) = follow(desk)
    assert text_of(edit) == "✅ The announcement is finished: sent 3 of 4, 1 not reached."


def test_a_stop_takes_back_what_was_not_sent(desk: Desk) -> None:
    number = draft(desk)
    desk.taps(1, f"broadcast_send:{number}")
    deliver(desk, 100)
    desk.deliver = lambda: None  # type: ignore[method-assign]
    (_, shown) = desk.taps(2, f"broadcast_stop:{number}")
    assert text_of(shown) == "⏹ Рассылка остановлена. Отправлено: 1 из 4."
    assert "broadcast_stop" not in shown["params"]
    assert desk.db.execute("SELECT count(*) FROM outbox WHERE subject = 'broadcast:1'").fetchone()[0] == 0
    follow(desk)
    assert get_broadcast(desk.db, number).finished_at is None, "what was just being sent may still arrive"
    desk.now += SETTLING
    follow(desk)
    assert get_broadcast(desk.db, number).finished_at == desk.now


def test_a_stop_after_the_last_message_says_that_all_were_sent(desk: Desk) -> None:
    number = draft(desk)
    desk.taps(1, f"broadcast_send:{number}")
    (toast, shown) = desk.taps(1, f"broadcast_stop:{number}")
    assert json.loads(toast["params"])["text"] == "It's all sent already"
    assert text_of(shown) == "✅ The announcement is finished: sent 4 of 4."
    assert "broadcast_stop" not in shown["params"]


def test_a_screen_that_replaced_the_progress_is_left_alone(desk: Desk) -> None:
    number = draft(desk)
    desk.taps(1, f"broadcast_send:{number}")
    deliver(desk, 1)
    shown = desk.db.execute("SELECT message_id FROM notices WHERE subject = 'progress:1'").fetchone()[0]
    desk.taps(1, "panel", {"message_id": shown, "date": desk.now, "text": "…"})
    assert follow(desk) == []


def test_changing_the_text_keeps_the_audience_and_one_draft(desk: Desk) -> None:
    number = draft(desk, "en", "First")
    desk.taps(1, f"broadcast_change:{number}")
    (preview,) = desk.says(1, "Second")
    assert text_of(preview) == "Second"
    assert buttons(preview)[0][0] == "✅ Send to 2"
    assert desk.db.execute("SELECT text, audience FROM broadcasts").fetchall()[0][:] == ("Second", "en")


def test_a_cancelled_draft_is_deleted(desk: Desk) -> None:
    number = draft(desk)
    desk.taps(1, f"broadcast_cancel:{number}")
    (refusal,) = desk.taps(1, f"broadcast_send:{number}")
    assert "no longer there" in text_of(refusal)


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_any_text_is_shown_as_it_is_or_refused(desk: Desk, text: str) -> None:
    desk.taps(1, "audience:all")
    rows = desk.says(1, text)
    assert [complaint for row in rows for complaint in complaints(row)] == []
    assert len(rows) == 1
    if get_user(desk.db, 1).awaiting is None:
        kept = desk.db.execute("SELECT text FROM broadcasts").fetchone()[0]
        assert parse_html(text_of(rows[0]))[0].strip() == kept.strip()


def test_a_picture_is_not_taken_for_a_text(desk: Desk) -> None:
    desk.taps(1, "audience:all")
    (refusal,) = desk.says(1, "")
    assert "without pictures" in text_of(refusal)
    assert get_user(desk.db, 1).awaiting == "broadcast_text:all"


def test_in_quiet_hours_it_makes_no_sound(desk: Desk) -> None:
    hour = datetime.fromtimestamp(desk.now, desk.settings.timezone).hour
    desk.settings = replace(desk.settings, quiet_hours=(hour, (hour + 1) % 24))
    number = draft(desk)
    (_, _, *rows) = desk.taps(1, f"broadcast_send:{number}")
    assert all(json.loads(row["params"])["disable_notification"] for row in rows)
