"""An admin takes back a peer given to the wrong friend: it has no owner again, and its device stays connected."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lib.errors import AwgError
from lib.settings import Settings
from lib.store.configs import configs_of
from lib.store.database import transaction
from lib.store.foreign import ForeignPeer, Kept, list_foreign, note_kept
from lib.store.told import count_told, tell_once
from lib.store.views.summaries import summarize_configs
from tests.unit.chat.by_hand import add_peer, add_peers, allow_claims, key_of
from tests.unit.chat.desk import Desk, data_of, text_of
from tests.unit.chat.screens import alert, keys, said
from tests.unit.stage import Stage, make_stage, texts

ANNA, BORIS = 100, 101


@pytest.fixture
def stage(desk: Desk, settings: Settings) -> Stage:
    """A server where Boris's phone was given to Anna by mistake."""
    stage = make_stage(desk, settings)
    stage.round()
    desk.is_let_in(ANNA, first_name="Anna")
    desk.is_let_in(BORIS, first_name="Boris")
    peer = add_peer(stage, 7, "phone")
    stage.awg.peers[key_of(7)] = stage.awg.peers[key_of(7)]._replace(preshared_key="S" * 43 + "=")
    stage.round()
    desk.taps(1, f"adopt:{peer}:{ANNA}")
    stage.round(60)
    desk.deliver()
    return stage


def strangers(stage: Stage) -> list[ForeignPeer]:
    return list_foreign(stage.desk.db, 100, 0)


def test_it_works(stage: Stage) -> None:
    (config,) = configs_of(stage.desk.db, ANNA)
    before = dict(stage.awg.peers)
    assert f"confirm_take_back:{config.id}" in data_of(stage.desk.taps(1, f"held:{config.id}")[-1])
    asked = stage.desk.taps(1, f"confirm_take_back:{config.id}")
    assert "Take “phone” back?" in said(asked)
    assert data_of(asked[-1]) == [f"take_back:{config.id}", f"held:{config.id}"]
    rows = stage.desk.taps(1, f"take_back:{config.id}")
    assert "Taken back: 1" in text_of(rows[0])
    (told,) = texts(rows, ANNA)
    assert "No longer in your account: phone" in told
    assert configs_of(stage.desk.db, ANNA) == []
    stage.desk.deliver()
    for _ in range(3):
        assert stage.round(60) == [], "nothing that has to be told"
        assert stage.awg.peers == before, "its device stays connected"
    (peer,) = strangers(stage)
    assert (peer.public_key, peer.preshared_key, peer.name) == (key_of(7), "S" * 43 + "=", "phone")
    assert peer.live
    text = said(stage.desk.taps(1, "history:0:0"))
    assert "took “phone” back from Anna" in text


def test_what_another_program_has_kept_of_it_stays_known(stage: Stage) -> None:
    """wg-easy keeps private keys: then the bot can send the file, which doesn't make it the bot's own peer."""
    db, private, end = stage.desk.db, "P" * 43 + "=", stage.desk.now + 10**7
    peer = add_peer(stage, 8, "laptop")
    kept = Kept(key_of(8), private, None, ("10.8.0.8/32",), "laptop", end, enabled=True)
    with transaction(db):
        note_kept(db, [kept], stage.desk.now)
    stage.desk.taps(1, f"adopt:{peer}:{ANNA}")
    stage.round(60)
    config = configs_of(db, ANNA)[-1]
    shown = data_of(stage.desk.taps(1, f"held:{config.id}")[-1])
    assert {f"held_send:{config.id}", f"confirm_take_back:{config.id}"} <= set(shown)
    assert "Taken back: 1" in text_of(stage.desk.taps(1, f"take_back:{config.id}")[0])
    (free,) = strangers(stage)
    assert (free.private_key, free.expires_at) == (private, end)
    stage.desk.taps(1, f"adopt:{free.id}:{BORIS}")
    (config,) = configs_of(db, BORIS)
    assert (config.private_key, config.expires_at) == (private, end)


def test_then_it_is_given_to_the_right_friend_and_counted_for_them(stage: Stage) -> None:
    (config,) = configs_of(stage.desk.db, ANNA)
    stage.awg.move(key_of(7), 5, 70, stage.desk.now)
    stage.round(60)
    stage.desk.taps(1, f"take_back:{config.id}")
    stage.awg.move(key_of(7), 1000, 1000, stage.desk.now)
    stage.round(60)
    (peer,) = strangers(stage)
    stage.desk.taps(1, f"adopt:{peer.id}:{BORIS}")
    stage.awg.move(key_of(7), 1, 2, stage.desk.now)
    stage.round(60)
    used = [summarize_configs(stage.desk.db, who, "2026-05").used.total for who in (ANNA, BORIS)]
    assert used == [75, 3], "what it moved while it was nobody's counts for nobody"
    stage.desk.taps(1, f"decide:{ANNA}:approved:blocked")
    stage.round()
    assert key_of(7) in stage.awg.peers
    stage.desk.taps(1, f"decide:{BORIS}:approved:blocked")
    stage.round()
    assert key_of(7) not in stage.awg.peers


def test_nothing_of_it_is_lost_before_the_next_round(stage: Stage) -> None:
    stage.awg.move(key_of(7), 5, 70, stage.desk.now)
    stage.round(60)
    (config,) = configs_of(stage.desk.db, ANNA)
    tell_once(stage.desk.db, f"config:{config.id}", "expires:1", stage.desk.now)
    stage.desk.taps(1, f"take_back:{config.id}")
    (peer,) = strangers(stage)
    assert (peer.received, peer.sent) == (1005, 20_070)
    stage.round(60)
    (after,) = strangers(stage)
    assert (after.received, after.sent, after.interface_id) == (peer.received, peer.sent, peer.interface_id)
    assert count_told(stage.desk.db, f"config:{config.id}", "%", 0) == 0


def test_a_second_tap_and_a_second_admin_find_nothing_left(stage: Stage) -> None:
    (config,) = configs_of(stage.desk.db, ANNA)
    stage.desk.taps(1, f"take_back:{config.id}")
    for admin in (1, 2):
        assert alert(stage.desk.taps(admin, f"take_back:{config.id}"))
    assert len(strangers(stage)) == 1


@pytest.mark.parametrize("off", ["held_pause:{0}", "held_until:{0}:7", f"decide:{ANNA}:approved:blocked"])
def test_what_is_off_stays_with_its_friend(stage: Stage, off: str) -> None:
    """The bot adds only its own peers to the interface, so this one would be lost."""
    (config,) = configs_of(stage.desk.db, ANNA)
    stage.desk.taps(1, off.format(config.id))
    stage.round(8 * 86400)
    assert "off right now" in alert(stage.desk.taps(1, f"take_back:{config.id}"))
    assert len(configs_of(stage.desk.db, ANNA)) == 1


def test_while_the_interface_is_down_nothing_is_taken_back(stage: Stage) -> None:
    (config,) = configs_of(stage.desk.db, ANNA)
    stage.awg.trouble = AwgError("no", "no_interface")
    stage.round(60)
    assert "take_back" not in str(data_of(stage.desk.taps(1, f"held:{config.id}")[-1]))
    assert "isn't up" in alert(stage.desk.taps(1, f"take_back:{config.id}"))


def test_what_the_bot_made_is_not_taken_back(stage: Stage) -> None:
    stage.give_config(102)
    (config,) = configs_of(stage.desk.db, 102)
    assert "take_back" not in str(data_of(stage.desk.taps(1, f"held:{config.id}")[-1]))
    assert "The bot made this config" in alert(stage.desk.taps(1, f"take_back:{config.id}"))


def test_a_renewed_one_is_the_bots_own(stage: Stage) -> None:
    (config,) = configs_of(stage.desk.db, ANNA)
    stage.desk.taps(ANNA, f"renew:{config.id}")
    stage.desk.taps(1, "judge:1:approved")
    stage.round(60)
    (new,) = configs_of(stage.desk.db, ANNA)
    assert new.private_key
    assert "no longer there" in alert(stage.desk.taps(1, f"take_back:{config.id}"))
    assert "The bot made this config" in alert(stage.desk.taps(1, f"take_back:{new.id}"))


def test_in_a_container_it_stays_because_its_files_would_lose_it(stage: Stage) -> None:
    command = ("docker", "exec", "-i", "amnezia-awg2", "awg")
    inside = replace(stage.desk.settings, awg_command=command)
    assert inside.container
    stage.desk.settings = inside
    (config,) = configs_of(stage.desk.db, ANNA)
    assert "take_back" not in str(data_of(stage.desk.taps(1, f"held:{config.id}")[-1]))
    assert "container has it as the bot's own" in alert(stage.desk.taps(1, f"take_back:{config.id}"))


def test_all_that_was_given_by_name_is_taken_back_at_once(stage: Stage) -> None:
    add_peers(stage, ["anna-laptop", "anna-tv", "boris-pc"])
    (give,) = (data for data in data_of(stage.desk.taps(1, "by_name:0")[-1]) if data.startswith("give_by_name"))
    rows = stage.desk.taps(1, give)
    page = next(row for row in rows if row["chat_id"] == 1 and "reply_markup" in row["params"])
    assert "Given to friends: 3" in text_of(page)
    (undo,) = (data for data in data_of(page) if data.startswith("confirm_take_all_back"))
    stage.desk.deliver()
    stage.round(60)
    before = dict(stage.awg.peers)
    (paused,) = (one.id for one in configs_of(stage.desk.db, ANNA) if one.name == "anna-tv")
    stage.desk.taps(1, f"held_pause:{paused}")
    asked = stage.desk.taps(1, undo)
    assert "Take back: 2" in said(asked)
    assert "Off right now, so they stay with their friends: 1" in said(asked)
    stage.desk.taps(1, f"held_resume:{paused}")
    rows = stage.desk.taps(1, data_of(stage.desk.taps(1, undo)[-1])[0])
    assert "Taken back: 3" in text_of(rows[0])
    assert ["No longer in your account: anna-laptop, anna-tv" in text for text in texts(rows, ANNA)] == [True]
    assert [one.name for one in configs_of(stage.desk.db, ANNA)] == ["phone"], "which was given at another time"
    assert sorted(peer.name for peer in strangers(stage)) == ["anna-laptop", "anna-tv", "boris-pc"]
    stage.desk.deliver()
    stage.round(60)
    assert stage.awg.peers == before
    assert "no longer there" in alert(stage.desk.taps(1, undo))


def test_a_claim_that_was_approved_by_mistake_is_taken_back(stage: Stage) -> None:
    allow_claims(stage)
    peer = add_peer(stage, 8, "laptop", online=False)
    stage.desk.taps(BORIS, f"claim_begin:{peer}")
    stage.round(20)
    stage.round(20)
    stage.awg.move(key_of(8), 500, 500, stage.desk.now + 10)
    stage.round(10)
    stage.desk.deliver()
    stage.desk.taps(1, "claim_judge:1:approved")
    (config,) = configs_of(stage.desk.db, BORIS)
    stage.round(60)
    stage.desk.taps(1, f"take_back:{config.id}")
    assert "laptop" in keys(stage.desk.taps(ANNA, "claims:0")).values(), "its owner can claim it"
