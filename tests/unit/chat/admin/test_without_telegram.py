"""A person without Telegram: their files come to an admin, and nothing is ever sent to them."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace

import pytest

from lib.chat.attachments import render
from lib.settings import Settings
from lib.store.configs import configs_of
from lib.store.invitations import get_invitation, note_username
from lib.store.users import add_offline, find_user, get_user, set_quota
from lib.vpn.interface import LivePeer
from tests.unit.chat.complaints import complaints
from tests.unit.chat.configs import use
from tests.unit.chat.desk import Desk, text_of
from tests.unit.chat.hostile import HOSTILE
from tests.unit.chat.screens import alert, keys, said, told
from tests.unit.stage import Stage, make_stage

GRANDMA = -1


@pytest.fixture
def stage(desk: Desk, settings: Settings) -> Stage:
    note_username(desk.db, "andreyvpn_bot")
    return make_stage(desk, settings)


def add(desk: Desk, name: str = "Grandma", by: int = 1) -> list[sqlite3.Row]:
    """Add a person without Telegram as an admin; return the question for the device."""
    desk.taps(by, "add_person")
    return desk.says(by, name)


def give(stage: Stage, device: str = "iphone", by: int = 1) -> list[sqlite3.Row]:
    """Issue a config to Grandma; return what the next round sends, apart from edits."""
    stage.desk.taps(by, f"issue_as:{GRANDMA}:{device}")
    return [row for row in stage.round(60) if row["method"].startswith("send")]


def test_it_works(stage: Stage) -> None:
    desk = stage.desk
    assert "add_person" in keys(desk.taps(1, "people:all:0"))
    asked = add(desk)
    assert f"issue_as:{GRANDMA}:iphone" in keys(asked)
    user = get_user(desk.db, GRANDMA)
    assert (user.full_name, user.state, user.kept_by, user.reachable) == ("Grandma", "approved", 1, 0)
    picture, file = give(stage)
    assert [complaint for row in (picture, file) for complaint in complaints(row)] == []
    assert [(row["chat_id"], row["method"]) for row in (picture, file)] == [(1, "sendPhoto"), (1, "sendDocument")]
    for row in (picture, file):
        assert "Grandma" in text_of(row)
        assert "iPhone" in text_of(row)
    (config,) = configs_of(desk.db, GRANDMA)
    assert config.public_key in stage.awg.peers
    stage.awg.move(config.public_key, 148, 92, desk.now)
    told = [row for row in stage.round(60) if row["method"] == "sendMessage"]
    assert [row["chat_id"] for row in told] == [1], "who passed the file on hears that it works"
    assert "It works!" in text_of(told[0])
    assert "Grandma" in text_of(told[0])
    made = render(desk.db, desk.settings, file["attachment"], desk.now)
    assert made is not None
    assert config.private_key is not None
    assert config.private_key.encode() in made.content
    shown = render(desk.db, desk.settings, picture["attachment"], desk.now)
    assert shown is not None
    assert shown.content.startswith(b"\x89PNG")


def test_her_page_says_so_and_offers_what_makes_sense(stage: Stage) -> None:
    add(stage.desk)
    page = stage.desk.taps(1, f"person:{GRANDMA}")
    assert "📵 Without Telegram, files go to: Person 1" in said(page)
    offered = {data.partition(":")[0] for data in keys(page)}
    assert {"issue", "person_quotas", "invite_person", "confirm_block"} <= offered
    assert "write" not in offered
    more = {data.partition(":")[0] for data in keys(stage.desk.taps(1, f"person_more:{GRANDMA}"))}
    assert {"note", "person_limits", "confirm_expel"} <= more
    assert "appoint" not in more


def test_her_sign_in_the_list_of_people_stands_alone_while_she_was_never_online(stage: Stage) -> None:
    add(stage.desk)
    assert keys(stage.desk.taps(1, "people:all:0"))[f"person:{GRANDMA}"] == "📵 Grandma"
    give(stage)
    use(stage.desk, 1, 5_000, stage.desk.now)
    assert keys(stage.desk.taps(1, "people:all:0"))[f"person:{GRANDMA}"].startswith("🟢 📵 Grandma")


def test_no_question_about_her_shows_an_id_or_says_that_she_will_be_told(stage: Stage) -> None:
    add(stage.desk)
    stage.awg.peers["H" * 43 + "="] = LivePeer("H" * 43 + "=", None, "10.8.0.9/32", None, 0, 0, 0)
    stage.round(60)
    assert keys(stage.desk.taps(1, "heirs:1:0"))[f"heir:1:{GRANDMA}"] == "📵 Grandma"
    for verb, words in ((f"confirm_block:{GRANDMA}:page", "Nothing is deleted"), (f"confirm_expel:{GRANDMA}", "erased"),
                        (f"heir:1:{GRANDMA}", "on this person's page")):  # fmt: skip
        asked = said(stage.desk.taps(1, verb))
        assert words in asked
        assert "\n📵 Grandma\n\n" in asked
        assert [word for word in (str(GRANDMA), "username", "told", "come back") if word in asked] == []


def test_the_page_of_her_config_says_whose_it_is_without_a_username(stage: Stage) -> None:
    add(stage.desk)
    give(stage)
    assert "\nOwner: 📵 Grandma\n" in said(stage.desk.taps(1, "held:1"))
    assert "\nВладелец: 📵 Grandma\n" in said(stage.desk.taps(2, "held:1"))


def test_a_computer_gets_the_file_alone(stage: Stage) -> None:
    add(stage.desk)
    (file,) = give(stage, "windows")
    assert file["method"] == "sendDocument"


def test_the_files_go_to_whoever_issues_in_their_language(stage: Stage) -> None:
    add(stage.desk)
    picture, file = give(stage, by=2)
    assert {picture["chat_id"], file["chat_id"]} == {2}
    assert "Показать или передать" in text_of(picture)
    assert get_user(stage.desk.db, GRANDMA).kept_by == 2


def test_once_their_admin_is_none_any_more_the_files_go_to_the_first_one(stage: Stage) -> None:
    add(stage.desk, by=2)
    stage.desk.taps(2, f"issue_as:{GRANDMA}:iphone")
    stage.desk.settings = replace(stage.desk.settings, admin_ids=(1,))
    stage.keeper._file = stage.desk.settings
    assert {row["chat_id"] for row in stage.round(60) if row["attachment"]} == {1}
    assert "files go to: Person 1" in said(stage.desk.taps(1, f"person:{GRANDMA}"))


def test_any_admin_can_have_the_file_again(stage: Stage) -> None:
    add(stage.desk)
    give(stage)
    assert "чтобы передать" in keys(stage.desk.taps(2, "held:1"))["held_send:1"]
    rows = stage.desk.taps(2, "held_send:1")
    assert {row["chat_id"] for row in rows} == {2}
    assert [row["method"] for row in rows if row["attachment"]] == ["sendPhoto", "sendDocument"]


def test_a_friend_whom_no_message_reaches_gets_their_file_through_an_admin(stage: Stage) -> None:
    stage.give_config(100)
    stage.desk.db.execute("UPDATE users SET reachable = 0 WHERE id = 100")
    rows = stage.desk.taps(1, "held_send:1")
    assert {row["chat_id"] for row in rows} == {1}
    assert "Person 100" in text_of(rows[-1])


def test_she_is_counted_limited_paused_and_blocked_like_everybody(stage: Stage) -> None:
    desk = stage.desk
    add(desk)
    give(stage)
    (config,) = configs_of(desk.db, GRANDMA)
    block, unblock = (f"decide:{GRANDMA}:{step}:page" for step in ("approved:blocked", "blocked:approved"))
    for off, on in (("held_pause:1", "held_resume:1"), (block, unblock)):
        desk.taps(1, off)
        stage.round(60)
        assert config.public_key not in stage.awg.peers, off
        desk.taps(1, on)
        stage.round(60)
        assert config.public_key in stage.awg.peers, on
    use(desk, config.id, 5000)
    set_quota(desk.db, GRANDMA, 1000)
    stage.at(2026, 5, 28, 12)
    stage.round()
    assert config.public_key not in stage.awg.peers


def test_nothing_is_ever_sent_to_her(stage: Stage) -> None:
    """No action of an admin and no passing of time sends her anything."""
    desk = stage.desk
    add(desk)
    give(stage)
    stage.awg.move(configs_of(desk.db, GRANDMA)[0].public_key, 1, 1)
    deeds = ("held_pause:1", "held_resume:1", "held_until:1:7", f"person_quota:{GRANDMA}:25", "audience:all",
             f"decide:{GRANDMA}:approved:blocked:page", f"decide:{GRANDMA}:blocked:approved:page", "held_delete:1",
             f"issue_as:{GRANDMA}:android", f"person_speed:{GRANDMA}:5", f"expel:{GRANDMA}")  # fmt: skip
    for deed in deeds:
        assert {row["chat_id"] for row in [*desk.taps(1, deed), *stage.round(86400)]} <= {0, 1, 2}, deed


def test_the_other_admin_hears_of_her_speed(desk: Desk) -> None:
    add(desk)
    (heard,) = told(desk.taps(2, f"person_speed:{GRANDMA}:20"), 1)
    assert "📵 Grandma\n\nNow up to 20 Mbit/s" in heard
    assert heard.endswith("Decided by: Person 2")
    (heard,) = told(desk.taps(2, f"person_speed:{GRANDMA}:0"), 1)
    assert "No speed limit" in heard
    assert told(desk.taps(1, f"person_speed:{GRANDMA}:5"), 1) == [], "who passes it on decided it"


def test_an_id_is_never_given_again(desk: Desk) -> None:
    add(desk)
    desk.taps(1, f"expel:{GRANDMA}")
    add(desk, "Grandpa")
    assert find_user(desk.db, GRANDMA) is None
    assert get_user(desk.db, -2).full_name == "Grandpa"


def test_whoever_deletes_her_leaves_no_trace(stage: Stage) -> None:
    desk = stage.desk
    add(desk, "Zinaida")
    give(stage)
    desk.taps(1, f"invite_person_now:{GRANDMA}")
    desk.taps(1, f"expel:{GRANDMA}")
    stage.round(60)
    assert not stage.awg.peers
    assert "Zinaida" not in str([tuple(row) for row in desk.dump()])
    assert get_invitation(desk.db, 1).revoked_at is not None


def test_new_files_for_an_outdated_config_go_to_the_admin(stage: Stage) -> None:
    add(stage.desk)
    give(stage)
    stage.keeper._file = stage.desk.settings = replace(stage.desk.settings, server_endpoint="new.example.org")
    stage.round(60)
    number = stage.desk.db.execute("SELECT max(generation) FROM server").fetchone()[0]
    assert "1" in said(stage.desk.taps(1, "outdated"))
    rows = stage.desk.taps(1, f"rollout:{number}")
    assert {row["chat_id"] for row in rows} == {1}
    assert [row["method"] for row in rows if row["attachment"]] == ["sendPhoto", "sendDocument"]


def test_she_is_found_by_the_filter(desk: Desk) -> None:
    add(desk)
    desk.is_let_in(100)
    assert [data for data in keys(desk.taps(1, "people:offline:0")) if data.startswith("person:")] == ["person:-1"]
    desk.taps(1, "search")
    assert "person:-1" in keys(desk.says(1, "grandm"))


def test_the_link_to_telegram_is_made_once_and_shown_again(stage: Stage) -> None:
    desk = stage.desk
    add(desk)
    asked = desk.taps(1, f"invite_person:{GRANDMA}")
    assert "valid once within 7 days" in said(asked)
    assert [*keys(asked)] == [f"invite_person_now:{GRANDMA}", f"person:{GRANDMA}"], "no link by one tap"
    assert desk.db.execute("SELECT count(*) FROM invitations").fetchone()[0] == 0
    first, again = desk.taps(1, f"invite_person_now:{GRANDMA}"), desk.taps(2, f"invite_person:{GRANDMA}")
    assert "t.me/andreyvpn_bot?start=" in said(first)
    link = json.loads(first[-1]["params"])["reply_markup"]["inline_keyboard"][0][0]["copy_text"]
    assert json.loads(again[-1]["params"])["reply_markup"]["inline_keyboard"][0][0]["copy_text"] == link
    desk.taps(1, f"invite_person_now:{GRANDMA}")
    assert desk.db.execute("SELECT count(*) FROM invitations").fetchone()[0] == 1


def test_the_link_leads_back_to_where_one_came_from(stage: Stage) -> None:
    desk = stage.desk
    add(desk)
    for verb in ("invite_person_now", "invite_person"):
        shown = json.loads(desk.taps(1, f"{verb}:{GRANDMA}")[-1]["params"])["reply_markup"]["inline_keyboard"]
        assert [key["callback_data"] for row in shown[2:] for key in row] == [f"person:{GRANDMA}", "confirm_uninvite:1"]
    shown = json.loads(desk.taps(1, "invitation:1")[-1]["params"])["reply_markup"]["inline_keyboard"]
    assert [key["callback_data"] for key in shown[2]] == ["invitations:0", f"person:{GRANDMA}"]


def test_there_is_no_way_to_write_to_her_or_make_her_a_helper(desk: Desk) -> None:
    add(desk)
    for done in (f"write:{GRANDMA}", f"helper:{GRANDMA}:on", f"appoint:{GRANDMA}"):
        assert "no Telegram" in alert(desk.taps(1, done)), done


def test_any_name_that_can_be_typed_is_safe_to_show(stage: Stage) -> None:
    desk, sent = stage.desk, list[sqlite3.Row]()
    for name in HOSTILE:
        sent += add(desk, name)
    people = [row[0] for row in desk.db.execute("SELECT id FROM users WHERE id < 0")]
    assert len(people) > 3
    for who in people:
        for verb in ("person", "invite_person", "invite_person_now", "issue"):
            sent += desk.taps(1, f"{verb}:{who}")
        sent += desk.taps(1, f"issue_as:{who}:iphone")
    sent += stage.round(60)
    assert [complaint for row in sent for complaint in complaints(row)] == []


def test_a_name_that_shows_nothing_is_asked_for_again(desk: Desk) -> None:
    (answer,) = add(desk, "\u2800")
    assert "Send 1 to 32 characters on one line" in text_of(answer)
    assert find_user(desk.db, GRANDMA) is None


def test_her_table_row_is_a_number_that_a_spreadsheet_reads(desk: Desk) -> None:
    add_offline(desk.db, "Grandma", "en", 1, desk.now)
    made = render(desk.db, desk.settings, "export:en:friends", desk.now)
    assert made is not None
    assert "\n-1," in made.content.decode().replace("\r", "")


