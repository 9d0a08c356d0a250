"""A person's page: what each role sees; every action happens once, and the person concerned is told."""

from __future__ import annotations

import json
import sqlite3

import pytest

from lib.chat.texts import LANGUAGES, next_language
from lib.store.audit import list_entries
from lib.store.config_requests import add_request, open_request
from lib.store.configs import add_config, configs_of, find_config
from lib.store.database import wanted_version
from lib.store.tickets import add_ticket
from lib.store.users import find_user, get_user, set_config_limit, set_reachable
from tests.unit.chat.complaints import complaints
from tests.unit.chat.configs import hold_config, use
from tests.unit.chat.desk import Desk, text_of
from tests.unit.chat.roles import bring
from tests.unit.chat.screens import alert, keys, said, told

FRIEND = 100
OFFERED = {"issue", "write", "person_quotas", "confirm_block", "person_more", "person", "panel"}


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.is_let_in(FRIEND, first_name="Anna", username="anna")
    return desk


def verbs(rows: list[sqlite3.Row]) -> set[str]:
    return {data.partition(":")[0] for data in keys(rows)}


def test_it_works(desk: Desk) -> None:
    use(desk, hold_config(desk.db, FRIEND, desk.now), 2_000_000_000, desk.now)
    rows = desk.taps(1, f"person:{FRIEND}")
    text = said(rows)
    for words in ("👤 <b>Anna</b>", "@anna", "<code>100</code>", "✅ Inside since 28 May 2026, decided by Person 1",
                  "This month: 2.00 GB, limit: none (like everyone)", "Configs: 1, limit: 3 (like everyone)",
                  "🟢 <b>Phone</b>: online, 2.00 GB"):  # fmt: skip
        assert words in text, words
    assert verbs(rows) == {*OFFERED, "held"}
    assert keys(rows)["held:1"] == "🟢 Phone"


def test_an_admin_s_own_page_does_not_say_that_they_decided_it_themselves(desk: Desk) -> None:
    assert "✅ Inside since 28 May 2026\n" in said(desk.taps(1, "person:1"))


def test_an_admin_who_issues_a_config_to_themselves_reads_that_it_comes_to_them(desk: Desk) -> None:
    for who, asked, done in ((1, "comes to you, here", "comes here by itself"), (2, "вам сюда", "сюда само")):
        assert asked in said(desk.taps(who, f"issue:{who}"))
        assert done in alert(desk.taps(who, f"issue_as:{who}:mac"))
    assert "goes to the friend" in said(desk.taps(1, f"issue:{FRIEND}"))
    assert "goes to the friend" in alert(desk.taps(1, f"issue_as:{FRIEND}:mac"))


def test_the_rest_stands_behind_more_and_deletion_apart(desk: Desk) -> None:
    rows = desk.taps(1, f"person_more:{FRIEND}")
    for words in ("👤 <b>Anna</b>", "Here since: 28 May 2026", "App: not chosen", "<b>Person 1</b>: approved Anna"):
        assert words in said(rows), words
    assert list(keys(rows)) == [
        f"note:{FRIEND}", f"history:{FRIEND}:0", f"person_limits:{FRIEND}", f"person_speeds:{FRIEND}",
        f"appoint:{FRIEND}", f"person:{FRIEND}", f"confirm_expel:{FRIEND}",
    ]  # fmt: skip
    for verb in ("person_limits", "person_speeds", "appoint", "confirm_expel"):
        assert f"person_more:{FRIEND}" in keys(desk.taps(1, f"{verb}:{FRIEND}")), "the way back leads where one was"
    assert f"person_more:{FRIEND}" in keys(desk.taps(1, f"history:{FRIEND}:0"))


@pytest.mark.parametrize(
    ("role", "decisions"),
    [("captcha", set()), ("pending", {"decide", "admit", "reject", "confirm_block"}), ("rejected", {"decide"}),
     ("blocked", {"decide"}), ("approved", {"confirm_block"})],
)  # fmt: skip
def test_each_state_offers_its_decisions(desk: Desk, role: str, decisions: set[str]) -> None:
    bring(desk, 101, role)
    rows = desk.taps(1, "person:101")
    assert verbs(rows) & {"decide", "admit", "reject", "confirm_block"} == decisions
    assert ("issue" in verbs(rows)) == (role == "approved")
    assert ("appoint" in verbs(desk.taps(1, "person_more:101"))) == (role == "approved")


def test_a_decision_leads_back_to_the_page_with_the_new_state(desk: Desk) -> None:
    rows = desk.taps(1, f"decide:{FRIEND}:approved:blocked:page")
    assert "being switched off" in alert(rows)
    page = next(row for row in rows if row["chat_id"] == 1 and "👤" in text_of(row) and "Blocked on" in text_of(row))
    assert json.loads(page["params"])["message_id"] == 5
    assert "the VPN is off" in text_of(page)
    assert "Unblock" in str(json.loads(page["params"])["reply_markup"])
    assert get_user(desk.db, FRIEND).state == "blocked"
    assert told(rows), "the friend is told"
    assert "Уже заблокировано: Person 1" in alert(desk.taps(2, f"decide:{FRIEND}:approved:blocked:page"))


def test_a_block_is_asked_about_first_and_says_what_it_means(desk: Desk) -> None:
    hold_config(desk.db, FRIEND, desk.now)
    rows = desk.taps(1, f"confirm_block:{FRIEND}:page")
    assert "Block this person?</b>\n👤 Anna (@anna" in said(rows)
    assert "configs: 1" in said(rows)
    assert list(keys(rows)) == [f"decide:{FRIEND}:approved:blocked:page", f"person:{FRIEND}"]
    assert get_user(desk.db, FRIEND).state == "approved"
    assert told(rows) == []


def test_an_unblocked_person_is_not_said_to_be_approved(desk: Desk) -> None:
    desk.taps(1, f"decide:{FRIEND}:approved:blocked:page")
    assert alert(desk.taps(1, f"decide:{FRIEND}:blocked:approved:page")) == "Unblocked: the VPN is on again"


def test_an_admins_page_offers_no_decisions_about_them(desk: Desk) -> None:
    rows = desk.taps(1, "person:2")
    assert "🛠 admin" in said(rows)
    assert verbs(rows) == {"issue", "write", "person_quotas", "person_more", "person", "panel"}
    assert verbs(desk.taps(1, "person_more:2")) == {"note", "history", "person_speeds", "person"}
    assert "write" not in verbs(desk.taps(1, "person:1"))


def test_a_helper_can_look_and_decide_but_nothing_else(desk: Desk) -> None:
    bring(desk, 101, "helper")
    hold_config(desk.db, FRIEND, desk.now)
    assert verbs(desk.taps(101, f"person:{FRIEND}")) == {
        "confirm_block", "held", "person_more", "person", "people"
    }  # fmt: skip
    assert verbs(desk.taps(101, f"person_more:{FRIEND}")) == {"person"}
    assert verbs(desk.taps(101, "held:1")) == {"held", "person"}
    assert "confirm_block" not in verbs(desk.taps(101, "person:101"))
    desk.taps(101, f"decide:{FRIEND}:approved:blocked:page")
    assert get_user(desk.db, FRIEND).state == "blocked"


def test_many_configs_have_pages_of_their_own(desk: Desk) -> None:
    for _ in range(57):
        hold_config(desk.db, FRIEND, desk.now, "A" + "Щ" * 31)
    rows = desk.taps(1, f"person:{FRIEND}")
    assert "…and 53 more" in said(rows)
    assert keys(rows)[f"holdings:{FRIEND}:0"] == "🔑 Configs (57)"
    assert "held" not in verbs(rows)
    assert len([data for data in keys(desk.taps(1, f"holdings:{FRIEND}:8")) if data.startswith("held:")]) == 1
    assert [complaint for row in rows for complaint in complaints(row)] == []


def test_the_fullest_page_is_not_too_long(desk: Desk) -> None:
    desk.says(1, "/start", first_name="💥" * 64, last_name="<" * 64)
    desk.says(FRIEND, "/start", first_name="&" * 64, last_name="💥" * 64)
    for _ in range(9):
        hold_config(desk.db, FRIEND, desk.now, "A" + "💥" * 31)
    add_request(desk.db, FRIEND, "A" + "💥" * 31, desk.now)
    add_ticket(desk.db, FRIEND, "traffic", desk.now)
    desk.taps(1, f"note:{FRIEND}")
    desk.says(1, "1\n2\n" + "💥" * 240 + "\n4")
    rows = desk.taps(1, f"person:{FRIEND}")
    assert "💥" * 97 in said(rows)
    assert said(rows).count("\n") < 20
    rows += desk.taps(1, f"person_more:{FRIEND}")
    assert "💥" * 240 in said(rows[-1:])
    assert [complaint for row in rows for complaint in complaints(row)] == []


@pytest.mark.parametrize(("word", "name"), [("android", "Android"), ("router", "Роутер")])
def test_a_config_is_issued_without_a_request_in_the_friends_language(desk: Desk, word: str, name: str) -> None:
    desk.is_let_in(101, language_code="ru")
    assert f"issue_as:101:{word}" in keys(desk.taps(1, "issue:101"))
    rows = desk.taps(1, f"issue_as:101:{word}")
    request = open_request(desk.db, 101)
    assert request is not None
    assert (request.state, request.name, request.decided_by) == ("approved", name, 1)
    assert "Админ выдал вам" in told(rows, 101)[0]
    assert "Решите по запросу" in alert(desk.taps(2, f"issue_as:101:{word}")), "a double tap issues once"


def test_a_config_is_issued_even_above_the_limit_under_a_name_of_its_own(desk: Desk) -> None:
    set_config_limit(desk.db, FRIEND, 1)
    hold_config(desk.db, FRIEND, desk.now, "iPhone")
    rows = desk.taps(1, f"issue_as:{FRIEND}:iphone")
    assert told(rows)[0].startswith("🎁 The admin gave you a config: “iPhone 2”")
    request = open_request(desk.db, FRIEND)
    assert request is not None
    assert request.platform == "iphone"
    assert "👤 <b>Anna</b>" in said(rows)


def test_somebody_who_was_blocked_meanwhile_gets_no_config(desk: Desk) -> None:
    desk.taps(1, f"issue:{FRIEND}")
    desk.taps(2, f"decide:{FRIEND}:approved:blocked:page")
    assert "no access now" in alert(desk.taps(1, f"issue_as:{FRIEND}:mac"))
    assert open_request(desk.db, FRIEND) is None


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("25", 25 * 10**9), ("2,5", 2_500_000_000), (" 2.5 GB ", 2_500_000_000), ("30 гб", 30 * 10**9), ("0", 0)],
)
def test_a_quota_can_be_typed(desk: Desk, typed: str, amount: int) -> None:
    desk.taps(1, f"person_own_quota:{FRIEND}")
    desk.says(1, typed)
    assert get_user(desk.db, FRIEND).quota_bytes == amount


@pytest.mark.parametrize("typed", ["", "much", "-5", "1e9", "9999999", "10 TB", "٥", "1.2.3"])
def test_an_invalid_quota_is_refused_and_asked_for_again(desk: Desk, typed: str) -> None:
    desk.taps(1, f"person_own_quota:{FRIEND}")
    assert "number of gigabytes" in said(desk.says(1, typed or " "))
    assert get_user(desk.db, FRIEND).quota_bytes is None
    desk.says(1, "25")
    assert get_user(desk.db, FRIEND).quota_bytes == 25 * 10**9


def test_a_quota_is_chosen_ticked_and_taken_back(desk: Desk) -> None:
    assert keys(desk.taps(1, f"person_quotas:{FRIEND}"))[f"person_quota:{FRIEND}:default"] == "✅ Like everyone"
    desk.taps(1, f"person_quota:{FRIEND}:50")
    assert keys(desk.taps(1, f"person_quotas:{FRIEND}"))[f"person_quota:{FRIEND}:50"] == "✅ 50.0 GB"
    assert "limit: 50.0 GB" in said(desk.taps(1, f"person:{FRIEND}"))
    desk.taps(1, f"person_quota:{FRIEND}:0")
    assert keys(desk.taps(1, f"person_quotas:{FRIEND}"))[f"person_quota:{FRIEND}:0"] == "✅ No limit"
    desk.taps(1, f"person_quota:{FRIEND}:default")
    assert get_user(desk.db, FRIEND).quota_bytes is None
    assert [deed.action for deed in list_entries(desk.db, FRIEND, 3)] == ["quota"] * 3


def test_a_speed_is_chosen_ticked_said_and_taken_back(desk: Desk) -> None:
    before = wanted_version(desk.db)
    assert keys(desk.taps(1, f"person_speeds:{FRIEND}"))[f"person_speed:{FRIEND}:default"] == "✅ Like everyone"
    assert "peed" not in said(desk.taps(1, f"person:{FRIEND}"))
    rows = desk.taps(1, f"person_speed:{FRIEND}:10")
    assert alert(rows) == "Speed limit: 10 Mbit/s"
    assert wanted_version(desk.db) > before, "the keeper applies it now"
    assert keys(desk.taps(1, f"person_speeds:{FRIEND}"))[f"person_speed:{FRIEND}:10"] == "✅ 10 Mbit/s"
    assert "limit: none (like everyone)\nSpeed limit: 10 Mbit/s\n" in said(desk.taps(1, f"person:{FRIEND}"))
    desk.taps(1, f"person_speed:{FRIEND}:0")
    assert keys(desk.taps(1, f"person_speeds:{FRIEND}"))[f"person_speed:{FRIEND}:0"] == "✅ No limit"
    assert "Speed limit: none\n" in said(desk.taps(1, f"person:{FRIEND}"))
    desk.taps(1, f"person_speed:{FRIEND}:default")
    assert get_user(desk.db, FRIEND).speed_kbit is None
    assert [deed.action for deed in list_entries(desk.db, FRIEND, 3)] == ["speed"] * 3
    desk.taps(1, "set:SPEED_MBIT:2")
    assert "Speed limit: 10 Mbit/s (like everyone)\n" in said(desk.taps(1, f"person:{FRIEND}"))


@pytest.mark.parametrize(
    ("typed", "kbit"),
    [("15", 15_000), ("2,5", 2_500), (" 2.5 Mbit/s ", 2_500), ("30 мбит/с", 30_000), ("0", 0), ("10000", 10**7)],
)
def test_a_speed_can_be_typed(desk: Desk, typed: str, kbit: int) -> None:
    desk.taps(1, f"person_own_speed:{FRIEND}")
    desk.says(1, typed)
    assert get_user(desk.db, FRIEND).speed_kbit == kbit


@pytest.mark.parametrize("typed", ["", "fast", "-5", "0.05", "10001", "1e3", "10 MB/s", "٥", "1.2.3"])
def test_an_invalid_speed_is_refused_and_asked_for_again(desk: Desk, typed: str) -> None:
    desk.taps(1, f"person_own_speed:{FRIEND}")
    assert "number of Mbit/s from 0.1 to 10000" in said(desk.says(1, typed or " "))
    assert get_user(desk.db, FRIEND).speed_kbit is None
    desk.says(1, "15")
    assert get_user(desk.db, FRIEND).speed_kbit == 15_000


def test_who_gets_another_speed_is_told_once_and_in_their_language(desk: Desk) -> None:
    desk.taps(FRIEND, "language")
    (heard,) = told(desk.taps(1, f"person_speed:{FRIEND}:10"))
    assert "теперь до 10 Мбит/с в каждую сторону" in heard
    assert told(desk.taps(2, f"person_speed:{FRIEND}:10")) == [], "another admin sets the same"
    assert [deed.action for deed in list_entries(desk.db, FRIEND, 9)].count("speed") == 1
    assert "снял ограничение" in told(desk.taps(1, f"person_speed:{FRIEND}:0"))[0]
    assert told(desk.taps(1, f"person_speed:{FRIEND}:default")) == [], "nobody has a limit, so nothing changes for them"
    assert told(desk.taps(1, "person_speed:1:10"), 1) == [], "who sets their own knows it"
    desk.taps(1, f"decide:{FRIEND}:approved:blocked:page")
    assert told(desk.taps(1, f"person_speed:{FRIEND}:5")) == [], "who is blocked has no speed"


def test_a_friends_own_limit_is_how_many_configs_they_may_request(desk: Desk) -> None:
    desk.taps(1, f"person_limit:{FRIEND}:1")
    hold_config(desk.db, FRIEND, desk.now)
    assert "You have 1 of 1 configs" in alert(desk.taps(FRIEND, "new"))
    rows = desk.taps(FRIEND, "configs")
    assert "You have 1 of 1" in said(rows)
    assert "new" not in keys(rows)
    desk.taps(1, f"person_limit:{FRIEND}:5")
    assert "new" in keys(desk.taps(FRIEND, "configs"))
    assert "Which device" in said(desk.taps(FRIEND, "new"))


def test_a_lower_limit_takes_no_config_away(desk: Desk) -> None:
    for _ in range(3):
        hold_config(desk.db, FRIEND, desk.now)
    desk.taps(1, f"person_limit:{FRIEND}:2")
    assert len(configs_of(desk.db, FRIEND)) == 3
    assert "You have 3 of 2" in said(desk.taps(FRIEND, "configs"))
    assert "configs:" in said(desk.taps(FRIEND, "menu")).lower()
    desk.taps(1, f"person_limit:{FRIEND}:default")
    assert get_user(desk.db, FRIEND).config_limit is None


def test_a_note_is_kept_shown_and_cleared_and_the_friend_never_sees_it(desk: Desk) -> None:
    assert "Empty so far" in said(desk.taps(1, f"note:{FRIEND}"))
    rows = desk.says(1, "  Lives <upstairs>\n\n pays   in cookies\u202e ")
    assert "📝 Lives &lt;upstairs&gt;\n\npays in cookies" in said(rows)
    assert told(rows) == []
    for deed in ("menu", "configs", "help"):
        assert "cookies" not in said(desk.taps(FRIEND, deed))
    assert "cookies" in said(desk.taps(2, f"note:{FRIEND}"))
    assert "📝" not in said(desk.taps(2, f"note_clear:{FRIEND}"))
    assert get_user(desk.db, FRIEND).note == ""


@pytest.mark.parametrize("text", ["x" * 501, "💥" * 251, "\u200e", " \n "])
def test_an_invalid_note_is_refused(desk: Desk, text: str) -> None:
    desk.taps(1, f"note:{FRIEND}")
    assert "1 to 500 characters" in said(desk.says(1, text))
    assert get_user(desk.db, FRIEND).note == ""


def test_a_message_is_shown_first_and_sent_once(desk: Desk) -> None:
    desk.taps(1, f"write:{FRIEND}")
    preview = desk.says(1, "Dinner at <eight>?\nBring wine")
    assert "A message from the admin</b>\n\nDinner at &lt;eight&gt;?\nBring wine" in said(preview)
    assert told(preview) == []
    (send,) = [data for data in keys(preview) if data.startswith("letter_send")]
    rows = desk.taps(1, send)
    assert told(rows) == ["✉️ <b>A message from the admin</b>\n\nDinner at &lt;eight&gt;?\nBring wine"]
    assert "out of date" in alert(desk.taps(1, send))
    (deed,) = list_entries(desk.db, FRIEND, 1)
    assert (deed.action, deed.detail) == ("message", "")


def test_typing_again_replaces_the_draft_and_its_old_button_sends_nothing(desk: Desk) -> None:
    desk.taps(1, f"write:{FRIEND}")
    old = next(data for data in keys(desk.says(1, "First")) if data.startswith("letter_send"))
    new = next(data for data in keys(desk.says(1, "Second")) if data.startswith("letter_send"))
    assert "out of date" in alert(desk.taps(1, old))
    assert "устарела" in alert(desk.taps(2, new)), "it is the other admin's draft"
    assert "Second" in told(desk.taps(1, new))[0]


def test_the_longest_message_fits_with_everything_around_it(desk: Desk) -> None:
    desk.says(FRIEND, "/start", first_name="<" * 64, last_name="💥" * 64)
    desk.taps(1, f"write:{FRIEND}")
    preview = desk.says(1, "💥" * 1500)
    send = next(data for data in keys(preview) if data.startswith("letter_send"))
    rows = [*preview, *desk.taps(1, send)]
    assert [complaint for row in rows for complaint in complaints(row)] == []
    desk.taps(1, f"write:{FRIEND}")
    assert "1 to 3000 characters" in said(desk.says(1, "x" * 3001))


def test_nothing_is_sent_to_somebody_who_stopped_the_bot(desk: Desk) -> None:
    set_reachable(desk.db, FRIEND, False)
    assert "stopped the bot" in said(desk.taps(1, f"person:{FRIEND}"))
    assert "messages don't reach them" in alert(desk.taps(1, f"write:{FRIEND}"))


def test_a_new_helper_is_told_and_gets_the_command_menu(desk: Desk) -> None:
    assert f"helper:{FRIEND}:on" in keys(desk.taps(1, f"appoint:{FRIEND}"))
    rows = desk.taps(1, f"helper:{FRIEND}:on")
    assert "You're a helper now" in told(rows)[0]
    menus = [json.loads(row["params"]) for row in rows if row["method"] == "setMyCommands"]
    assert {menu["scope"]["chat_id"] for menu in menus} == {FRIEND}
    assert all("requests" in [command["command"] for command in menu["commands"]] for menu in menus)
    assert "🤝 helper" in said(desk.taps(1, f"person:{FRIEND}"))
    assert "people:all:0" in keys(desk.says(FRIEND, "/start"))
    assert "panel" in keys(desk.taps(FRIEND, "menu"))
    assert "Help for helpers" in said(desk.says(FRIEND, "/help"))
    menu = LANGUAGES[next_language("en")].TEXTS["menu"].splitlines()[0]
    assert menu in said(desk.says(FRIEND, "/language"))


def test_a_dismissed_helper_can_decide_nothing_and_gets_no_notices(desk: Desk) -> None:
    desk.taps(1, f"helper:{FRIEND}:on")
    desk.passes_captcha(101)
    rows = desk.taps(1, f"helper:{FRIEND}:off")
    assert "no longer a helper" in told(rows)[0]
    assert [row["method"] for row in rows].count("deleteMyCommands") == 1 + len(LANGUAGES)
    assert "Only an admin" in alert(desk.taps(FRIEND, "decide:101:pending:approved"))
    rows = desk.taps(1, "decide:101:pending:approved")
    assert {row["chat_id"] for row in rows} == {1, 2, 101}, "the notice in the helper's chat stays as it was"


def test_a_blocked_helper_is_no_helper_any_more(desk: Desk) -> None:
    desk.taps(1, f"helper:{FRIEND}:on")
    rows = desk.taps(1, f"decide:{FRIEND}:approved:blocked:page")
    assert "deleteMyCommands" in [row["method"] for row in rows]
    desk.taps(1, f"decide:{FRIEND}:blocked:approved:page")
    assert get_user(desk.db, FRIEND).helper == 0


def test_a_person_is_deleted_after_a_confirmation(desk: Desk) -> None:
    config_id = hold_config(desk.db, FRIEND, desk.now)
    asked = desk.taps(1, f"confirm_expel:{FRIEND}")
    assert "Delete this person?</b>\n👤 Anna" in said(asked)
    assert "All their configs (1)" in said(asked)
    assert find_user(desk.db, FRIEND)
    rows = desk.taps(1, f"expel:{FRIEND}")
    assert find_user(desk.db, FRIEND) is None
    assert find_config(desk.db, config_id) is None
    assert any("Everyone inside" in text_of(row) for row in rows)
    for late in (f"expel:{FRIEND}", f"person:{FRIEND}", f"note:{FRIEND}", f"held:{config_id}"):
        assert "Этого уже нет" in alert(desk.taps(2, late))


def test_deleting_a_person_deletes_the_draft_for_them_and_their_last_list(desk: Desk) -> None:
    desk.taps(1, f"helper:{FRIEND}:on")
    desk.taps(FRIEND, "people:all:0")
    desk.taps(2, f"write:{FRIEND}")
    desk.says(2, "Hello")
    rows = desk.taps(1, f"expel:{FRIEND}")
    assert "deleteMyCommands" in [row["method"] for row in rows]
    keys_left = [key for (key,) in desk.db.execute("SELECT key FROM meta")]
    assert not {f"people:{FRIEND}", "draft:2"} & set(keys_left)


def test_a_text_about_somebody_who_left_is_refused(desk: Desk) -> None:
    for deed in ("note", "write", "person_own_quota"):
        desk.taps(2, f"{deed}:{FRIEND}")
        desk.db.execute("UPDATE users SET awaiting = replace(awaiting, '100', '999') WHERE id = 2")
        assert "Этого уже нет" in said(desk.says(2, "25"))


def test_an_admin_who_issues_a_config_to_themselves_is_not_told_about_it(desk: Desk) -> None:
    rows = desk.taps(1, "issue_as:1:iphone")
    assert [row["method"] for row in rows if row["chat_id"] == 1] == ["answerCallbackQuery", "editMessageText"]


def test_what_a_person_waits_for_stands_on_their_page_with_a_button_each(desk: Desk) -> None:
    desk.taps(FRIEND, "device:iphone")
    desk.now += 7200
    for _ in range(2):
        add_ticket(desk.db, FRIEND, "complaint", desk.now)
    desk.now += 60
    rows = desk.taps(1, f"person:{FRIEND}")
    assert "(like everyone)\n⏳ Asks for a config: “iPhone”, for 3 h\n✉️ Without an answer: 2, the" in said(rows)
    assert list(keys(rows))[:2] == ["request:1", "ticket:1:list"]
    for tap in ("judge:1:rejected", "ticket_done:1", "ticket_done:2"):
        desk.taps(1, tap)
    rows = desk.taps(1, f"person:{FRIEND}")
    assert "⏳" not in said(rows)
    assert "✉️" not in said(rows)
    assert "request" not in verbs(rows)


def test_helpers_see_the_request_but_no_tickets_on_a_persons_page(desk: Desk) -> None:
    bring(desk, 101, "helper")
    desk.taps(FRIEND, "device:iphone")
    add_ticket(desk.db, FRIEND, "complaint", desk.now)
    rows = desk.taps(101, f"person:{FRIEND}")
    assert "Asks for a config" in said(rows)
    assert "Without an answer" not in said(rows)
    assert "request" in verbs(rows)
    assert "ticket" not in verbs(rows)


def test_a_config_that_was_just_issued_is_being_made(desk: Desk) -> None:
    rows = desk.taps(1, f"issue_as:{FRIEND}:iphone")
    assert "Configs: 0, limit: 3 (like everyone)\n⏳ A config is being made: “iPhone”" in text_of(rows[1])
    hold_config(desk.db, 1, desk.now)  # there is a server, too
    add_config(desk.db, user_id=FRIEND, request_id=1, name="iPhone", addresses=("10.8.0.77", None),
               keys=("PUBLIC", "PRIVATE", None), generation=1, now=desk.now)  # fmt: skip
    assert "being made" not in said(desk.taps(1, f"person:{FRIEND}")), "it is in the list of configs by now"
