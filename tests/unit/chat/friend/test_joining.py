"""Moving to Telegram by a link: the same keys and addresses, and no interruption."""

from __future__ import annotations

import os
import re
from dataclasses import replace

import pytest

from lib.settings import Settings
from lib.store import backup
from lib.store.config_requests import open_request
from lib.store.configs import configs_of
from lib.store.database import connect
from lib.store.invitations import note_username
from lib.store.offline import former_ids
from lib.store.told import tell_once
from lib.store.traffic import month_of_users
from lib.store.users import find_user, get_user, set_config_limit, set_note, set_quota, set_speed
from tests.unit.chat.complaints import complaints
from tests.unit.chat.configs import hold_config, use
from tests.unit.chat.desk import Desk, text_of
from tests.unit.chat.roles import bring
from tests.unit.chat.screens import alert, keys, said, told
from tests.unit.stage import Stage, make_stage

GRANDMA = -1


@pytest.fixture
def stage(desk: Desk, settings: Settings) -> Stage:
    """Grandma, with a live config."""
    note_username(desk.db, "andreyvpn_bot")
    stage = make_stage(desk, settings)
    desk.taps(1, "add_person")
    desk.says(1, "Grandma")
    desk.taps(1, f"issue_as:{GRANDMA}:iphone")
    stage.round(60)
    return stage


def link(desk: Desk) -> str:
    """Return the code of the link to Telegram."""
    found = re.search(r"start=([\w-]{22})", said(desk.taps(1, f"invite_person_now:{GRANDMA}")))
    assert found
    return found[1]


def test_it_works(stage: Stage) -> None:
    desk, peers = stage.desk, dict(stage.awg.peers)
    (before,) = configs_of(desk.db, GRANDMA)
    use(desk, before.id, 5000)
    set_quota(desk.db, GRANDMA, 10**9)
    set_config_limit(desk.db, GRANDMA, 7)
    set_speed(desk.db, GRANDMA, 20_000)
    set_note(desk.db, GRANDMA, "My grandma")
    tell_once(desk.db, f"user:{GRANDMA}", "quota:80:2026-05", desk.now)
    rows = desk.says(100, f"/start {link(desk)}")
    assert [complaint for row in rows for complaint in complaints(row)] == []
    assert any("Your VPN is here now" in text for text in told(rows))
    assert any("Now in Telegram:\n👤 Grandma" in text for text in told(rows, 1))
    assert find_user(desk.db, GRANDMA) is None
    user = get_user(desk.db, 100)
    assert (user.state, user.quota_bytes, user.config_limit, user.note) == ("approved", 10**9, 7, "My grandma")
    assert user.speed_kbit == 20_000
    (after,) = configs_of(desk.db, 100)
    assert after == replace(before, user_id=100)
    stage.round(60)
    assert stage.awg.peers == peers, "nobody is cut off"
    assert [(who, usage.total) for who, _, usage in month_of_users(desk.db, "2026-05")] == [(100, 5000)]
    assert not tell_once(desk.db, "user:100", "quota:80:2026-05", desk.now)
    assert f"config:{after.id}" in keys(desk.taps(100, "configs"))
    assert "added Person 100, without Telegram" in said(desk.taps(1, "history:100:0"))
    assert desk.db.execute("SELECT 1 FROM audit WHERE ? IN (subject, detail)", (f"user:{GRANDMA}",)).fetchone() is None


def test_the_link_works_once(stage: Stage) -> None:
    code = link(stage.desk)
    stage.desk.says(100, f"/start {code}")
    assert "was for one" in text_of(stage.desk.says(101, f"/start {code}")[0])
    assert get_user(stage.desk.db, 101).state == "captcha"
    assert not any("join:" in row["params"] for row in stage.desk.says(100, f"/start {code}"))
    assert len(configs_of(stage.desk.db, 100)) == 1


@pytest.mark.parametrize("role", ["captcha", "pending", "rejected"])
def test_somebody_outside_comes_in_by_it(stage: Stage, role: str) -> None:
    bring(stage.desk, 100, role)
    stage.desk.says(100, f"/start {link(stage.desk)}")
    assert get_user(stage.desk.db, 100).state == "approved"
    assert len(configs_of(stage.desk.db, 100)) == 1


def test_the_blocked_stay_outside(stage: Stage) -> None:
    bring(stage.desk, 100, "blocked")
    stage.desk.says(100, f"/start {link(stage.desk)}")
    assert get_user(stage.desk.db, 100).state == "blocked"
    assert len(configs_of(stage.desk.db, GRANDMA)) == 1


@pytest.mark.parametrize("deed", [f"expel:{GRANDMA}", f"decide:{GRANDMA}:approved:blocked:page", "uninvite:1"])
def test_the_link_opens_nothing_once_she_is_gone_or_blocked_or_it_was_taken_back(stage: Stage, deed: str) -> None:
    code = link(stage.desk)
    stage.desk.taps(1, deed)
    assert "taken back" in text_of(stage.desk.says(100, f"/start {code}")[0])
    assert get_user(stage.desk.db, 100).state == "captcha"


def test_a_friend_is_asked_first_and_keeps_what_they_have_above_any_limit(stage: Stage) -> None:
    desk, code = stage.desk, link(stage.desk)
    desk.is_let_in(100)
    own = hold_config(desk.db, 100, desk.now)
    set_config_limit(desk.db, 100, 1)
    set_quota(desk.db, 100, 5)
    set_quota(desk.db, GRANDMA, 9)
    set_speed(desk.db, 100, 0)
    set_speed(desk.db, GRANDMA, 20_000)
    asked = desk.says(100, f"/start {code}")
    assert "👤 Grandma" in said(asked)
    assert len(configs_of(desk.db, GRANDMA)) == 1, "nothing happens by the link alone"
    assert f"join:{code}" in keys(asked)
    desk.taps(100, f"join:{code}")
    assert {config.id for config in configs_of(desk.db, 100)} == {1, own}
    assert (get_user(desk.db, 100).config_limit, get_user(desk.db, 100).quota_bytes) == (1, 5)
    assert get_user(desk.db, 100).speed_kbit == 0
    assert "out of date" in alert(desk.taps(100, f"join:{code}"))


def test_the_link_of_somebody_who_is_no_longer_an_admin_opens_nothing(stage: Stage) -> None:
    code = link(stage.desk)
    stage.desk.is_let_in(100)
    stage.desk.settings = replace(stage.desk.settings, admin_ids=(2,))
    assert "Grandma" not in "".join(told(stage.desk.says(100, f"/start {code}")))
    stage.desk.taps(100, f"join:{code}")
    assert configs_of(stage.desk.db, GRANDMA)


def test_who_takes_over_what_two_had_was_both_of_them(stage: Stage) -> None:
    desk = stage.desk
    desk.is_let_in(100)
    desk.taps(100, f"join:{link(desk)}")
    desk.taps(1, "add_person")
    desk.says(1, "Grandpa")
    desk.taps(1, "issue_as:-2:iphone")
    stage.round(60)
    desk.taps(1, "invite_person_now:-2")
    desk.taps(100, f"join:{desk.db.execute('SELECT code FROM invitations WHERE for_user = -2').fetchone()[0]}")
    assert former_ids(desk.db, 100) == [-1, -2]


def test_the_list_of_invitations_tells_who_came_by_the_link(stage: Stage) -> None:
    code = link(stage.desk)
    stage.desk.is_let_in(100)
    stage.desk.taps(100, f"join:{code}")
    assert "Person 100" in keys(stage.desk.taps(1, "invitations:0"))["invitation:1"]


def test_an_admin_who_tries_the_link_gets_nothing(stage: Stage) -> None:
    stage.desk.says(2, f"/start {link(stage.desk)}")
    assert len(configs_of(stage.desk.db, GRANDMA)) == 1


def test_a_config_that_is_being_made_comes_to_telegram(stage: Stage) -> None:
    desk = stage.desk
    desk.taps(1, f"issue_as:{GRANDMA}:android")
    desk.is_let_in(100)
    desk.taps(100, "device:mac")
    desk.taps(100, f"join:{link(desk)}")
    request = open_request(desk.db, 100)
    assert request is not None
    assert (request.name, request.state) == ("Android", "approved")
    assert [row["chat_id"] for row in stage.round(60) if row["attachment"]] == [100]


def test_while_both_are_being_made_the_link_waits(stage: Stage) -> None:
    desk, code = stage.desk, link(stage.desk)
    desk.is_let_in(100)
    desk.taps(100, "device:mac")
    request = open_request(desk.db, 100)
    assert request is not None
    desk.taps(1, f"judge:{request.id}:approved")
    desk.taps(1, f"issue_as:{GRANDMA}:android")
    assert "is being made for you" in alert(desk.taps(100, f"join:{code}"))
    stage.round(60)
    desk.taps(100, f"join:{code}")
    assert len(configs_of(desk.db, 100)) == 3


def test_who_leaves_later_is_forgotten_as_both_also_in_the_nightly_copies(stage: Stage) -> None:
    desk = stage.desk
    backup.make_nightly(desk.settings.database, desk.settings.backups, "2026-05-28")
    for copy in desk.settings.backups.iterdir():
        os.utime(copy, (desk.now, desk.now))
    desk.now += 60
    desk.says(100, f"/start {link(desk)}")
    desk.taps(100, "goodbye")
    stage.round(60)
    (copy,) = desk.settings.backups.glob("*2026-05-28*")
    with connect(copy) as db:
        assert db.execute("SELECT count(*) FROM users WHERE id < 0 OR full_name = 'Grandma'").fetchone()[0] == 0
        assert db.execute("SELECT count(*) FROM configs WHERE private_key IS NOT NULL").fetchone()[0] == 0
    assert "formerly" not in str([tuple(row) for row in desk.dump()])
