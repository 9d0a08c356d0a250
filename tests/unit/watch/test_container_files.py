"""The interface is in a container: its files are updated with live peers, and the bot reads the app's client names."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from lib.chat.notify import revoked_in_app
from lib.errors import AwgError
from lib.settings import Settings
from lib.store.audit import list_entries
from lib.store.configs import WantedPeer, configs_of
from lib.store.database import transaction
from lib.store.foreign import list_foreign
from lib.store.invitations import note_username
from lib.store.keeper_notes import read_troubles
from lib.store.users import move_user
from lib.vpn.awg import KeptFiles
from lib.watch.container_files import label
from tests.unit.chat.desk import data_of, open_desk, text_of
from tests.unit.stage import Stage, make_stage, texts

INSIDE = ("docker", "exec", "-i", "amnezia-awg2", "awg")
THEIRS = "T" * 43 + "="


@pytest.fixture
def inside(settings: Settings) -> Settings:
    return replace(settings, awg_command=INSIDE)


@pytest.fixture
def stage(db: sqlite3.Connection, inside: Settings) -> Stage:
    return make_stage(open_desk(db, inside), inside)


def test_it_works(stage: Stage) -> None:
    key = stage.give_config()
    assert stage.awg.kept == {key: "Person 100: iPhone"}
    with transaction(stage.desk.db):
        move_user(stage.desk.db, 100, "approved", "blocked", stage.desk.now)
    stage.round()
    assert stage.awg.kept == {}


def test_an_interface_of_this_machine_has_no_such_files(db: sqlite3.Connection, settings: Settings) -> None:
    for command in (("awg",), ("ip", "netns", "exec", "amnezia", "wg"), ("docker", "exec", "-i", "wg-easy", "wg")):
        stage = make_stage(open_desk(db, settings), replace(settings, awg_command=command))
        stage.round()
        assert "files" not in stage.awg.calls


def test_a_client_that_the_app_adds_gets_its_name(stage: Stage) -> None:
    stage.awg.change([WantedPeer(THEIRS, None, "10.8.0.77/32")])
    stage.awg.names = {THEIRS: "Granny", "odd": "x", "U" * 43 + "=": "two\nlines"}
    stage.round()
    stage.round(60)
    [peer] = list_foreign(stage.desk.db, 10, 0)
    assert (peer.public_key, peer.name) == (THEIRS, "Granny")


def test_whom_the_bot_does_not_know_is_told_to_the_node(stage: Stage) -> None:
    """The app has given a friend's address to somebody else. The node keeps that peer while it is reported as live."""
    key = stage.give_config()
    (own,) = stage.awg.peers.values()
    stage.awg.change([WantedPeer(THEIRS, None, own.allowed_ips)], [key])
    stage.round(60)
    assert stage.awg.others == {THEIRS}
    assert key not in stage.awg.peers
    assert "conflict" in read_troubles(stage.desk.db)


def test_a_list_that_makes_no_sense_is_told_and_the_rest_goes_on(stage: Stage) -> None:
    stage.awg.names = {THEIRS: "Granny"}
    stage.round()
    stage.awg.names, stage.awg.list_trouble = {}, "list"
    stage.awg.change([WantedPeer(THEIRS, None, "10.8.0.77/32")])
    rows = stage.round(60)
    assert any("clientsTable" in text and "docker exec amnezia-awg2" in text for text in texts(rows))
    assert list_foreign(stage.desk.db, 10, 0)[0].name == "Granny", "what was known stays known"
    stage.awg.list_trouble = None
    assert any("up to date again" in text for text in texts(stage.round(60)))


def test_files_that_cannot_be_written_stop_nothing(stage: Stage) -> None:
    stage.awg.files_trouble = AwgError("docker exec -i amnezia-awg2 sh -c failed (1): read-only", "failed")
    key = stage.give_config()
    assert key in stage.awg.peers
    assert "read-only" in read_troubles(stage.desk.db)["files"]


def test_a_container_that_is_down_is_named(stage: Stage) -> None:
    stage.awg.trouble = AwgError("container amnezia-awg2 is not running", "no_interface")
    assert any("docker start amnezia-awg2" in text for text in texts(stage.round()))


@pytest.mark.parametrize("kind", ["missing", "not_permitted", "failed"])
def test_a_docker_that_refuses_is_no_matter_of_the_tool_awg(stage: Stage, kind: str) -> None:
    stage.awg.trouble = AwgError("docker exec -i amnezia-awg2 awg show awg0 failed (1): Cannot connect", kind)
    [text] = texts(stage.round())
    assert "systemctl status docker" in text
    assert "amneziawg-tools" not in text


def test_what_restarts_the_interface_is_docker(stage: Stage) -> None:
    key = stage.give_config()
    stage.awg.move(key, 1 << 63, 0)
    assert any("docker restart amnezia-awg2" in text for text in texts(stage.round(60)))


def test_missing_tools_are_said_in_words(stage: Stage) -> None:
    stage.give_config()
    stage.desk.taps(1, "person_speed:100:10")
    stage.awg.fence_trouble = AwgError('nft -f - failed (127): exec: "nft": executable file not found', "missing")
    found = texts(stage.round(60))
    assert any("amnezia-awg2 doesn't have the tools for that (nft and tc)" in text for text in found)


def test_the_address_of_who_is_off_is_kept(stage: Stage) -> None:
    key = stage.give_config()
    stage.desk.taps(1, "held_pause:1")
    stage.round()
    assert (stage.awg.kept, stage.awg.off) == ({}, {key: "10.8.0.2/32"})


def test_who_is_revoked_in_the_app_is_paused_and_admins_decide(stage: Stage) -> None:
    key = stage.give_config()
    stage.awg.restart()
    stage.awg.revoked = {key, "somebody's"}
    stage.awg.calls.clear()
    rows = stage.round(60)
    assert "change" not in stage.awg.calls, "it isn't let in even for a moment"
    [config] = configs_of(stage.desk.db, 100)
    assert config.paused_at == stage.desk.now
    notice = next(row for row in rows if row["chat_id"] == 1)
    assert "Revoked in the AmneziaVPN app" in text_of(notice)
    assert "Person 100" in text_of(notice)
    assert data_of(notice) == ["held_resume:1", "confirm_held_delete:1", "person:100"]
    assert "paused" in texts(rows, 100)[0]
    entry = list_entries(stage.desk.db, 100, 1)[0]
    assert (entry.action, entry.subject) == ("app_revoke", "config:1")
    stage.desk.taps(1, "held_resume:1")
    assert "Revoked" not in "".join(texts(stage.round())), "also if an admin is quick"
    assert configs_of(stage.desk.db, 100)[0].paused_at is None
    assert key in stage.awg.peers
    assert key in stage.awg.kept


def test_what_was_deleted_but_is_listed_is_told_to_the_node(stage: Stage) -> None:
    key = stage.give_config()
    stage.awg.names = {key: "Annie", THEIRS: "Granny"}
    stage.round(60)
    assert stage.awg.deleted == set()
    stage.desk.taps(1, "held_delete:1")
    stage.round()
    assert stage.awg.deleted == {key}


def test_a_name_that_the_owner_gave_in_the_app_is_said(stage: Stage) -> None:
    key = stage.give_config()
    stage.awg.names = {key: "Ann <b>"}
    stage.round(60)
    stage.awg.names, stage.awg.revoked = {}, {key}
    assert "(in the app: Ann &lt;b&gt;)" in texts(stage.round(60))[0]
    stage.desk.taps(1, "held_resume:1")
    stage.awg.names = {key: "Person 100: iPhone"}
    stage.round(60)
    stage.awg.names, stage.awg.revoked = {}, {key}
    assert "in the app:" not in texts(stage.round(60))[0]


def test_who_is_revoked_in_the_app_but_live_is_cut_off(stage: Stage) -> None:
    """The app has written its files, but hasn't updated the interface yet."""
    key = stage.give_config()
    stage.awg.revoked = {key}
    stage.round(60)
    assert key not in stage.awg.peers


def test_several_at_once_are_one_message(stage: Stage) -> None:
    keys = {stage.give_config(who) for who in (100, 101, 102)}
    stage.awg.revoked = keys
    [first, *_] = [row for row in stage.round(60) if row["chat_id"] == 1]
    assert "configs: 3" in text_of(first)
    assert data_of(first) == ["held:1", "held:2", "held:3"]


def test_who_needs_no_word_of_it_gets_none(stage: Stage) -> None:
    """An admin has the notice already, somebody without Telegram can't read, and who is blocked knows nothing of it."""
    keys = {stage.give_config(who) for who in (1, 100)}
    note_username(stage.desk.db, "andreyvpn_bot")
    stage.desk.taps(1, "add_person")
    stage.desk.says(1, "Grandma")
    stage.desk.taps(1, "issue_as:-1:iphone")
    stage.round(60)
    keys |= {config.public_key for config in configs_of(stage.desk.db, -1)}
    assert len(keys) == 3
    with transaction(stage.desk.db):
        move_user(stage.desk.db, 100, "approved", "blocked", stage.desk.now)
        sent = revoked_in_app.follow(stage.desk.db, stage.desk.settings, KeptFiles(revoked=keys), stage.desk.now)
    assert {message.chat_id for message in sent} == {1, 2}
    assert len([message for message in sent if message.chat_id == 1]) == 1


def test_what_was_put_back_is_told_and_goes_on(stage: Stage) -> None:
    stage.awg.restored = {stage.give_config(who) for who in range(100, 110)}
    [text] = texts(stage.round(60))
    assert "configs: 10" in text
    assert "…and 2 more" in text
    assert len(stage.awg.peers) == 10
    assert stage.round(60) == [], "even if they go each time"


def test_what_is_deleted_or_paused_meanwhile_stays_so(stage: Stage) -> None:
    key = stage.give_config()
    stage.desk.taps(1, "held_pause:1")
    kept = KeptFiles(revoked={key})
    with transaction(stage.desk.db):
        assert revoked_in_app.follow(stage.desk.db, stage.desk.settings, kept, stage.desk.now) == []
    stage.desk.taps(1, "held_delete:1")
    with transaction(stage.desk.db):
        assert revoked_in_app.follow(stage.desk.db, stage.desk.settings, kept, stage.desk.now) == []


@pytest.mark.parametrize(("owner", "device", "shown"), [
    ("Ann", "iPhone", "Ann: iPhone"),
    ("A\nn\u202en ", "\tphone\x00", "A n n : phone"),
    ("x" * 100, "phone", "x" * 64),
    ("x" * 62, "phone", "x" * 62 + ":"),
    ("", "", ":"),
])  # fmt: skip
def test_a_name_is_one_printable_line(owner: str, device: str, shown: str) -> None:
    assert label(owner, device) == shown
