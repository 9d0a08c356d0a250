"""Invitations: a link that opens the door once, for one person, and can't be guessed or read anywhere."""

from __future__ import annotations

import base64
import json
import re
import sqlite3
from dataclasses import replace

import pytest

from lib.chat.admin.invitations import ON_A_PAGE
from lib.chat.attachments import render
from lib.chat.drawing.code_card import draw_card
from lib.settings import Settings
from lib.store import invitations as store
from lib.store.config_requests import open_request
from lib.store.invitations import get_invitation, note_username
from lib.store.users import find_user, get_user
from tests.unit.chat.complaints import complaints
from tests.unit.chat.desk import Desk, data_of, text_of
from tests.unit.chat.hostile import HOSTILE
from tests.unit.chat.roles import bring
from tests.unit.chat.screens import buttons
from tests.unit.stage import make_stage


@pytest.fixture
def desk(desk: Desk) -> Desk:
    note_username(desk.db, "andreyvpn_bot")
    return desk


def invite(desk: Desk, kind: str = "config", days: int = 7, name: str = "Anna", by: int = 1) -> str:
    """Invite a person as an admin; return the code in the link."""
    desk.taps(by, f"invite_for:{kind}:{days}")
    (made,) = desk.says(by, name)
    link = json.loads(made["params"])["reply_markup"]["inline_keyboard"][0][0]["copy_text"]["text"]
    assert link in text_of(made)
    assert complaints(made) == []
    match = re.fullmatch(r"https://t\.me/andreyvpn_bot\?start=([\w-]{22})", link)
    assert match
    return match[1]


def test_it_works(desk: Desk) -> None:
    code = invite(desk)
    rows = desk.says(100, f"/start {code}")
    assert [complaint for row in rows for complaint in complaints(row)] == []
    user = get_user(desk.db, 100)
    assert (user.state, user.decided_by, user.captcha_answer) == ("approved", 1, None)
    (welcome,) = [row for row in rows if row["chat_id"] == 100 and row["method"] == "sendMessage"]
    assert "You were invited by Person 1" in text_of(welcome)
    assert "device:android" in data_of(welcome)
    assert [text_of(row) for row in rows if row["chat_id"] == 1] == [
        "🎉 Your invitation “Anna” was used: Person 100 (no username) has joined."
    ]
    assert get_invitation(desk.db, 1).used_by == 100
    asked = desk.taps(100, "device:android")
    request = open_request(desk.db, 100)
    assert request is not None
    assert (request.state, request.name, request.platform, request.decided_by) == ("approved", "Android", "android", 1)
    assert {row["chat_id"] for row in asked} == {100}, "nobody has to decide"


def test_its_config_comes_once_and_the_next_one_is_asked_for(desk: Desk) -> None:
    desk.says(100, f"/start {invite(desk)}")
    desk.taps(100, "device:android")
    desk.db.execute("UPDATE config_requests SET state = 'issued'")
    desk.taps(100, "device:mac")
    assert [tuple(row) for row in desk.db.execute("SELECT name, state FROM config_requests")] == [
        ("Android", "issued"), ("Mac", "pending")
    ]  # fmt: skip


def test_its_config_has_to_be_asked_for_once_its_maker_is_no_admin_any_more(desk: Desk) -> None:
    desk.says(100, f"/start {invite(desk, by=2)}")
    desk.settings = replace(desk.settings, admin_ids=(1,))
    desk.taps(100, "device:android")
    request = open_request(desk.db, 100)
    assert request is not None
    assert request.state == "pending"


def test_an_invitation_without_a_config_only_lets_them_in(desk: Desk) -> None:
    desk.says(100, f"/start {invite(desk, 'plain')}", language_code="ru")
    assert get_user(desk.db, 100).state == "approved"
    assert open_request(desk.db, 100) is None


def test_the_link_stays_until_it_is_used(desk: Desk) -> None:
    code = invite(desk)
    (_, page) = desk.taps(2, "invitation:1")
    assert f"https://t.me/andreyvpn_bot?start={code}" in text_of(page)
    assert "copy_text" in page["params"]
    assert "invitation_qr:1" in page["params"]
    desk.says(100, f"/start {code}")
    (_, page) = desk.taps(2, "invitation:1")
    assert "t.me" not in page["params"]
    assert "invitation_qr" not in page["params"]


def test_the_qr_code_is_that_of_the_link_and_goes_with_it(desk: Desk) -> None:
    code = invite(desk)
    (_, sent) = desk.taps(1, "invitation_qr:1")
    assert (sent["method"], sent["attachment"]) == ("sendPhoto", "invitation:1")
    assert "Anna" in text_of(sent)
    assert code not in str(tuple(sent)), "the outbox holds no code"
    picture = render(desk.db, desk.settings, "invitation:1", desk.now)
    assert picture is not None
    assert picture.content == draw_card([f"https://t.me/andreyvpn_bot?start={code}"], title="Anna")
    desk.taps(1, "uninvite:1")
    assert render(desk.db, desk.settings, "invitation:1", desk.now) is None
    assert "taken back" in text_of(desk.taps(1, "invitation_qr:1")[0])


@pytest.mark.parametrize("end", ["used", "revoked", "expired"])
def test_a_code_that_opens_nothing_any_more_is_stored_nowhere(desk: Desk, settings: Settings, end: str) -> None:
    code = invite(desk)
    assert [row[0] for row in desk.db.execute("SELECT code FROM invitations")] == [code]
    if end == "used":
        desk.says(100, f"/start {code}")
    elif end == "revoked":
        desk.taps(1, "uninvite:1")
    else:
        stage = make_stage(desk, settings)
        stage.round()
        assert code in str(desk.dump())
        stage.round(7 * 86400)
    desk.deliver()
    assert not any(code in str(tuple(row)) for row in desk.dump())
    assert desk.db.execute("SELECT count(*) FROM outbox").fetchone()[0] == 0


@pytest.mark.parametrize("state", ["captcha", "pending", "rejected"])
def test_it_lets_in_anybody_who_is_outside(desk: Desk, state: str) -> None:
    bring(desk, 100, state)
    rows = desk.says(100, f"/start {invite(desk)}")
    assert get_user(desk.db, 100).state == "approved"
    if state == "captcha":
        assert (rows[0]["method"], rows[0]["subject"]) == ("deleteMessage", "captcha:100")
    else:
        notices = [row for row in rows if row["subject"] == "user:100"]
        assert [row["chat_id"] for row in notices] == [1, 2]
        assert "Approved by Person 1" in text_of(notices[0])


def test_a_blocked_person_stays_blocked_and_does_not_use_it_up(desk: Desk) -> None:
    bring(desk, 100, "blocked")
    (answer,) = desk.says(100, f"/start {invite(desk)}")
    assert "The admin blocked you" in text_of(answer)
    assert get_user(desk.db, 100).state == "blocked"
    assert get_invitation(desk.db, 1).used_at is None


@pytest.mark.parametrize("role", ["approved", "helper", "admin"])
def test_somebody_inside_does_not_use_it_up(desk: Desk, role: str) -> None:
    who = 2 if role == "admin" else 100
    bring(desk, who, role)
    code = invite(desk)
    desk.says(who, f"/start {code}")
    assert get_invitation(desk.db, 1).used_at is None
    desk.says(101, f"/start {code}")
    assert get_user(desk.db, 101).state == "approved"


@pytest.mark.parametrize("end", ["used", "revoked", "expired", "unknown"])
def test_an_invalid_invitation_is_explained_and_followed_by_the_captcha(desk: Desk, end: str) -> None:
    code = invite(desk)
    if end == "used":
        desk.says(101, f"/start {code}")
    elif end == "revoked":
        desk.taps(2, "uninvite:1")
    elif end == "expired":
        desk.now += 7 * 86400
    else:
        code = "A" * 22
    (words, _, picture) = desk.says(100, f"/start {code}")
    marks = {"used": "was for one", "revoked": "taken back", "expired": "has expired", "unknown": "doesn't exist"}
    assert marks[end] in text_of(words)
    assert picture["method"] == "sendPhoto"
    assert get_user(desk.db, 100).state == "captcha"


def test_of_two_people_at_once_only_one_comes_in(desk: Desk) -> None:
    code = invite(desk)
    for who in (100, 101):
        desk.says(who, f"/start {code}")
    assert [get_user(desk.db, who).state for who in (100, 101)] == ["approved", "captcha"]


def test_taking_one_back_twice_or_after_its_use_is_refused(desk: Desk) -> None:
    invite(desk)
    desk.taps(1, "uninvite:1")
    (refusal,) = desk.taps(1, "uninvite:1")
    assert "already been taken back" in text_of(refusal)
    code = invite(desk)
    desk.says(100, f"/start {code}")
    for verb in ("uninvite", "confirm_uninvite"):
        (refusal,) = desk.taps(1, f"{verb}:2")
        assert "already been used" in text_of(refusal)


def test_codes_are_long_and_never_alike(desk: Desk) -> None:
    codes = {store.add_invitation(desk.db, "Anna", False, 1, desk.now + 60, desk.now)[1] for _ in range(100)}
    assert len(codes) == 100
    assert {len(base64.urlsafe_b64decode(f"{code}==")) for code in codes} == {16}
    assert all(map(store.is_code, codes))


def test_a_guess_costs_one_index_lookup(desk: Desk) -> None:
    (plan,) = desk.db.execute("EXPLAIN QUERY PLAN SELECT id FROM invitations WHERE digest = 'x'").fetchall()
    assert "USING" in plan["detail"]
    assert "SCAN" not in plan["detail"]


def test_a_thousand_guesses_leave_nothing_behind(desk: Desk) -> None:
    deliver, desk.deliver = desk.deliver, lambda: None  # type: ignore[method-assign]
    for number in range(1000):
        desk.says(100, f"/start {number:022d}")
    desk.deliver = deliver  # type: ignore[method-assign]
    assert desk.db.execute("SELECT count(*) FROM outbox WHERE chat_id = 100").fetchone()[0] < 10


def test_an_invitation_of_somebody_who_is_no_longer_an_admin_lets_nobody_in(desk: Desk) -> None:
    code = invite(desk)
    desk.db.execute("UPDATE invitations SET created_by = 50")
    shown = [text_of(row) for row in desk.says(100, f"/start {code}") if row["chat_id"] == 100]
    assert any("was taken back" in text for text in shown)
    assert get_user(desk.db, 100).state == "captcha"
    assert get_invitation(desk.db, 1).used_at is None


def test_the_admins_are_told_once_that_such_invitations_were_ended(desk: Desk, settings: Settings) -> None:
    stage = make_stage(desk, settings)
    stage.round()
    invite(desk, name="Ключник")
    invite(desk, name="Olga")
    desk.db.execute("UPDATE invitations SET created_by = 50 WHERE id = 1")
    told = [text_of(row) for row in stage.round(60) if "Ключник" in text_of(row)]
    assert len(told) == 2
    assert all("Olga" not in text for text in told)
    assert [get_invitation(desk.db, number).state(desk.now) for number in (1, 2)] == ["revoked", "open"]
    assert stage.round(60) == []


def test_the_list_says_what_became_of_each(desk: Desk) -> None:
    (_, empty) = desk.taps(1, "invitations:0")
    assert "There are none yet" in text_of(empty)
    invite(desk, days=1)
    desk.says(100, f"/start {invite(desk)}")
    invite(desk)
    desk.taps(1, "uninvite:3")
    desk.now += 86400
    invite(desk, name="Ω" * 32)
    (_, shown) = desk.taps(1, "invitations:0")
    labels = [text for text, data in buttons(shown) if data.startswith("invitation:")]
    assert labels == [
        "🟢 ΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩΩ… · 7 days left", "🚫 Anna · taken back", "✅ Anna · Person 100", "⌛ Anna · expired",
    ]  # fmt: skip
    for number in range(1, 5):
        (_, page) = desk.taps(1, f"invitation:{number}")
        assert complaints(page) == []
        assert ("confirm_uninvite" in page["params"]) == (number == 4)
        ends = {1: "⌛ Expired 29 May 2026 23:26", 4: "🟢 Expires 5 Jun 2026 23:26"}
        assert ends.get(number, "") in text_of(page)


def test_two_hundred_come_in_pages(desk: Desk) -> None:
    for _ in range(200):
        store.add_invitation(desk.db, "Anna", False, 1, desk.now + 60, desk.now)
    found: list[str] = []
    for page in range(-(-200 // ON_A_PAGE)):
        (_, shown) = desk.taps(1, f"invitations:{page}")
        found += [data for _, data in buttons(shown) if data.startswith("invitation:")]
    assert found == [f"invitation:{number}" for number in range(200, 0, -1)]


def test_the_way_back_leads_to_the_page_of_the_list(desk: Desk) -> None:
    for number in range(ON_A_PAGE + 1):
        invite(desk, name=f"Friend {number}")
    desk.taps(1, "invitations:1")
    assert '"invitations:1"' in desk.taps(1, "invitation:1")[-1]["params"]


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_whatever_is_typed_as_a_name_breaks_no_screen(desk: Desk, name: str) -> None:
    desk.taps(1, "invite_for:plain:1")
    rows = [*desk.says(1, name), *desk.taps(1, "invitations:0"), *desk.taps(1, "history:0:0")]
    assert [complaint for row in rows for complaint in complaints(row)] == []


def test_before_the_bot_knows_its_name_it_makes_no_broken_link(desk: Desk) -> None:
    desk.db.execute("DELETE FROM meta WHERE key = 'username'")
    desk.taps(1, "invite_for:plain:1")
    (refusal,) = desk.says(1, "Anna")
    assert "my own Telegram username" in text_of(refusal)
    assert store.count_invitations(desk.db) == 0


def test_a_stranger_with_a_good_code_is_never_shown_a_picture(desk: Desk) -> None:
    assert find_user(desk.db, 100) is None
    rows: list[sqlite3.Row] = desk.says(100, f"/start {invite(desk)}")
    assert "sendPhoto" not in [row["method"] for row in rows]
