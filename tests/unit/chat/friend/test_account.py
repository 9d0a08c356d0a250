"""A person who deletes their account is named nowhere any more; their peers go, their traffic stays in the sums."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import pytest

from lib.chat.friend.account import forget_person
from lib.chat.notify.month_report import month_report
from lib.errors import Refused
from lib.settings import Settings
from lib.store import audit
from lib.store.config_requests import get_request, open_request
from lib.store.configs import configs_of
from lib.store.database import transaction
from lib.store.outbox import enqueue
from lib.store.traffic import Usage, month_of_users, month_total
from lib.store.users import find_user, get_user, set_helper
from tests.unit.chat.complaints import complaints
from tests.unit.chat.desk import Desk, data_of, text_of
from tests.unit.stage import Stage, make_stage

WHO, NAMES = 7_654_321, {"first_name": "Zinaida", "last_name": "Quux", "username": "zina_quux"}


@pytest.fixture
def stage(desk: Desk, settings: Settings) -> Stage:
    """A friend with a long past: two configs, one deleted, an open request, complaints, reminders, an invitation."""
    stage = make_stage(desk, settings)
    desk.is_let_in(WHO, **NAMES)
    for number, device in enumerate(("iphone", "windows"), 1):
        desk.taps(WHO, f"device:{device}", **NAMES)
        desk.taps(1, f"judge:{number}:approved")
        stage.round(60)
    for number, key in enumerate(list(stage.awg.peers), 1):
        stage.awg.move(key, 1000 * number, 5000 * number)
    stage.round(60)
    desk.taps(WHO, "rename:2", **NAMES)
    desk.says(WHO, "Zinaida's notebook", **NAMES)
    desk.taps(WHO, "delete:1", **NAMES)
    desk.db.execute("UPDATE configs SET expires_at = ? WHERE id = 2", (desk.now + 30 * 86400,))
    for verb in ("extend:2", "complain:2", "device:android"):
        desk.taps(WHO, verb, **NAMES)
    audit.note(desk.db, desk.now, 1, "invite", "invitation:1", f"user:{WHO}, once")
    desk.db.execute("INSERT INTO networks VALUES (2, '203.0.113.0/24', NULL, 1, '2026-05-28', 0)")
    desk.db.execute(
        "INSERT INTO invitations VALUES (1, 'digest', NULL, 'Zinaida from work', 0, 1, ?, 2, 2, ?, NULL, NULL)",
        (WHO, WHO),
    )
    desk.db.execute(
        "INSERT INTO broadcasts (text, audience, created_at, created_by) VALUES ('Hello', 'all', 1, ?)", (WHO,)
    )
    desk.db.execute("UPDATE users SET decided_by = ? WHERE id = 2", (WHO,))
    desk.db.execute("INSERT INTO notices VALUES ('broadcast:1', ?, 5)", (WHO,))
    stage.round(60)
    return stage


def leave(stage: Stage) -> list[sqlite3.Row]:
    return stage.desk.taps(WHO, "goodbye", **NAMES)


def everything(db: sqlite3.Connection) -> str:
    """Return every row of every table as text."""
    names = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    rows = [(name, *row) for name in names for row in db.execute(f"SELECT * FROM {name}")]
    return "\n".join(map(str, rows))


def test_it_works(stage: Stage) -> None:
    rows = leave(stage)
    assert find_user(stage.desk.db, WHO) is None
    assert [what for row in rows for what in complaints(row)] == []
    own = [(row["method"], text_of(row)) for row in rows if row["chat_id"] == WHO]
    assert [method for method, _ in own] == ["answerCallbackQuery", "deleteMessage", "sendMessage"]
    assert "Your account is deleted" in own[-1][1]
    assert "We haven't met yet" in text_of(stage.desk.says(WHO, "/help", **NAMES)[0])
    assert [row["method"] for row in stage.desk.says(WHO, "/start", **NAMES)] == ["deleteMessage", "sendPhoto"]


def test_the_database_no_longer_names_a_person_who_left(stage: Stage) -> None:
    before = everything(stage.desk.db)
    words = (str(WHO), "Zinaida", "Quux", "zina_quux", "notebook", "203.0.113")
    assert all(word in before for word in words), "else this test could not fail"
    leave(stage)
    stage.round(60)
    stage.desk.deliver()
    after = everything(stage.desk.db)
    assert [word for word in words if word in after] == []


def test_queued_messages_about_a_person_who_leaves_are_not_sent(stage: Stage) -> None:
    stage.desk.now += 86400
    stage.desk.taps(WHO, "extend:2", **NAMES)
    with transaction(stage.desk.db):
        messages = forget_person(stage.desk.db, stage.desk.settings, WHO, stage.desk.now, 1)
    assert "Zinaida" not in everything(stage.desk.db)
    assert not any("Zinaida" in str(message.params) for message in messages), "an admin is not told of what they did"


def test_their_peers_go_with_the_next_sync_and_no_byte_is_lost(stage: Stage) -> None:
    db = stage.desk.db
    (key,) = (config.public_key for config in configs_of(db, WHO))
    stage.awg.move(key, 7, 70)
    leave(stage)
    stage.round(60)
    assert stage.awg.peers == {}
    assert month_total(db, "2026-05") == Usage(3007, 15070)
    assert month_of_users(db, "2026-05") == [(None, "", Usage(3007, 15070))]
    assert db.execute("SELECT count(*) FROM configs WHERE user_id IS NOT NULL OR name <> ''").fetchone()[0] == 0
    assert stage.round(60) == []


def test_the_months_table_shows_people_who_left_in_one_line(stage: Stage) -> None:
    other = stage.give_config(101)
    stage.awg.move(other, 1, 2)
    leave(stage)
    stage.round(60)
    report = month_report(stage.desk.db, "en", "2026-05")
    lines = [line.split() for line in report.split("<pre>")[1].split("</pre>")[0].splitlines()]
    assert lines[1:] == [
        ["Person", "101", "2", "B", "1", "B"],
        ["(left)", "15.0", "KB", "3.00", "KB"],
        ["Total", "15.0", "KB", "3.00", "KB"],
    ]
    assert "(ушедшие)" in month_report(stage.desk.db, "ru", "2026-05")


def test_the_admins_notices_lose_their_buttons_and_say_what_happened(stage: Stage) -> None:
    rows = [row for row in leave(stage) if row["chat_id"] == 1]
    edits = [json.loads(row["params"]) for row in rows if row["method"] == "editMessageText"]
    assert [edit["text"] for edit in edits] == ["🗑 This account has been deleted."] * 4
    assert all("reply_markup" not in edit and edit["message_id"] for edit in edits)
    assert [text_of(row) for row in rows if row["method"] == "sendMessage"] == [
        "🗑 Zinaida Quux (@zina_quux) deleted their account. Configs switched off: 1."
    ]


def test_their_request_can_no_longer_be_approved(stage: Stage) -> None:
    leave(stage)
    (alert,) = stage.desk.taps(1, "judge:3:approved")
    assert "no longer there" in json.loads(alert["params"])["text"]
    (alert,) = stage.desk.taps(1, f"decide:{WHO}:approved:blocked")
    assert "no longer there" in json.loads(alert["params"])["text"]


def test_somebody_who_leaves_between_approval_and_issue_gets_nothing(stage: Stage) -> None:
    stage.desk.taps(1, "judge:3:approved")
    leave(stage)
    stage.round(60)
    assert stage.awg.peers == {}


def test_the_page_says_beforehand_what_will_be_deleted(stage: Stage) -> None:
    desk = stage.desk
    assert "account" in data_of(desk.says(WHO, "/help", **NAMES)[0])
    page = desk.taps(WHO, "account", **NAMES)[-1]
    assert "Username: @zina_quux\nHere since: 28 May 2026\nConfigs: 1" in text_of(page)
    assert data_of(page) == ["confirm_goodbye", "help"]
    asked = desk.taps(WHO, "confirm_goodbye", **NAMES)[-1]
    assert "all your configs (1) are deleted" in text_of(asked)
    assert "“Android” is cancelled" in text_of(asked)
    assert data_of(asked) == ["goodbye", "account"]
    assert find_user(desk.db, WHO)


def test_a_second_tap_on_goodbye_finds_a_stranger(stage: Stage) -> None:
    leave(stage)
    (alert,) = leave(stage)
    assert "Send /start" in json.loads(alert["params"])["text"]


@pytest.mark.parametrize("state", ["blocked", "rejected", "pending"])
def test_people_outside_cannot_leave_to_be_let_in_again(desk: Desk, state: str) -> None:
    desk.passes_captcha(100)
    if state != "pending":
        desk.taps(1, f"decide:100:pending:{state}")
    desk.taps(100, "goodbye")
    assert get_user(desk.db, 100).state == state


def test_an_admin_cannot_leave_and_is_told_why(desk: Desk) -> None:
    assert "confirm_goodbye" not in data_of(desk.taps(1, "account")[-1])
    for verb in ("confirm_goodbye", "goodbye"):
        (alert,) = desk.taps(1, verb)
        assert "ADMIN_IDS" in json.loads(alert["params"])["text"]
    with pytest.raises(Refused, match="is_admin"):
        forget_person(desk.db, desk.settings, 2, desk.now, 1)
    with pytest.raises(Refused, match="gone"):
        forget_person(desk.db, desk.settings, 999, desk.now, 1)


def test_what_a_helper_decided_stays_decided(desk: Desk) -> None:
    desk.is_let_in(100)
    set_helper(desk.db, 100, True)
    desk.passes_captcha(101)
    desk.taps(100, "decide:101:pending:approved")
    desk.taps(100, "goodbye")
    other = get_user(desk.db, 101)
    assert (other.state, other.decided_by) == ("approved", None)
    assert [tuple(row) for row in desk.db.execute("SELECT actor_id FROM audit WHERE subject = 'user:101'")] == [(0,)]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE users SET language = 'ru' WHERE id = 100", ["🗑 Админ удалил ваш аккаунт"]),
        ("UPDATE users SET reachable = 0 WHERE id = 100", []),
        ("UPDATE users SET state = 'blocked' WHERE id = 100", []),
    ],
)
def test_a_person_deleted_by_an_admin_is_told_if_inside_and_reachable(
    desk: Desk, change: str, told: list[str]
) -> None:
    desk.is_let_in(100)
    desk.deliver()
    desk.db.execute(change)
    messages: list[Any] = forget_person(desk.db, desk.settings, 100, desk.now, 1)
    enqueue(desk.db, messages, desk.now)
    assert [m.params["text"].partition(",")[0] for m in messages if m.chat_id == 100] == told
    assert [tuple(row) for row in desk.db.execute("SELECT actor_id, action FROM audit ORDER BY id DESC LIMIT 1")] == [
        (1, "forget")
    ]


def test_the_crowd_that_waits_is_one_less(desk: Desk) -> None:
    for who in range(100, 108):
        desk.passes_captcha(who)
    desk.deliver()
    messages = forget_person(desk.db, desk.settings, 107, desk.now, 1)
    assert any("waiting for a decision: 7" in str(message.params.get("text")) for message in messages)


def test_an_old_button_about_a_person_who_left_decides_on_nobody_else(desk: Desk) -> None:
    for who in (300, 301):
        desk.is_let_in(who)
    desk.taps(300, "device:iphone")
    first = open_request(desk.db, 300)
    desk.taps(300, "goodbye")
    desk.taps(301, "device:iphone")
    second = open_request(desk.db, 301)
    assert first
    assert second
    assert first.id != second.id
    desk.taps(1, f"judge:{first.id}:approved")
    assert get_request(desk.db, second.id).state == "pending"


def test_no_admin_writes_a_note_or_keeps_a_search_about_a_person_who_left(desk: Desk) -> None:
    desk.is_let_in(300)
    desk.taps(1, "search")
    desk.says(1, "Person 300")
    desk.taps(1, "note:300")
    desk.taps(300, "goodbye")
    assert get_user(desk.db, 1).awaiting is None
    rows = [row for row in desk.dump() if row[:2] != ("meta", "gone")]  # who is to be forgotten in the backups, too
    assert not [row for row in rows if "Person 300" in map(str, row) or "300" in str(row)]
