"""No one can make other people's phones ring without limit. test_matrix.py checks that the table is complete."""

from __future__ import annotations

from collections import Counter

import pytest

from lib.chat.rules import PACES, RINGS_AN_HOUR
from lib.store.audit import count_done
from lib.store.database import connect
from lib.store.tickets import add_draft
from lib.store.users import get_user, set_helper, set_language, set_quota
from lib.values import GIGABYTE
from tests.unit.chat.configs import hold_config, use
from tests.unit.chat.desk import Desk
from tests.unit.chat.paces import ANOTHER, FRIEND, RINGING, TIMES, Heard, hear
from tests.unit.chat.screens import alert


def ring_by_everything(desk: Desk, heard: Heard) -> None:
    """Perform every action that makes the admins' phones ring, in turn; only one of the complaints gets through."""
    desk.is_let_in(FRIEND)
    set_quota(desk.db, FRIEND, GIGABYTE)
    first = hold_config(desk.db, FRIEND, desk.now)
    use(desk, first, GIGABYTE)
    hear(desk, heard, FRIEND, "more")
    for number in range(TIMES):
        config = hold_config(desk.db, FRIEND, desk.now)
        desk.db.execute("UPDATE configs SET expires_at = ? WHERE id = ?", (desk.now + 9, config))
        desk.says(FRIEND, "Hello")
        draft = desk.db.execute("SELECT max(id) FROM tickets").fetchone()[0]
        for done in (f"complain:{first}", f"extend:{config}", f"write_send:{draft}", "device:iphone"):
            hear(desk, heard, FRIEND, done)
        request = desk.db.execute("SELECT max(id) FROM config_requests").fetchone()[0]
        hear(desk, heard, FRIEND, f"cancel:{request}")
        desk.now += number % 3


def write(desk: Desk, heard: Heard, who: int) -> None:
    """Send the admins a message."""
    hear(desk, heard, who, f"write_send:{add_draft(desk.db, who, 'Hello', desk.now).id}")


def test_it_works(desk: Desk) -> None:
    heard: Heard = Counter()
    ring_by_everything(desk, heard)
    assert heard == {1: RINGS_AN_HOUR + 1, 2: RINGS_AN_HOUR + 1}


def test_a_complaint_always_gets_through_once_an_hour_for_each_config(desk: Desk) -> None:
    ring_by_everything(desk, Counter())
    other = hold_config(desk.db, FRIEND, desk.now, "Tablet")
    heard: Heard = Counter()
    for _ in range(TIMES):
        hear(desk, heard, FRIEND, f"complain:{other}")
    assert heard == {1: 1, 2: 1}
    desk.now += 3601
    hear(desk, heard, FRIEND, f"complain:{other}")
    assert heard == {1: 2, 2: 2}


def test_complaints_leave_room_for_whatever_else_is_asked(desk: Desk) -> None:
    desk.is_let_in(FRIEND)
    for _ in range(RINGS_AN_HOUR):
        desk.taps(FRIEND, f"complain:{hold_config(desk.db, FRIEND, desk.now)}")
    heard: Heard = Counter()
    write(desk, heard, FRIEND)
    assert heard == {1: 1, 2: 1}


def test_whoever_asked_too_often_reads_that_cancelled_requests_count_and_a_complaint_gets_through(desk: Desk) -> None:
    ring_by_everything(desk, Counter())
    said = {"en": ("requests you cancelled", "“Not working?”"), "ru": ("отменённые", "«Не работает?»")}
    for language, words in said.items():
        set_language(desk.db, FRIEND, language)
        refusal = alert(desk.taps(FRIEND, f"write_send:{add_draft(desk.db, FRIEND, 'Hello', desk.now).id}"))
        assert all(word in refusal for word in words), refusal


@pytest.mark.parametrize("verb", RINGING)
def test_each_verb_keeps_its_pace_whatever_somebody_does(desk: Desk, verb: str) -> None:
    heard: Heard = Counter()
    RINGING[verb].drive(desk, heard)
    assert heard, "else this test could not fail"
    assert max(heard.values()) == RINGING[verb].an_hour


def test_after_an_hour_it_begins_anew(desk: Desk) -> None:
    ring_by_everything(desk, Counter())
    heard: Heard = Counter()
    desk.now += 3601
    write(desk, heard, FRIEND)
    assert heard == {1: 1, 2: 1}


def test_the_pace_outlives_a_restart(desk: Desk) -> None:
    ring_by_everything(desk, Counter())
    desk.deliver()
    again = Desk(connect(desk.settings.database), desk.settings, desk.now, desk.ids, desk.messages)
    heard: Heard = Counter()
    write(again, heard, FRIEND)
    again.db.close()
    assert heard == {}


def test_a_helper_rings_no_more_often_than_a_friend(desk: Desk) -> None:
    desk.is_let_in(FRIEND)
    set_helper(desk.db, FRIEND, True)
    heard: Heard = Counter()
    for _ in range(TIMES):
        write(desk, heard, FRIEND)
    assert heard == {1: RINGS_AN_HOUR, 2: RINGS_AN_HOUR}


def test_an_admin_is_never_told_to_ask_less_often(desk: Desk) -> None:
    heard: Heard = Counter()
    for _ in range(TIMES):
        hear(desk, heard, 1, f"complain:{hold_config(desk.db, 1, desk.now)}")
    assert heard == {2: TIMES}


def test_who_decided_often_about_one_person_still_decides_about_another(desk: Desk) -> None:
    for who in (FRIEND, ANOTHER, 102):
        desk.is_let_in(who)
    set_helper(desk.db, FRIEND, True)
    for before, after in (("approved", "blocked"), ("blocked", "approved")) * 3:
        desk.taps(FRIEND, f"decide:{ANOTHER}:{before}:{after}")
    desk.taps(FRIEND, "decide:102:approved:blocked")
    assert [get_user(desk.db, who).state for who in (ANOTHER, 102)] == ["approved", "blocked"]


def test_what_was_done_while_the_clock_ran_ahead_does_not_silence_a_friend(desk: Desk) -> None:
    ring_by_everything(desk, Counter())
    first = desk.db.execute("SELECT min(id) FROM configs").fetchone()[0]
    desk.now -= 30 * 86400
    heard: Heard = Counter()
    hear(desk, heard, FRIEND, f"complain:{first}")
    assert heard == {1: 1, 2: 1}


def test_a_helper_decides_again_once_the_clock_is_right(desk: Desk) -> None:
    for who in (FRIEND, ANOTHER):
        desk.is_let_in(who)
    set_helper(desk.db, FRIEND, True)
    desk.now += 30 * 86400
    for before, after in (("approved", "blocked"), ("blocked", "approved")) * 2:
        desk.taps(FRIEND, f"decide:{ANOTHER}:{before}:{after}")
    desk.now -= 30 * 86400
    desk.taps(FRIEND, f"decide:{ANOTHER}:approved:blocked")
    assert get_user(desk.db, ANOTHER).state == "blocked"


def test_every_pace_is_counted(desk: Desk) -> None:
    ring_by_everything(desk, Counter())
    assert count_done(desk.db, FRIEND, PACES, 3600, desk.now) == RINGS_AN_HOUR + 1
