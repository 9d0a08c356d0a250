"""“I have a VPN here already”: a friend picks a name, switches that VPN off and on, and the admin confirms it."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from lib.chat.friend.claiming import ON_A_PAGE, TRIES
from lib.chat.notify.claim_watch import LONGEST, WINDOW, look
from lib.errors import AwgError
from lib.keeper import WATCH_SECONDS
from lib.settings import Settings
from lib.store import claims
from lib.store.claims import Claim, get_claim
from lib.store.configs import Config, configs_of
from lib.store.foreign import get_foreign, set_evicted
from lib.store.users import get_user, set_config_limit, set_helper
from lib.store.views.summaries import summarize_configs
from lib.vpn.interface import LivePeer
from tests.unit.chat.by_hand import add_peer, add_peers, allow_claims, key_of
from tests.unit.chat.complaints import complaints
from tests.unit.chat.desk import Desk, data_of, text_of
from tests.unit.chat.hostile import HOSTILE
from tests.unit.chat.screens import alert, keys, said
from tests.unit.stage import Stage, make_stage, texts

ANNA, BORIS = 100, 101


@pytest.fixture
def stage(desk: Desk, settings: Settings) -> Stage:
    """A server with two friends, where claims are allowed."""
    stage = make_stage(desk, settings, "10.8.0.1/16")
    stage.round()
    for who in (ANNA, BORIS):
        desk.is_let_in(who)
    allow_claims(stage)
    desk.deliver()
    return stage


@pytest.fixture
def phone(stage: Stage) -> int:
    """Anna's phone, which has been on for a while."""
    return add_peer(stage, 7, "anna-phone")


def claim_of(stage: Stage, who: int = ANNA) -> Claim:
    """Return the newest claim of a friend."""
    number = stage.desk.db.execute("SELECT max(id) FROM claims WHERE user_id = ?", (who,)).fetchone()[0]
    return get_claim(stage.desk.db, number)


def goes_on(stage: Stage, seconds: int, host: int | None = None, who: int = ANNA) -> list[str]:
    """Advance the clock, with keepalives from a device if given; return the messages to a friend."""
    heard: list[str] = []
    for _ in range(0, seconds, WATCH_SECONDS):
        if host is not None:
            stage.awg.peers[key_of(host)] = moved(stage, host, received=32)
        heard += texts(stage.round(WATCH_SECONDS), who)
        stage.desk.deliver()
    return heard


def moved(stage: Stage, host: int, received: int, shakes: bool = False) -> LivePeer:
    """Return a device's peer after more bytes of it have come, with a new handshake or without."""
    peer = stage.awg.peers[key_of(host)]
    return peer._replace(
        received=peer.received + received, handshake_at=stage.desk.now if shakes else peer.handshake_at
    )


def switches_on(stage: Stage, host: int, who: int = ANNA) -> list[sqlite3.Row]:
    """Let a device reconnect; return what the keeper queues."""
    stage.desk.now += WATCH_SECONDS
    stage.awg.peers[key_of(host)] = moved(stage, host, received=500, shakes=True)
    return stage.round()


def begins(stage: Stage, peer_id: int, who: int = ANNA) -> list[sqlite3.Row]:
    rows = stage.desk.taps(who, f"claim_begin:{peer_id}")
    stage.desk.deliver()
    return rows


def proves(stage: Stage, peer_id: int, host: int, who: int = ANNA) -> list[sqlite3.Row]:
    """Go through the whole proof; return what the keeper queues at its end."""
    begins(stage, peer_id, who)
    assert any("it's off" in text for text in goes_on(stage, 60, who=who))
    return switches_on(stage, host, who)


def test_it_works(stage: Stage, phone: int) -> None:
    assert "claims:0" in data_of(stage.desk.taps(ANNA, "menu")[-1])
    listed = stage.desk.taps(ANNA, "claims:0")
    assert keys(listed)[f"claim:{phone}"] == "anna-phone"
    assert "10.8." not in listed[-1]["params"], "names only"
    asked = stage.desk.taps(ANNA, f"claim:{phone}")
    assert "anna-phone: is it yours?" in said(asked)
    assert data_of(asked[-1]) == [f"claim_begin:{phone}", "claims:0"]
    shown = begins(stage, phone)
    assert "Switch this VPN off now" in said(shown)
    assert goes_on(stage, 20, 7) == [], "it is still on"
    (off,) = goes_on(stage, 60)
    assert "anna-phone: it's off" in off
    rows = switches_on(stage, 7)
    assert ["I saw it" in text for text in texts(rows, ANNA)] == [True]
    (card,) = (row for row in rows if row["chat_id"] == 1)
    assert "Person 100" in text_of(card)
    assert "Peer: 10.8.0.9 · anna-phone" in text_of(card), "there may be several of one name"
    assert "it was on, went silent, and came back" in text_of(card)
    assert "Configs so far: 0 of 3" in text_of(card)
    assert data_of(card) == ["claim_judge:1:approved", "claim_judge:1:rejected"]
    stage.desk.deliver()
    rows = stage.desk.taps(1, "claim_judge:1:approved")
    assert "“anna-phone” is now in your account" in texts(rows, ANNA)[0]
    (config,) = configs_of(stage.desk.db, ANNA)
    assert (config.name, config.public_key, config.private_key) == ("anna-phone", key_of(7), None)
    stage.desk.deliver()
    before = dict(stage.awg.peers)
    assert stage.round(60) == []
    assert stage.awg.peers == before, "nothing changes on the interface"


@pytest.fixture
def claimed(stage: Stage, phone: int) -> Config:
    """Anna's phone after her claim was approved."""
    proves(stage, phone, 7)
    stage.desk.taps(1, "claim_judge:1:approved")
    stage.round(60)
    stage.desk.deliver()
    (config,) = configs_of(stage.desk.db, ANNA)
    return config


ADDRESS = "10.8.0.9/32"


def test_what_was_claimed_is_counted_and_blocked(stage: Stage, claimed: Config) -> None:
    stage.awg.move(key_of(7), 5, 70, stage.desk.now)
    stage.round(60)
    assert summarize_configs(stage.desk.db, ANNA, "2026-05").used.total == 75
    assert "anna-phone</b>: ⬇️ 70 B  ⬆️ 5 B" in said(stage.desk.taps(ANNA, "stats"))
    stage.desk.taps(1, f"decide:{ANNA}:approved:blocked")
    stage.round()
    assert key_of(7) not in stage.awg.peers
    stage.desk.taps(1, f"decide:{ANNA}:blocked:approved")
    stage.round()
    assert key_of(7) in stage.awg.peers


def test_what_was_claimed_can_be_paused_and_is_told(stage: Stage, claimed: Config) -> None:
    rows = stage.desk.taps(1, f"held_pause:{claimed.id}")
    assert "paused the config “anna-phone”" in texts(rows, ANNA)[0]
    stage.round()
    assert key_of(7) not in stage.awg.peers
    stage.desk.taps(1, f"held_resume:{claimed.id}")
    stage.round()
    assert stage.awg.peers[key_of(7)].allowed_ips == ADDRESS


def test_what_was_claimed_expires_and_then_reaches_telegram_alone(stage: Stage, claimed: Config) -> None:
    stage.desk.taps(1, f"held_until:{claimed.id}:7")
    rows = stage.round(8 * 86400)
    assert any("anna-phone" in text for text in texts(rows, ANNA))
    assert (stage.awg.fences[-1][1], key_of(7) in stage.awg.peers) == ((ADDRESS,), True)
    stage.desk.taps(1, f"held_until:{claimed.id}:never")
    stage.round(60)
    assert stage.awg.fences[-1][1] == ()


def test_a_used_up_limit_leaves_what_was_claimed_with_telegram_alone(stage: Stage, claimed: Config) -> None:
    stage.desk.taps(1, f"person_quota:{ANNA}:10")
    stage.awg.move(key_of(7), 10**9, 10**10, stage.desk.now)
    rows = stage.round(60)
    assert any("limit" in text for text in texts(rows, ANNA))
    assert (stage.awg.fences[-1][1], key_of(7) in stage.awg.peers) == ((ADDRESS,), True)
    stage.awg.move(key_of(7), 1, 3 * 10**8, stage.desk.now)
    stage.round(60)
    stage.round(60)
    assert key_of(7) not in stage.awg.peers, "the path to Telegram has a limit, too"
    assert summarize_configs(stage.desk.db, ANNA, "2026-05").used.total == 11 * 10**9, "and its bytes count apart"


def test_what_was_claimed_has_its_owners_speed(stage: Stage, claimed: Config) -> None:
    stage.desk.taps(1, f"person_speed:{ANNA}:5")
    stage.round(60)
    assert stage.awg.fences[-1][0] == ((5000, 5000, [ADDRESS]),)


def test_what_was_claimed_is_renewed_and_the_old_keys_end_with_the_new(stage: Stage, claimed: Config) -> None:
    assert f"confirm_renew:{claimed.id}" in data_of(stage.desk.taps(ANNA, f"config:{claimed.id}")[-1])
    stage.desk.taps(ANNA, f"renew:{claimed.id}")
    stage.desk.taps(1, "judge:1:approved")
    stage.round(60)
    (new,) = configs_of(stage.desk.db, ANNA)
    assert (new.name, new.private_key is not None, new.public_key in stage.awg.peers) == ("anna-phone", True, True)
    assert key_of(7) not in stage.awg.peers
    assert stage.desk.db.execute("SELECT count(*) FROM foreign_peers").fetchone()[0] == 0


def test_who_leaves_takes_what_they_claimed_along(stage: Stage, claimed: Config) -> None:
    stage.desk.taps(ANNA, "goodbye")
    stage.round(60)
    assert key_of(7) not in stage.awg.peers


def test_who_has_used_up_their_limit_reads_why_the_device_is_off(stage: Stage, phone: int) -> None:
    stage.give_config(ANNA)
    stage.desk.taps(1, f"person_quota:{ANNA}:10")
    (own,) = configs_of(stage.desk.db, ANNA)
    stage.awg.move(own.public_key, 0, 10**10, stage.desk.now)
    stage.round(60)
    stage.desk.deliver()
    proves(stage, phone, 7)
    rows = stage.desk.taps(1, "claim_judge:1:approved")
    assert "For now it's off, though" in texts(rows, ANNA)[0]
    laptop = add_peer(stage, 8, "laptop")
    assert "goes off at once" in said(stage.desk.taps(1, f"heir:{laptop}:{ANNA}"))
    assert "goes off at once" not in said(stage.desk.taps(1, f"heir:{laptop}:{BORIS}"))


def test_the_button_is_there_only_while_it_leads_somewhere(stage: Stage, phone: int) -> None:
    def offered(who: int) -> bool:
        return "claims:0" in data_of(stage.desk.taps(who, "menu")[-1])

    assert offered(ANNA)
    assert not offered(1), "an admin gives it to themselves by hand"
    assert "claims:0" in data_of(stage.desk.taps(ANNA, "new")[-1])
    set_evicted(stage.desk.db, phone, stage.desk.now)
    assert not offered(ANNA)
    add_peer(stage, 8, "", online=True)
    assert not offered(ANNA), "a peer without a name is not offered"
    add_peer(stage, 9, "\u2800")
    assert not offered(ANNA), "nor one whose name shows nothing"
    add_peer(stage, 10, "laptop")
    assert offered(ANNA)
    stage.desk.taps(1, "claims_set:off")
    assert not offered(ANNA)
    assert "in person" in alert(stage.desk.taps(ANNA, "claims:0"))


def test_who_is_let_in_reads_of_it_at_once(stage: Stage, phone: int) -> None:
    stage.desk.passes_captcha(102)
    welcome = next(row for row in stage.desk.taps(1, "decide:102:pending:approved") if row["chat_id"] == 102)
    assert "claims:0" in data_of(welcome)


def test_a_helper_may_claim_and_does_not_see_the_card(stage: Stage, phone: int) -> None:
    set_helper(stage.desk.db, ANNA, True)
    rows = proves(stage, phone, 7)
    assert sorted({row["chat_id"] for row in rows if row["subject"] == "claim:1"}) == [1, 2]
    stage.desk.deliver()
    assert "claim_card:1:list" not in data_of(stage.desk.taps(ANNA, "requests:0")[-1])
    assert "claim_card:1:list" in data_of(stage.desk.taps(1, "requests:0")[-1])


def test_a_peer_that_was_off_is_proven_by_coming_on_and_the_card_says_so(stage: Stage) -> None:
    peer = add_peer(stage, 7, "anna-phone", online=False)
    begins(stage, peer)
    assert any("it's off" in text for text in goes_on(stage, 50))
    rows = switches_on(stage, 7)
    assert any("it was off all along" in text for text in texts(rows, 1))


@pytest.mark.parametrize("heard", [True, False])
@pytest.mark.parametrize(
    ("before", "after", "said_of_it"),
    [
        ("203.0.113.5:40000", "203.0.113.5:51234", "from a new port, as when an app is switched on"),
        ("203.0.113.5:40000", "[2001:db8::5]:40001", "from a new port, as when an app is switched on"),
        ("203.0.113.5:40000", "198.51.100.9:40000", "from the same port: it may only have been asleep"),
        (None, "203.0.113.5:51234", ""),
    ],
)
def test_the_card_tells_an_app_that_was_switched_on_from_a_phone_that_woke_up(
    stage: Stage, phone: int, heard: bool, before: str | None, after: str, said_of_it: str
) -> None:
    """Both return with a new handshake: a sleeping phone sends no keepalives, so its session expires."""
    stage.awg.peers[key_of(7)] = stage.awg.peers[key_of(7)]._replace(endpoint=before)
    stage.round()
    begins(stage, phone)
    goes_on(stage, 10, 7 if heard else None)
    goes_on(stage, 60)
    stage.awg.peers[key_of(7)] = stage.awg.peers[key_of(7)]._replace(endpoint=after)
    (card,) = [text for text in texts(switches_on(stage, 7), 1) if "this one is mine" in text]
    assert said_of_it in card
    assert ("A phone that just woke up" in card) == (not heard and not said_of_it)


def test_a_device_that_never_pauses_proves_nothing(stage: Stage, phone: int) -> None:
    begins(stage, phone)
    (told,) = goes_on(stage, WINDOW + 30, 7)
    assert "it didn't go off" in told
    assert claim_of(stage).state == "failed"
    assert texts(switches_on(stage, 7), ANNA) == []


def test_a_device_that_rekeys_while_it_is_on_proves_nothing(stage: Stage, phone: int) -> None:
    """A new handshake every two minutes is what each device does by itself."""
    begins(stage, phone)
    goes_on(stage, 40, 7)
    stage.awg.peers[key_of(7)] = moved(stage, 7, received=148, shakes=True)
    goes_on(stage, 20, 7)
    stage.awg.peers[key_of(7)] = moved(stage, 7, received=148, shakes=True)
    goes_on(stage, 80, 7)
    assert claim_of(stage).state == "failed"


def test_keepalives_every_25_seconds_are_no_silence(stage: Stage, phone: int) -> None:
    begins(stage, phone)
    told: list[str] = []
    for second in range(0, WINDOW + 30, 10):
        if second % 30 == 20:
            stage.awg.peers[key_of(7)] = moved(stage, 7, received=32)
        told += goes_on(stage, 10)
    assert ["it didn't go off" in text for text in told] == [True]


def test_who_switches_it_off_late_in_the_two_minutes_is_still_seen(stage: Stage, phone: int) -> None:
    begins(stage, phone)
    assert goes_on(stage, WINDOW - 10, 7) == [], "they were looking for the app"
    (told,) = goes_on(stage, 50)
    assert "it's off" in told
    switches_on(stage, 7)
    assert claim_of(stage).state == "proven"


def test_a_peer_that_does_not_come_back_proves_nothing(stage: Stage, phone: int) -> None:
    begins(stage, phone)
    (_, over) = goes_on(stage, 60 + WINDOW)
    assert "it didn't come back" in over
    assert claim_of(stage).state == "failed"


def test_the_wrong_peer_wakes_without_a_new_connection(stage: Stage, phone: int) -> None:
    """Someone else's sleeping device is silent, then continues its old session."""
    begins(stage, phone)
    goes_on(stage, 60)
    stage.awg.peers[key_of(7)] = moved(stage, 7, received=9000)
    (told,) = goes_on(stage, 10)
    assert "it was on all along" in told
    assert keys(stage.desk.taps(ANNA, "claims:0"))[f"claim:{phone}"] == "anna-phone", "it can be tried again"


def test_a_keepalive_alone_is_no_return(stage: Stage, phone: int) -> None:
    begins(stage, phone)
    goes_on(stage, 60)
    assert goes_on(stage, 20, 7) == []
    assert claim_of(stage).state == "watched"


def test_who_cannot_read_in_between_does_all_three_steps(stage: Stage, phone: int) -> None:
    """The bot's words about the pause may reach them only once the VPN is on again."""
    begins(stage, phone)
    goes_on(stage, 60)
    switches_on(stage, 7)
    assert claim_of(stage).state == "proven"


def test_an_open_watch_is_shown_in_place_of_the_list(stage: Stage, phone: int) -> None:
    begins(stage, phone)
    shown = stage.desk.taps(ANNA, "claims:0")
    assert "I'm watching" in said(shown)
    assert "claim_stop:1" in data_of(shown[-1])
    goes_on(stage, 60)
    assert "switch it on again" in said(stage.desk.taps(ANNA, "claims:0"))


def test_a_friend_can_stop_and_a_second_tap_says_so(stage: Stage, phone: int) -> None:
    begins(stage, phone)
    usual = stage.desk.settings.sample_seconds
    assert stage.keeper.pause(stage.desk.now) == WATCH_SECONDS
    assert "I've stopped watching" in said(stage.desk.taps(ANNA, "claim_stop:1"))
    assert "stopped watching already" in alert(stage.desk.taps(ANNA, "claim_stop:1"))
    assert stage.keeper.pause(stage.desk.now) == usual
    goes_on(stage, 60)
    assert texts(switches_on(stage, 7), ANNA) == []


def test_only_its_owner_stops_a_claim(stage: Stage, phone: int) -> None:
    begins(stage, phone)
    assert "no longer there" in alert(stage.desk.taps(BORIS, "claim_stop:1"))
    assert claim_of(stage).state == "watched"


def test_two_friends_for_one_peer_the_first_is_watched(stage: Stage, phone: int) -> None:
    stage.desk.taps(BORIS, f"claim:{phone}")
    begins(stage, phone)
    assert "Someone else is choosing this one" in alert(begins(stage, phone, BORIS))
    stage.desk.taps(ANNA, "claim_stop:1")
    assert "I'm watching" in said(begins(stage, phone, BORIS))


def test_a_proven_peer_is_nobody_elses_to_claim(stage: Stage, phone: int) -> None:
    laptop = add_peer(stage, 8, "laptop")
    proves(stage, phone, 7)
    assert "Someone else is choosing this one" in alert(begins(stage, phone, BORIS))
    shown = stage.desk.taps(ANNA, "claims:0")
    assert "With the admin: anna-phone" in said(shown)
    assert f"claim:{laptop}" in data_of(shown[-1]), "one of several devices"


def test_one_watch_at_a_time_and_a_replayed_button_begins_nothing(stage: Stage, phone: int) -> None:
    laptop = add_peer(stage, 8, "laptop")
    begins(stage, phone)
    for words in (f"claim_begin:{phone}", f"claim_begin:{laptop}", f"claim:{laptop}"):
        assert "Stop that first" in alert(stage.desk.taps(ANNA, words))
    assert stage.desk.db.execute("SELECT count(*) FROM claims").fetchone()[0] == 1


def test_an_admin_who_forbids_claims_in_the_middle_still_decides_on_this_one(stage: Stage, phone: int) -> None:
    laptop = add_peer(stage, 8, "laptop")
    begins(stage, phone)
    goes_on(stage, 60)
    stage.desk.taps(1, "claims_set:off")
    switches_on(stage, 7)
    assert claim_of(stage).state == "proven"
    for words in ("claims:0", f"claim:{laptop}", f"claim_begin:{laptop}"):
        assert "in person" in alert(stage.desk.taps(ANNA, words))
    stage.desk.deliver()
    stage.desk.taps(1, "claim_judge:1:rejected")
    assert configs_of(stage.desk.db, ANNA) == []


def test_two_friends_prove_two_peers_at_the_same_moment(stage: Stage, phone: int) -> None:
    laptop = add_peer(stage, 8, "laptop")
    begins(stage, phone)
    begins(stage, laptop, BORIS)
    goes_on(stage, 60)
    stage.awg.peers[key_of(8)] = moved(stage, 8, received=500, shakes=True)
    rows = switches_on(stage, 7)
    assert [claim_of(stage, who).state for who in (ANNA, BORIS)] == ["proven", "proven"]
    cards = {row["subject"]: text_of(row) for row in rows if row["chat_id"] == 1}
    assert ["anna-phone" in cards["claim:1"], "laptop" in cards["claim:2"]] == [True, True]


def test_there_are_three_tries_a_day(stage: Stage, phone: int) -> None:
    for number in range(1, TRIES + 1):
        begins(stage, phone)
        stage.desk.taps(ANNA, f"claim_stop:{number}")
    assert "in person" in alert(stage.desk.taps(ANNA, f"claim:{phone}"))
    assert "in person" in alert(begins(stage, phone))
    assert "is it yours?" in said(stage.desk.taps(BORIS, f"claim:{phone}")), "others have their own"
    stage.desk.now += 86401
    assert "is it yours?" in said(stage.desk.taps(ANNA, f"claim:{phone}"))


def test_what_succeeds_is_no_try(stage: Stage) -> None:
    for host in range(7, 12):
        peer = add_peer(stage, host, f"device {host}")
        proves(stage, peer, host)
        stage.desk.taps(1, f"claim_judge:{host - 6}:approved")
        stage.desk.deliver()
    assert [config.name for config in configs_of(stage.desk.db, ANNA)] == [f"device {host}" for host in range(7, 12)]


def test_a_limit_of_configs_does_not_stop_a_claim_and_the_card_says_so(stage: Stage, phone: int) -> None:
    set_config_limit(stage.desk.db, ANNA, 0)
    rows = proves(stage, phone, 7)
    assert any("Configs so far: 0 of 0" in text for text in texts(rows, 1))
    stage.desk.taps(1, "claim_judge:1:approved")
    assert len(configs_of(stage.desk.db, ANNA)) == 1
    assert "new" not in data_of(stage.desk.taps(ANNA, "menu")[-1]), "it counts like every other"


def test_a_friend_blocked_while_claiming_is_watched_no_longer(stage: Stage, phone: int) -> None:
    begins(stage, phone)
    goes_on(stage, 60)
    stage.desk.taps(1, f"decide:{ANNA}:approved:blocked")
    stage.desk.deliver()
    assert texts(switches_on(stage, 7), ANNA) == []
    assert claim_of(stage).state == "lost"
    assert configs_of(stage.desk.db, ANNA) == []


def test_a_friend_blocked_after_the_proof_gets_nothing_by_mistake(stage: Stage, phone: int) -> None:
    proves(stage, phone, 7)
    stage.desk.deliver()
    stage.desk.taps(1, f"decide:{ANNA}:approved:blocked")
    stage.desk.deliver()
    assert "no longer has access" in alert(stage.desk.taps(1, "claim_judge:1:approved"))
    (edited, *_) = [row for row in stage.round(60) if row["subject"] == "claim:1"]
    assert "Nothing left to decide" in text_of(edited)
    assert "nothing left to decide" in alert(stage.desk.taps(1, "claim_judge:1:approved"))


def test_a_peer_that_the_admin_gives_away_meanwhile_is_lost(stage: Stage, phone: int) -> None:
    begins(stage, phone)
    stage.desk.taps(1, f"adopt:{phone}:{BORIS}")
    stage.desk.deliver()
    (told,) = goes_on(stage, 10)
    assert "given to someone" in told
    assert claim_of(stage).state == "lost"


def test_a_peer_that_is_removed_or_leaves_the_interface_is_lost(stage: Stage, phone: int) -> None:
    laptop = add_peer(stage, 8, "laptop")
    begins(stage, phone)
    begins(stage, laptop, BORIS)
    stage.desk.taps(1, f"evict:{phone}")
    stage.desk.deliver()
    del stage.awg.peers[key_of(8)]
    rows = stage.round(10)
    assert ["no longer on the server" in text for who in (ANNA, BORIS) for text in texts(rows, who)] == [True, True]
    assert [claim_of(stage, who).state for who in (ANNA, BORIS)] == ["lost", "lost"]


def test_a_clock_that_goes_back_decides_nothing(stage: Stage, phone: int) -> None:
    begins(stage, phone)
    stage.desk.now -= 86400
    assert goes_on(stage, 30, 7) == []
    assert claim_of(stage).state == "watched"
    assert any("it's off" in text for text in goes_on(stage, 60))
    stage.desk.now -= 3600
    assert goes_on(stage, 10) == []
    switches_on(stage, 7)
    assert claim_of(stage).state == "proven"


def test_a_clock_that_goes_back_while_the_device_is_off_takes_the_next_handshake(stage: Stage, phone: int) -> None:
    """By the clock, the one before is in the future, and no later one would be newer."""
    begins(stage, phone)
    goes_on(stage, 60)
    stage.desk.now -= 86400
    assert goes_on(stage, 10) == []
    switches_on(stage, 7)
    assert claim_of(stage).state == "proven"


def test_a_watch_ends_in_time_also_if_the_clock_went_back(stage: Stage, phone: int) -> None:
    begins(stage, phone)
    stage.desk.now -= 86400
    assert goes_on(stage, 10, 7) == []
    stage.awg.trouble = AwgError("no", "no_interface")
    (told,) = goes_on(stage, LONGEST + 20)
    assert "doesn't count as a try" in told


def test_a_new_life_of_the_interface_is_no_connection(stage: Stage, phone: int) -> None:
    """Its counters may be higher than those before, but every device has to reconnect."""
    begins(stage, phone)
    goes_on(stage, 60)
    claim, peer = claim_of(stage), get_foreign(stage.desk.db, phone)
    back = replace(peer, received=peer.received + 500, handshake_at=stage.desk.now + 10)
    assert look(claim, back, stage.desk.now + 10)[1] == "claim_proven"
    anew = replace(back, interface_id="another boot:9")
    assert look(claim, anew, stage.desk.now + 10)[1] == "claim_again"


def test_while_the_server_is_down_nobody_is_told_that_the_peer_is_gone(stage: Stage, phone: int) -> None:
    begins(stage, phone)
    stage.awg.trouble = AwgError("no", "no_interface")
    stage.desk.db.execute("UPDATE foreign_peers SET live = 0")
    assert goes_on(stage, 10) == []
    assert claim_of(stage).state == "watched"


def test_a_peer_whose_address_a_config_has_is_not_offered(stage: Stage, phone: int) -> None:
    stage.give_config(BORIS)
    stage.desk.db.execute("UPDATE configs SET address = '10.8.0.9'")
    assert "claims:0" not in data_of(stage.desk.taps(ANNA, "menu")[-1])


def test_a_clock_that_jumps_ahead_fails_nobody_whose_device_was_on(stage: Stage, phone: int) -> None:
    begins(stage, phone)
    stage.desk.now += 500
    assert goes_on(stage, 10, 7) == []
    assert claim_of(stage).state == "watched"
    assert any("it's off" in text for text in goes_on(stage, 60))


def test_a_clock_that_jumps_ahead_is_no_silence(stage: Stage, phone: int) -> None:
    """Otherwise the next handshake of a device that was on all along would count as proof."""
    begins(stage, phone)
    goes_on(stage, 10, 7)
    stage.desk.now += 100
    assert goes_on(stage, 10) == [], "ten seconds since its last keepalive"
    goes_on(stage, 10, 7)
    switches_on(stage, 7)
    assert claim_of(stage).state == "watched"


def test_a_clock_that_jumps_ahead_takes_no_time_to_come_back(stage: Stage, phone: int) -> None:
    begins(stage, phone)
    goes_on(stage, 60)
    stage.desk.now += WINDOW + 60
    assert goes_on(stage, 10) == []
    switches_on(stage, 7)
    assert claim_of(stage).state == "proven"


def test_while_the_server_is_down_nothing_is_decided_but_not_for_ever(stage: Stage, phone: int) -> None:
    begins(stage, phone)
    stage.awg.trouble = AwgError("no", "no_interface")
    assert goes_on(stage, 300) == []
    stage.awg.trouble = None
    assert any("it's off" in text for text in goes_on(stage, 60))
    stage.awg.trouble = AwgError("no", "no_interface")
    (told,) = goes_on(stage, LONGEST)
    assert "doesn't count as a try" in told
    assert claims.count_tries(stage.desk.db, ANNA, stage.desk.now) == 0


def test_a_server_that_starts_anew_makes_everybody_connect_and_proves_nothing(stage: Stage, phone: int) -> None:
    begins(stage, phone)
    goes_on(stage, 60)
    stage.awg.peers[key_of(7)] = stage.awg.peers[key_of(7)]._replace(received=148, handshake_at=stage.desk.now)
    (told,) = goes_on(stage, 10)
    assert "once more, please" in told
    assert claim_of(stage).off_at is None
    assert any("it's off" in text for text in goes_on(stage, 60))
    switches_on(stage, 7)
    assert claim_of(stage).state == "proven"


def test_a_restart_of_the_bot_keeps_a_watch(stage: Stage, phone: int, settings: Settings) -> None:
    begins(stage, phone)
    goes_on(stage, 60)
    again = make_stage(stage.desk, settings, "10.8.0.1/16")
    again.awg.peers.update(stage.awg.peers)
    switches_on(again, 7)
    assert claim_of(stage).state == "proven"


@pytest.mark.parametrize(("after", "state"), [(60, "proven"), (300, "failed")])
def test_what_happened_while_the_bot_was_off_counts_by_its_time(
    stage: Stage, phone: int, after: int, state: str
) -> None:
    begins(stage, phone)
    goes_on(stage, 60)
    stage.desk.now += after
    stage.awg.peers[key_of(7)] = moved(stage, 7, received=500, shakes=True)
    stage.round(400 - after)
    assert claim_of(stage).state == state


def test_who_leaves_leaves_no_claim_behind(stage: Stage, phone: int) -> None:
    proves(stage, phone, 7)
    stage.desk.deliver()
    rows = stage.desk.taps(ANNA, "goodbye")
    assert stage.desk.db.execute("SELECT count(*) FROM claims").fetchone()[0] == 0
    cards = [text_of(row) for row in rows if row["chat_id"] == 1 and row["method"] == "editMessageText"]
    assert cards
    assert not any("anna-phone" in card for card in cards)
    stage.desk.deliver()
    assert "anna-phone" not in str([tuple(row) for row in stage.desk.db.execute("SELECT * FROM audit")])
    assert "no longer there" in alert(stage.desk.taps(1, "claim_judge:1:approved"))


def test_claims_that_are_over_are_forgotten_after_a_month(stage: Stage, phone: int) -> None:
    begins(stage, phone)
    stage.desk.taps(ANNA, "claim_stop:1")
    stage.round(29 * 86400)
    assert claim_of(stage).state == "stopped"
    stage.round(2 * 86400)
    assert stage.desk.db.execute("SELECT count(*) FROM claims").fetchone()[0] == 0


def test_a_late_no_is_remembered_as_long_as_any(stage: Stage, phone: int) -> None:
    proves(stage, phone, 7)
    stage.round(31 * 86400)
    stage.desk.taps(1, "claim_judge:1:rejected")
    stage.round(86400)
    assert "isn't yours" in alert(stage.desk.taps(ANNA, f"claim:{phone}"))


def test_250_names_come_in_pages_and_equal_ones_are_numbered(stage: Stage) -> None:
    ids = add_peers(stage, [f"device {number // 2:03}" for number in range(250)])
    seen: dict[str, str] = {}
    for page in range(-(-250 // ON_A_PAGE)):
        shown = stage.desk.taps(ANNA, f"claims:{page}")
        assert complaints(shown[-1]) == []
        seen |= {data: text for data, text in keys(shown).items() if data.startswith("claim:")}
    assert list(seen) == [f"claim:{number}" for number in ids]
    assert list(seen.values())[:2] == ["device 000", "device 000 (2)"]


@pytest.mark.parametrize("name", [name.encode("utf-8", "ignore").decode() for name in HOSTILE])
def test_a_hostile_name_is_only_a_name(stage: Stage, name: str) -> None:
    peer = add_peer(stage, 7, name)
    for words in ("menu", "claims:0", f"claim:{peer}", f"claim_begin:{peer}", "claims:0"):
        assert [complaint for row in stage.desk.taps(ANNA, words) for complaint in complaints(row)] == []
    stage.desk.deliver()
    if stage.desk.db.execute("SELECT count(*) FROM claims").fetchone()[0]:
        goes_on(stage, 60)
        rows = switches_on(stage, 7)
        assert [complaint for row in rows for complaint in complaints(row)] == []
        assert claim_of(stage).state == "proven"


def test_a_friend_reads_it_in_their_own_language(stage: Stage, phone: int) -> None:
    stage.desk.taps(BORIS, "language")
    assert get_user(stage.desk.db, BORIS).language == "ru"
    stage.desk.deliver()
    begins(stage, phone, BORIS)
    (told,) = goes_on(stage, 50, who=BORIS)
    assert "anna-phone: выключено" in told
