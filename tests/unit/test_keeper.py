"""The keeper's rounds: a config goes live and ends, troubles are reported once, and months roll over."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from lib.errors import AwgError
from lib.keeper import Keeper
from lib.settings import Settings
from lib.store import backup, telegram_only
from lib.store.audit import list_entries, note
from lib.store.config_requests import get_request
from lib.store.configs import WantedPeer, configs_of, find_config
from lib.store.counters import is_online, newest_handshake
from lib.store.database import connect, get_meta, transaction
from lib.store.foreign import list_foreign
from lib.store.keeper_notes import Health, read_fact
from lib.store.traffic import Usage, month_total
from lib.store.users import add_user, set_language
from lib.vpn.interface import Interface, LivePeer
from tests.unit.chat.desk import Desk, text_of
from tests.unit.interface import MemoryAwg
from tests.unit.stage import Stage, make_stage, texts


@pytest.fixture
def desk(db: sqlite3.Connection, settings: Settings) -> Desk:
    desk = Desk(db, settings)
    desk.says(1, "/start")
    desk.says(2, "/start")
    return desk


@pytest.fixture
def stage(desk: Desk, settings: Settings) -> Stage:
    return make_stage(desk, settings)


def test_it_works(stage: Stage) -> None:
    stage.desk.is_let_in(100)
    stage.desk.taps(100, "device:iphone")
    stage.desk.taps(1, "judge:1:approved")
    rows = stage.round()
    (config,) = configs_of(stage.desk.db, 100)
    assert stage.awg.peers[config.public_key].allowed_ips == "10.8.0.2/32"
    assert get_request(stage.desk.db, 1).state == "issued"
    assert [row["attachment"] for row in rows if row["attachment"]] == ["conf:1:person-iphone"]
    assert stage.round() == [], "a delivery happens once"


def test_an_admins_own_request_needs_no_approval(stage: Stage) -> None:
    stage.desk.taps(1, "device:iphone")
    assert [row["attachment"] for row in stage.round() if row["attachment"]] == ["conf:1:person-iphone"]


def test_a_blocked_friend_is_cut_off_and_comes_back_with_the_same_key_and_address(stage: Stage) -> None:
    key = stage.give_config()
    stage.desk.taps(1, "decide:100:approved:blocked")
    stage.round()
    assert key not in stage.awg.peers
    stage.desk.taps(2, "decide:100:blocked:approved")
    stage.round()
    assert stage.awg.peers[key].allowed_ips == "10.8.0.2/32"


def test_who_is_blocked_between_approval_and_issue_gets_nothing_until_unblocked(stage: Stage) -> None:
    stage.desk.is_let_in(100)
    stage.desk.taps(100, "device:iphone")
    stage.desk.taps(1, "judge:1:approved")
    stage.desk.taps(1, "decide:100:approved:blocked")
    assert not stage.round()
    assert not stage.awg.peers
    stage.desk.taps(1, "decide:100:blocked:approved")
    assert [row["attachment"] for row in stage.round() if row["attachment"]] == ["conf:1:person-iphone"]


def test_the_fence_is_put_right_before_any_peer_comes(stage: Stage) -> None:
    stage.desk.is_let_in(100)
    stage.desk.db.execute("UPDATE users SET speed_kbit = 5000 WHERE id = 100")
    stage.desk.taps(100, "device:iphone")
    stage.desk.taps(1, "judge:1:approved")
    stage.round()
    calls = stage.awg.calls
    assert calls.index("fence") < calls.index("change")
    stage.round()
    fence = ((5000, 5000, ["10.8.0.2/32"]),)
    assert [(speeds, unless) for speeds, _, _, unless in stage.awg.fences] == [(fence, ""), (fence, "seen")]


def test_a_fence_that_fails_is_told_once_and_the_vpn_goes_on(stage: Stage) -> None:
    stage.give_config()
    stage.desk.db.execute("UPDATE users SET speed_kbit = 5000 WHERE id = 100")
    stage.awg.fence_trouble = AwgError("nft could not be run: No such file or directory", "missing")
    assert "nft could not be run" in texts(stage.round(60))[0]
    assert stage.round(60) == []
    assert stage.give_config(101) in stage.awg.peers
    stage.awg.fence_trouble = None
    stage.awg.speed_trouble = "awg0 has a queue that is not ours: cake"
    (text,) = texts(stage.round(60))
    assert "Limits are enforced again" in text
    assert "Speed limits don't work" in text
    stage.awg.speed_trouble = None
    assert "Speed limits work again" in texts(stage.round(60))[0]


def test_a_used_up_limit_leaves_telegram_alone_and_more_of_it_opens_all(stage: Stage) -> None:
    db, key = stage.desk.db, stage.give_config()
    stage.awg.move(key, 10, 2_000_000)
    db.execute("UPDATE users SET quota_bytes = 1000000 WHERE id = 100")
    (told,) = texts(stage.round(60), 100)
    assert "used up" in told
    assert "Telegram keeps working meanwhile" in told
    assert stage.awg.peers[key].allowed_ips == "10.8.0.2/32"
    assert stage.awg.fences[-1][1:3] == (("10.8.0.2/32",), ("1.1.1.1", "1.0.0.1", "1.1.1.3", "1.0.0.3"))
    stage.awg.move(key, 50_000, 100_000)
    stage.round(60)
    assert month_total(db, "2026-05") == Usage(10, 2_000_000), "counted apart"
    assert telegram_only.month_of_person(db, 100, "2026-05") == 150_000
    db.execute("UPDATE users SET quota_bytes = 9000000 WHERE id = 100")
    assert "Telegram" not in texts(stage.round(60), 100)[0]
    assert stage.awg.fences[-1][1] == ()
    stage.awg.move(key, 1, 1)
    stage.round(60)
    assert month_total(db, "2026-05") == Usage(11, 2_000_001)


def test_nobody_is_let_in_whom_no_fence_keeps_to_telegram(stage: Stage) -> None:
    db, key = stage.desk.db, stage.give_config()
    db.execute("UPDATE configs SET expires_at = ?", (stage.desk.now,))
    stage.awg.fence_trouble = AwgError("nft could not be run: No such file or directory", "missing")
    (told,) = texts(stage.round(60), 100)
    assert "expired" in told
    assert "Telegram" not in told
    assert stage.awg.peers == {}
    stage.awg.fence_trouble = None
    calls = len(stage.awg.calls)
    stage.round(60)
    assert key in stage.awg.peers, "asked anew each round"
    assert stage.awg.calls[calls:].index("fence") < stage.awg.calls[calls:].index("change")
    stage.awg.fence_trouble = AwgError("nft failed", "failed")
    stage.round(60)
    assert stage.awg.peers == {}, "what is no longer sure is closed"


@pytest.mark.parametrize(
    "how", ["UPDATE configs SET paused_at = 1", "UPDATE users SET state = 'blocked' WHERE id = 100",
            "INSERT INTO preferences VALUES ('TELEGRAM_WHEN_OFF', 'no')",
            "INSERT INTO telegram_days SELECT id, '2026-05-28', 200000000, 0 FROM configs"],
)  # fmt: skip
def test_nothing_is_left_after_a_pause_a_block_the_owners_no_or_too_much_of_it(stage: Stage, how: str) -> None:
    stage.give_config()
    stage.desk.db.execute("UPDATE configs SET expires_at = ?", (stage.desk.now,))
    stage.round(60)
    assert stage.awg.peers, "before that, it is"
    stage.desk.db.execute(how)
    stage.round(60)
    assert stage.awg.peers == {}
    assert telegram_only.ids(stage.desk.db) == set()


def test_all_devices_of_a_person_share_what_is_left_of_telegram(stage: Stage) -> None:
    db, first = stage.desk.db, stage.give_config()
    stage.desk.taps(100, "device:windows")
    stage.desk.taps(1, "judge:2:approved")
    stage.give_config(101)
    db.execute("UPDATE configs SET expires_at = ?", (stage.desk.now,))
    stage.round(60)
    assert len(stage.awg.peers) == 3
    for key in stage.awg.peers:
        stage.awg.move(key, 0, 120_000_000)
    stage.round(60)
    assert [peer.allowed_ips for peer in stage.awg.peers.values()] == ["10.8.0.4/32"], "one device alone is below it"
    stage.desk.taps(100, "delete:1")
    stage.round(60)
    assert first not in stage.awg.peers
    assert len(stage.awg.peers) == 1, "a deleted one counts as well"


def test_the_file_of_the_next_boot_lets_nobody_in_who_reaches_telegram_alone(stage: Stage, settings: Settings) -> None:
    stage.give_config()
    stage.desk.db.execute("UPDATE configs SET expires_at = ?", (stage.desk.now,))
    stage.round(60)
    assert stage.awg.peers
    assert settings.peers_file.read_text() == ""


def test_new_keys_on_an_old_address_are_not_kept_to_telegram(stage: Stage) -> None:
    db = stage.desk.db
    stage.give_config()
    stage.give_config(101)
    db.execute("UPDATE configs SET expires_at = ? WHERE user_id = 101", (stage.desk.now,))
    stage.round(60)
    assert stage.awg.fences[-1][1] == ("10.8.0.3/32",), "there is a fence"
    db.execute("UPDATE configs SET private_key = NULL WHERE user_id = 100")
    stage.desk.taps(100, "renew:1")
    stage.round()
    assert "10.8.0.2/32" in {peer.allowed_ips for peer in stage.awg.peers.values()}
    assert stage.awg.fences[-1][1] == ("10.8.0.3/32",)


def test_a_peer_made_by_others_is_not_kept_to_telegram_for_holding_an_address(stage: Stage) -> None:
    key = stage.give_config()
    stage.desk.db.execute("UPDATE configs SET expires_at = ?", (stage.desk.now,))
    stage.awg.change([WantedPeer("F" * 43 + "=", None, "10.8.0.2/32")])
    stage.round(60)
    assert not any(only for _, only, *_ in stage.awg.fences)
    assert [peer.allowed_ips for peer in stage.awg.peers.values()] == ["10.8.0.2/32"]
    assert key not in stage.awg.peers


@pytest.mark.parametrize("holds", [True, False])
def test_a_peer_made_by_others_is_not_slowed_down_for_holding_an_address(stage: Stage, holds: bool) -> None:
    """This happens if the config is off, or if the tool moved its address: an address belongs to one peer at a time."""
    stage.give_config()
    stage.desk.db.execute("UPDATE users SET speed_kbit = 5000 WHERE id = 100")
    stage.round(60)
    assert stage.awg.fences[-1][0] == ((5000, 5000, ["10.8.0.2/32"]),)
    if not holds:
        stage.desk.db.execute("UPDATE configs SET paused_at = ?", (stage.desk.now,))
        stage.round(60)
    stage.awg.change([WantedPeer("F" * 43 + "=", None, "10.8.0.2/32")])
    stage.round(60)
    assert stage.awg.fences[-1][0] == ()
    stage.awg.change([], ["F" * 43 + "="])
    stage.desk.db.execute("UPDATE configs SET paused_at = NULL")
    stage.round(60)
    assert stage.awg.fences[-1][0] == ((5000, 5000, ["10.8.0.2/32"]),)


@pytest.mark.parametrize(("subnet", "left"), [("10.8.0.1/24", ["10.8.0.2/32"]), ("10.9.0.1/24", [])])
def test_who_reaches_telegram_alone_keeps_no_address_that_the_fence_does_not_hold(
    desk: Desk, settings: Settings, subnet: str, left: list[str]
) -> None:
    stage = make_stage(desk, settings, "10.8.0.1/24,fd10:8::1/64")
    stage.give_config()
    stage.awg.subnet = subnet
    desk.db.execute("UPDATE configs SET expires_at = ?", (desk.now,))
    stage.round(60)
    assert [peer.allowed_ips for peer in stage.awg.peers.values()] == left


def test_the_traffic_until_a_block_is_counted(stage: Stage) -> None:
    key = stage.give_config()
    stage.awg.move(key, 10, 100)
    stage.desk.taps(1, "decide:100:approved:blocked")
    stage.round()
    assert month_total(stage.desk.db, "2026-05") == Usage(10, 100)


def test_peers_are_back_after_the_interface_restarted_and_counters_go_on(stage: Stage) -> None:
    key = stage.give_config()
    stage.awg.move(key, 10, 100)
    stage.round(60)
    stage.awg.restart()
    stage.round(60)
    assert key in stage.awg.peers
    stage.awg.move(key, 50, 500)
    stage.round(60)
    assert month_total(stage.desk.db, "2026-05") == Usage(60, 600)


def test_a_peer_made_by_hand_stays_and_its_address_is_not_given_away(stage: Stage) -> None:
    by_hand = LivePeer("HAND" + "=" * 40, None, "10.8.0.2/32", None, 0, 0, 0)
    stage.awg.peers[by_hand.public_key] = by_hand
    key = stage.give_config()
    assert stage.awg.peers[key].allowed_ips == "10.8.0.3/32"
    stage.desk.taps(1, "decide:100:approved:blocked")
    stage.round()
    assert list(stage.awg.peers.values()) == [by_hand]


def test_news_that_could_not_be_told_is_told_by_the_next_round(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_off(*_: object) -> None:
        raise ZeroDivisionError

    stage.give_config()
    by_hand = LivePeer("HAND" + "=" * 40, None, "10.8.0.9/32", None, 0, 0, 0)
    stage.awg.peers[by_hand.public_key] = by_hand
    stage.awg.parameters["Jc"] = "5"
    with monkeypatch.context() as patch:
        patch.setattr("lib.keeper.note_turns", break_off)
        with pytest.raises(ZeroDivisionError):
            stage.round(60)
    told = texts(stage.round(60))
    assert any("The server has changed" in text for text in told)
    assert any("Peers added by hand: 1 new" in text for text in told)
    assert texts(stage.round(60)) == []


def test_an_address_stolen_by_hand_is_told_and_not_stolen_back(stage: Stage) -> None:
    key = stage.give_config()
    thief = LivePeer("HAND" + "=" * 40, None, "10.8.0.2/32", None, 0, 0, 0)
    stage.awg.peers = {key: stage.awg.peers[key]._replace(allowed_ips=""), thief.public_key: thief}
    assert "10.8.0.2/32" in texts(stage.round(60))[-1]
    assert stage.awg.peers[thief.public_key] == thief
    del stage.awg.peers[thief.public_key]
    assert "free again" in texts(stage.round(60))[0]
    assert stage.awg.peers[key].allowed_ips == "10.8.0.2/32"


def test_no_file_leaves_before_its_peer_is_there(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The config was made, its address was taken by hand before the tool could add it, and is given back later."""

    def fail(*_: object) -> None:
        raise AwgError("awg addconf failed (1)", "failed")

    with monkeypatch.context() as patch:
        patch.setattr(stage.awg, "change", fail)
        key = stage.give_config()
    thief = LivePeer("HAND" + "=" * 40, None, "10.8.0.2/32", None, 0, 0, 0)
    stage.awg.peers[thief.public_key] = thief
    stage.round(60)
    files = "SELECT count(*) FROM outbox WHERE chat_id = 100 AND attachment IS NOT NULL"
    state = "SELECT state FROM config_requests"
    assert [stage.desk.db.execute(query).fetchone()[0] for query in (files, state)] == [0, "approved"]
    assert key not in stage.awg.peers
    del stage.awg.peers[thief.public_key]
    stage.round(60)
    assert [stage.desk.db.execute(query).fetchone()[0] for query in (files, state)] == [1, "issued"]
    assert key in stage.awg.peers


KINDS = ["missing", "not_permitted", "no_interface", "timeout", "garbage", "refused", "no_node", "failed"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_failing_tool_is_told_once_and_loses_nothing(stage: Stage, kind: str) -> None:
    stage.desk.is_let_in(100)
    stage.desk.taps(100, "device:iphone")
    stage.desk.taps(1, "judge:1:approved")
    stage.awg.trouble = AwgError("awg show failed (1)", kind)
    told = texts(stage.round())
    assert len(told) == 1
    assert "can't be reached" in told[0]
    assert [stage.round(60) for _ in range(5)] == [[]] * 5
    health = read_fact(stage.desk.db, Health)
    assert health is not None
    assert (health.up, health.kind) == (False, kind)
    stage.awg.trouble = None
    rows = stage.round(60)
    assert any("works again" in text for text in texts(rows))
    assert [row["attachment"] for row in rows if row["attachment"]] == ["conf:1:person-iphone"]


def test_a_full_subnet_is_told_and_the_request_waits(desk: Desk, settings: Settings) -> None:
    stage = make_stage(desk, settings, "10.8.0.1/30")
    stage.give_config(100)
    stage.desk.is_let_in(101)
    stage.desk.taps(101, "device:iphone")
    stage.desk.taps(1, "judge:2:approved")
    assert any("10.8.0.0/30" in text for text in texts(stage.round()))
    assert stage.round(60) == []
    assert get_request(stage.desk.db, 2).state == "approved"
    stage.awg.subnet = "10.8.0.1/29"
    assert [row["attachment"] for row in stage.round(60) if row["attachment"]] == ["conf:2:person-iphone"]


def test_the_file_for_postup_is_right_even_while_the_interface_is_down(stage: Stage, settings: Settings) -> None:
    key = stage.give_config()
    assert key in settings.peers_file.read_text()
    stage.awg.trouble = AwgError("no such device", "no_interface")
    stage.desk.taps(1, "decide:100:approved:blocked")
    stage.round()
    assert key not in settings.peers_file.read_text()


def test_a_file_for_postup_that_can_not_be_written_is_told_and_blocks_take_effect(
    stage: Stage, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = stage.give_config()
    stage.desk.taps(1, "decide:100:approved:blocked")
    with monkeypatch.context() as patch:
        patch.setattr("lib.atomic_file.os.fsync", full_disk)
        told = texts(stage.round())
        assert any("The file of devices can't be written" in text and "No space left" in text for text in told)
        assert key not in stage.awg.peers
        assert key in settings.peers_file.read_text()
    assert any("The file of devices can be written again" in text for text in texts(stage.round(60)))
    assert key not in settings.peers_file.read_text()


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_quota_cuts_within_one_sample_and_the_first_of_the_month_reopens_it(desk: Desk, settings: Settings) -> None:
    stage = make_stage(desk, replace(settings, quota_bytes=1000, telegram_when_off=False))
    key = stage.give_config()
    stage.awg.move(key, 500, 500)
    stage.round(60)
    assert key not in stage.awg.peers
    stage.at(2026, 6, 1)
    stage.round()
    assert stage.awg.peers[key].allowed_ips == "10.8.0.2/32"


def test_a_sample_is_due_exactly_at_the_turn_of_the_month(stage: Stage) -> None:
    stage.at(2026, 5, 31, 23, 59, 30)
    assert stage.keeper.pause(stage.desk.now) == 30
    stage.at(2026, 5, 31, 12)
    assert stage.keeper.pause(stage.desk.now) == 60


def test_the_month_turns_by_itself_and_the_past_one_is_reported_once(stage: Stage) -> None:
    key = stage.give_config()
    stage.at(2026, 5, 31, 23, 59)
    stage.round()
    stage.awg.move(key, 3_000_000, 40_000_000)
    stage.at(2026, 6, 1)
    rows = stage.round()
    reports = [text for text in texts(rows) if "Results: May 2026" in text]
    assert len(reports) == 1
    assert "Person 100" in reports[0]
    assert "40.0 MB" in reports[0]
    assert month_total(stage.desk.db, "2026-05") == Usage(3_000_000, 40_000_000)
    assert month_total(stage.desk.db, "2026-06") == Usage(0, 0)
    assert not stage.round(60)


@pytest.mark.parametrize("year", [2024, 2026])
def test_a_bot_that_slept_over_a_whole_february_divides_it_among_the_days(stage: Stage, year: int) -> None:
    stage.at(year, 1, 1)
    key = stage.give_config()
    stage.at(year, 1, 31)
    stage.round()
    stage.awg.move(key, 0, 3_000_000)
    stage.at(year, 3, 2)
    rows = stage.round()
    days = 29 if year == 2024 else 28
    expected = 3_000_000 * days // (days + 2)
    assert month_total(stage.desk.db, f"{year}-02").sent == pytest.approx(expected, abs=2)
    reported = [text.split("</b>")[0] for text in texts(rows)]
    assert [text for text in reported if "Results" in text] == [
        f"📅 <b>Results: January {year}", f"📅 <b>Results: February {year}"
    ]  # fmt: skip


def test_a_clock_set_back_over_the_turn_reports_nothing_twice(stage: Stage) -> None:
    stage.at(2026, 5, 31, 23, 59)
    stage.round()
    stage.at(2026, 6, 1)
    assert stage.round()
    stage.at(2026, 5, 31, 23, 30)
    assert not stage.round()
    stage.at(2026, 6, 1, 0, 1)
    assert not stage.round()


def test_a_clock_that_ran_a_month_ahead_does_not_swallow_the_real_turn(stage: Stage) -> None:
    stage.at(2026, 5, 10)
    stage.round()
    stage.at(2026, 6, 10)
    stage.round()
    stage.at(2026, 5, 10, 1)
    stage.round()
    stage.at(2026, 6, 1)
    assert any("May 2026" in text for text in texts(stage.round()))


def test_an_insane_set_of_parameters_is_not_issued(stage: Stage) -> None:
    stage.awg.parameters["Jmin"] = "90"
    stage.desk.is_let_in(100)
    stage.desk.taps(100, "device:iphone")
    stage.desk.taps(1, "judge:1:approved")
    assert any("Jmin must be less than Jmax" in text for text in texts(stage.round()))
    assert find_config(stage.desk.db, 1) is None


def test_a_trouble_with_parameters_is_told_in_each_admins_language(stage: Stage) -> None:
    set_language(stage.desk.db, 2, "ru")
    stage.awg.parameters["Jmin"] = "90"
    stage.desk.taps(1, "device:iphone")
    told = stage.round()
    assert any("Jmin must be less" in text for text in texts(told))
    assert any("Jmin должен быть меньше" in text for text in texts(told, chat=2))
    assert "Jmin must be less" in text_of(stage.desk.taps(1, "status")[-1])


def test_a_copy_is_made_once_a_day(stage: Stage, settings: Settings) -> None:
    stage.at(2026, 5, 30, 12)
    for hours in range(48):
        stage.round()
        stage.at(2026, 5, 30 + (12 + hours) // 24, (12 + hours) % 24) if hours < 35 else None
    assert [path.name for path in sorted(settings.backups.iterdir())] == [
        "bot_data-2026-05-30.db", "bot_data-2026-05-31.db"
    ]  # fmt: skip


def test_a_backup_that_fails_for_two_days_is_told_once(stage: Stage, settings: Settings) -> None:
    stage.at(2026, 5, 28, 12)
    stage.round()
    shutil.rmtree(settings.backups)
    settings.backups.write_text("in the way")
    stage.at(2026, 5, 29, 12)
    assert stage.round() == []
    stage.at(2026, 5, 30, 12, 1)
    assert any("No good backup" in text for text in texts(stage.round()))
    assert stage.round(60) == []
    settings.backups.unlink()
    assert any("backup has been made" in text for text in texts(stage.round(60)))


def test_a_parameter_that_clients_leave_out_stops_no_config(desk: Desk, settings: Settings) -> None:
    """The kernel module takes `<c>` in an I-value, the apps refuse it."""
    stage = make_stage(desk, settings)
    stage.awg.parameters["I1"] = "<c><r 8>"
    assert any("I1" in text for text in texts(stage.round()))
    without = make_stage(desk, replace(settings, client_parameters={"I1": "off"}))
    without.awg.parameters["I1"] = "<c><r 8>"
    assert any("fine again" in text for text in texts(without.round(60)))
    assert without.give_config() in without.awg.peers


def test_what_the_owner_wishes_for_clients_is_checked_with_the_servers_set(desk: Desk, settings: Settings) -> None:
    stage = make_stage(desk, replace(settings, client_parameters={"Jmin": "60"}))
    assert any("Jmin must be less than Jmax" in text for text in texts(stage.round()))


def test_a_peer_outside_the_interface_s_network_is_told_until_it_is_inside(desk: Desk, settings: Settings) -> None:
    stage = make_stage(desk, settings)
    stage.give_config()
    stage.awg.restart()
    stage.awg.subnet = "10.66.0.1/16"
    told = texts(stage.round(60))
    assert any("10.8.0.2/32" in text and "10.66.0.0/16" in text for text in told)
    assert stage.awg.peers == {}
    assert stage.round(60) == []
    stage.awg.subnet = "10.8.0.1/16"
    assert any("configs are in the interface's network again" in text for text in texts(stage.round(60)))
    assert len(stage.awg.peers) == 1


def test_an_interface_without_ipv4_is_told_as_that(desk: Desk, settings: Settings) -> None:
    stage = make_stage(desk, settings, subnet="fd10:8::1/64")
    desk.is_let_in(100)
    desk.taps(100, "device:iphone")
    desk.taps(1, "judge:1:approved")
    (told,) = texts(stage.round(60))[-1:]
    assert "has no IPv4 address" in told
    assert "fd10:8::1/64" in told
    stage.awg.subnet = "fd10:8::1/64,10.8.0.1/16"
    stage.round(60)
    assert len(stage.awg.peers) == 1


def test_the_way_out_is_looked_at_once_a_sample_and_the_node_is_left_alone_afterwards(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    look = stage.awg.look

    def watched(way_out: bool = False) -> Interface:
        asked.append(way_out)
        return look(way_out)

    monkeypatch.setattr(stage.awg, "look", watched)
    for seconds in (0, 10, 50, 60, -3600):
        stage.round(seconds)
        assert stage.awg.calls[-1] == "close"
    assert asked == [True, False, True, True, True]


def test_frequent_samples_do_not_look_at_the_way_out_each_time(desk: Desk, settings: Settings) -> None:
    stage = make_stage(desk, replace(settings, sample_seconds=1))
    versions = []
    for number in range(4):
        stage.round(20)
        versions.append(read_fact(desk.db, Health).version)  # type: ignore[union-attr]
        stage.awg.around = stage.awg.around._replace(tool=f"amneziawg-tools v2.{number}")
    assert versions == ["amneziawg-tools v1.0"] * 3 + ["amneziawg-tools v2.2"]


def test_the_sender_is_woken_as_soon_as_a_config_is_delivered(desk: Desk, settings: Settings) -> None:
    waiting: list[int] = []

    def woken() -> None:
        waiting.append(desk.db.execute("SELECT count(*) FROM outbox WHERE attachment IS NOT NULL").fetchone()[0])

    awg = MemoryAwg()
    keeper = Keeper(desk.db, awg, settings, woken, lambda: desk.now)  # type: ignore[arg-type]
    keeper.round(desk.now)
    assert len(waiting) == 1, "at the end of a round"
    desk.taps(1, "device:iphone")
    keeper.round(desk.now + 1)
    assert waiting[1:] == [1, 1], "when the file is queued, and at the end"


def test_a_glance_follows_a_broadcast_and_leaves_the_interface_alone(stage: Stage) -> None:
    desk = stage.desk
    stage.round()
    desk.is_let_in(100)
    desk.taps(1, "audience:all")
    desk.says(1, "Hello")
    desk.taps(1, "broadcast_send:1")
    desk.deliver()
    calls = len(stage.awg.calls)
    stage.keeper.show_progress(desk.now)
    (edit,) = desk.db.execute("SELECT * FROM outbox").fetchall()
    assert (edit["chat_id"], edit["subject"]) == (1, "progress:1")
    desk.deliver()
    stage.keeper.show_progress(desk.now)
    assert desk.db.execute("SELECT count(*) FROM outbox").fetchone()[0] == 0
    assert len(stage.awg.calls) == calls


def test_what_waits_too_long_is_told_by_the_keeper(stage: Stage) -> None:
    stage.round()
    stage.desk.passes_captcha(100)
    stage.desk.deliver()
    told = [text_of(row) for row in stage.round(2 * 86400) if row["subject"] == "reminder"]
    assert len(told) == 2


def test_a_round_in_which_nothing_happens_writes_to_the_disk_once(stage: Stage) -> None:
    stage.give_config()
    stage.round(60)
    before, commits = stage.desk.db.total_changes, []

    def follow(statement: str) -> None:
        nonlocal before
        if statement == "COMMIT":
            commits.append(stage.desk.db.total_changes - before)
            before = stage.desk.db.total_changes

    stage.desk.db.set_trace_callback(follow)
    stage.round(60)
    stage.desk.db.set_trace_callback(None)
    assert len([changed for changed in commits if changed]) == 1


@pytest.mark.parametrize("count", [2**63, 2**64 - 1, 2**53 + 1, -1])
def test_a_peer_with_impossible_counters_stops_nothing_and_is_told_once(stage: Stage, count: int) -> None:
    key = stage.give_config()
    other = stage.give_config(101)
    stage.awg.move(key, 1000, 2000)
    stage.round(60)
    sane = stage.awg.peers[key]
    stage.awg.peers[key] = sane._replace(received=count)
    stage.awg.move(other, 5, 7)
    stage.desk.taps(1, "decide:101:approved:blocked")
    told = texts(stage.round(60))
    assert any(key in text and "Impossible numbers" in text for text in told)
    assert other not in stage.awg.peers, "the block is carried out"
    assert stage.round(60) == []
    stage.awg.peers[key] = sane._replace(received=sane.received + 3)
    assert any("counted again" in text for text in texts(stage.round(60)))
    assert month_total(stage.desk.db, "2026-05") == Usage(1000 + 3 + 5, 2000 + 7)


def test_a_foreign_peer_with_impossible_counters_is_listed_all_the_same(stage: Stage) -> None:
    hand = LivePeer("HAND" + "=" * 40, None, "10.8.0.9/32", None, 0, 2**64 - 1, 0)
    stage.awg.peers[hand.public_key] = hand
    assert any("Impossible numbers" in text for text in texts(stage.round()))
    assert [(peer.received, peer.live) for peer in list_foreign(stage.desk.db, 10, 0)] == [(0, 1)]


def test_a_handshake_from_when_the_clock_ran_ahead_does_not_stay_the_newest(stage: Stage) -> None:
    key = stage.give_config()
    stage.awg.move(key, 1, 1, stage.desk.now + 86400)
    stage.round(86400)
    stage.desk.now -= 86400
    stage.round(60)
    assert not is_online(newest_handshake(stage.desk.db), stage.desk.now)
    stage.awg.move(key, 1, 1, stage.desk.now + 60)
    stage.round(60)
    assert newest_handshake(stage.desk.db) == stage.desk.now


def test_who_is_deleted_is_forgotten_in_the_nightly_backups_too(stage: Stage, settings: Settings) -> None:
    stage.give_config(100)
    stage.desk.says(100, "/help", first_name="Anna")
    stage.desk.is_let_in(101, first_name="Olga")
    stage.desk.deliver()
    copies = [settings.backups / f"bot_data-2026-05-{day}.db" for day in (26, 27)]
    for copy in copies:
        backup.make_backup(settings.database, copy)
        os.utime(copy, (stage.desk.now, stage.desk.now))
    made = stage.desk.now
    old = settings.backups / "bot_data-2026-05-25.db"
    shutil.copy(copies[0], old)
    with sqlite3.connect(old) as db:
        db.execute("PRAGMA user_version = 1")
    secret = find_config(stage.desk.db, 1).private_key  # type: ignore[union-attr]
    assert all(b"Anna" in copy.read_bytes() for copy in copies)
    stage.desk.now += 60
    stage.desk.taps(100, "goodbye")
    stage.round(60)
    for copy in copies:
        assert not any(trace in copy.read_bytes() for trace in (b"Anna", str(secret).encode()))
        assert b"Olga" in copy.read_bytes()
        assert copy.stat().st_mtime == made, "it stays as old as it is"
        backup.check_backup(copy)
    assert b"Anna" in old.read_bytes(), "one of an older schema is left alone, until it is two weeks old"
    changed = [copy.stat().st_mtime_ns for copy in copies]
    stage.round(60)
    assert [copy.stat().st_mtime_ns for copy in copies] == changed


def test_two_who_leave_at_once_and_a_copy_from_a_clock_that_ran_ahead(stage: Stage, settings: Settings) -> None:
    stage.round()
    for who, name in ((100, "Anna"), (101, "Olga")):
        stage.desk.is_let_in(who, first_name=name)
    stage.desk.deliver()
    copies = {day: settings.backups / f"bot_data-2026-05-{day}.db" for day in (26, 27)}
    for day, ahead in ((26, 0), (27, 30 * 86400)):
        backup.make_backup(settings.database, copies[day])
        os.utime(copies[day], (stage.desk.now + ahead, stage.desk.now + ahead))
    stage.desk.now += 60
    for who in (100, 101):
        stage.desk.taps(who, "goodbye")
    stage.round(60)
    left = {day: [name for name in (b"Anna", b"Olga") if name in copy.read_bytes()] for day, copy in copies.items()}
    assert left == {26: [], 27: []}


def test_who_left_and_came_back_stays_in_a_copy_that_was_made_since(stage: Stage, settings: Settings) -> None:
    stage.round()
    stage.desk.is_let_in(100, first_name="Anna")
    stage.desk.taps(100, "goodbye")
    stage.desk.now += 60
    stage.desk.is_let_in(100, first_name="Anna")
    stage.desk.deliver()
    copy = settings.backups / "bot_data-2026-05-26.db"
    backup.make_backup(settings.database, copy)
    os.utime(copy, (stage.desk.now, stage.desk.now))
    stage.round(60)
    assert b"Anna" in copy.read_bytes()


def test_a_backup_that_can_not_be_changed_is_tried_again(stage: Stage, settings: Settings) -> None:
    stage.desk.is_let_in(100, first_name="Anna")
    copy = settings.backups / "bot_data-2026-05-26.db"
    settings.backups.mkdir(exist_ok=True)
    copy.write_bytes(b"no database" * 100)
    os.utime(copy, (0, 0))
    stage.desk.taps(100, "goodbye")
    stage.round(60)
    backup.make_backup(settings.database, copy)
    with closing(connect(copy)) as db, transaction(db):
        add_user(db, 100, None, "Anna", "en", 1)
    os.utime(copy, (0, 0))
    stage.round(60)
    assert b"Anna" not in copy.read_bytes()


def test_the_log_of_what_was_done_is_shortened_at_night(stage: Stage) -> None:
    note(stage.desk.db, stage.desk.now - 400 * 86400, 1, "ask", "request:1")
    stage.round()
    stage.round(86400)
    assert not [entry for entry in list_entries(stage.desk.db, 0, 100) if entry.at < stage.desk.now - 399 * 86400]


def test_the_database_s_log_is_emptied_after_a_deletion(stage: Stage, settings: Settings) -> None:
    stage.desk.is_let_in(100)
    stage.round()
    stage.desk.taps(100, "goodbye")
    stage.desk.deliver()
    log = Path(f"{settings.database}-wal")
    assert log.stat().st_size > 0
    stage.round(60)
    stage.desk.deliver()
    stage.round(60)
    assert get_meta(stage.desk.db, "erased") is None
    assert log.stat().st_size < 3 * 4200, "the note that it is done, and the round"
