"""Peers from before the bot: shown, left alone, given to friends, removed, and replaced on the same address."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from lib.chat.input import clean_name
from lib.chat.notify.claims_shown import title_of
from lib.errors import Refused
from lib.keeper import Keeper
from lib.settings import Settings
from lib.store import configs
from lib.store.config_requests import open_request
from lib.store.configs import configs_of, find_config
from lib.store.database import connect
from lib.store.foreign import FORGET_SECONDS, count_foreign, get_foreign, list_foreign
from lib.store.traffic import Usage, month_total
from lib.store.users import get_user
from lib.store.views.summaries import summarize_configs
from lib.vpn.interface import LivePeer
from tests.unit.chat.complaints import complaints
from tests.unit.chat.desk import Desk, text_of
from tests.unit.chat.hostile import HOSTILE
from tests.unit.stage import Stage, make_stage

HAND = "H" * 43 + "="
OTHER = "O" * 43 + "="
PRESHARED = "S" * 43 + "="


@pytest.fixture
def stage(db: sqlite3.Connection, settings: Settings) -> Stage:
    desk = Desk(db, settings)
    desk.says(1, "/start")
    desk.says(2, "/start", language_code="ru")
    stage = make_stage(desk, settings)
    stage.round()
    return stage


def appears(stage: Stage, *addresses: str, key: str = HAND, preshared: str | None = None) -> list[sqlite3.Row]:
    """Add a peer by hand; return what the keeper announces."""
    stage.awg.peers[key] = LivePeer(key, preshared, ",".join(addresses), None, stage.desk.now - 60, 1_000, 20_000)
    return stage.round(60)


def is_adopted(stage: Stage, who: int = 100) -> int:
    """Give the only foreign peer to a person; return the config's id."""
    (peer,) = list_foreign(stage.desk.db, 2, 0)
    stage.desk.taps(1, f"adopt:{peer.id}:{who}")
    return configs_of(stage.desk.db, who)[-1].id


def buttons(rows: list[sqlite3.Row]) -> list[str]:
    """Return the callback data of a screen's buttons."""
    markup = json.loads(rows[-1]["params"]).get("reply_markup", {"inline_keyboard": []})
    return [button["callback_data"] for row in markup["inline_keyboard"] for button in row]


def alert(rows: list[sqlite3.Row]) -> str:
    return str(json.loads(rows[0]["params"])["text"])


def test_it_works(stage: Stage) -> None:
    stage.desk.is_let_in(100)
    told = appears(stage, "10.8.0.7/32", preshared=PRESHARED)
    assert [(row["chat_id"], "1 new" in text_of(row)) for row in told] == [(1, True), (2, False)]
    (peer,) = list_foreign(stage.desk.db, 2, 0)
    assert "foreign:0" in buttons(stage.desk.taps(1, "status"))
    assert f"peer:{peer.id}" in buttons(stage.desk.taps(1, "foreign:0"))
    shown = stage.desk.taps(1, f"peer:{peer.id}")
    assert HAND in text_of(shown[-1])
    assert f"heirs:{peer.id}:0" in buttons(shown)
    assert f"heir:{peer.id}:100" in buttons(stage.desk.taps(1, f"heirs:{peer.id}:0"))
    asked = stage.desk.taps(1, f"heir:{peer.id}:100")
    assert "Person 100" in text_of(asked[-1])
    assert f"adopt:{peer.id}:100" in buttons(asked)
    rows = stage.desk.taps(1, f"adopt:{peer.id}:100")
    assert next(text_of(row) for row in rows if row["chat_id"] == 100).startswith("🔑 A device you already use")
    (config,) = configs_of(stage.desk.db, 100)
    assert (config.public_key, config.address, config.name) == (HAND, "10.8.0.7", "Device 10.8.0.7")
    before = dict(stage.awg.peers)
    assert stage.round(60) == []
    assert stage.awg.peers == before, "adoption changes nothing on the interface"
    assert "addconf" not in stage.awg.calls


def test_an_adopted_peer_is_counted_from_then_on(stage: Stage) -> None:
    stage.desk.is_let_in(100)
    appears(stage, "10.8.0.7/32")
    config_id = is_adopted(stage)
    stage.awg.move(HAND, 5, 70)
    stage.round(60)
    assert summarize_configs(stage.desk.db, 100, "2026-05").get(config_id).used == Usage(5, 70)


@pytest.mark.parametrize("preshared", [PRESHARED, None])
def test_a_block_cuts_an_adopted_peer_off_and_an_unblock_brings_it_back(stage: Stage, preshared: str | None) -> None:
    stage.desk.is_let_in(100)
    appears(stage, "10.8.0.7/32", preshared=preshared)
    is_adopted(stage)
    stage.desk.taps(1, "decide:100:approved:blocked")
    stage.round()
    assert HAND not in stage.awg.peers
    stage.desk.taps(1, "decide:100:blocked:approved")
    stage.round()
    assert stage.awg.peers[HAND].allowed_ips == "10.8.0.7/32"
    assert stage.awg.peers[HAND].preshared_key == preshared


def test_a_peer_with_ipv4_and_ipv6_keeps_both_addresses(stage: Stage) -> None:
    stage.desk.is_let_in(100)
    appears(stage, "fd00::7/128", "10.8.0.7/32")
    config = find_config(stage.desk.db, is_adopted(stage))
    assert config is not None
    assert config.addresses == ("10.8.0.7", "fd00::7")


@pytest.mark.parametrize(
    "addresses",
    [(), ("10.8.0.0/24",), ("10.8.0.7/32", "10.8.0.8/32"), ("fd00::7/128",), ("10.8.0.7/32", "192.168.1.0/24")],
)
def test_a_peer_that_is_no_single_device_can_only_be_left_or_removed(stage: Stage, addresses: tuple[str, ...]) -> None:
    appears(stage, *addresses)
    (peer,) = list_foreign(stage.desk.db, 2, 0)
    assert buttons(stage.desk.taps(1, f"peer:{peer.id}")) == [f"confirm_evict:{peer.id}", "foreign:0"]
    assert "a single device" in alert(stage.desk.taps(1, f"adopt:{peer.id}:1"))


def test_who_was_removed_is_not_given_away_without_the_private_key(stage: Stage) -> None:
    stage.desk.is_let_in(100)
    appears(stage, "10.8.0.7/32", preshared=PRESHARED)
    (peer,) = list_foreign(stage.desk.db, 2, 0)
    stage.desk.taps(1, f"evict:{peer.id}")
    stage.round(60)
    stage.round(60)
    assert HAND not in stage.awg.peers
    assert f"heirs:{peer.id}:0" not in buttons(stage.desk.taps(1, f"peer:{peer.id}"))
    stage.desk.taps(1, f"adopt:{peer.id}:100")
    assert configs_of(stage.desk.db, 100) == []


def test_a_peer_is_called_by_its_ipv4_address_even_if_the_other_is_shorter(stage: Stage) -> None:
    appears(stage, "fd00::7/128", "10.8.0.207/32")
    (peer,) = list_foreign(stage.desk.db, 2, 0)
    assert title_of(peer).startswith("10.8.0.207 · ")


def test_a_double_tap_adopts_once(stage: Stage) -> None:
    stage.desk.is_let_in(100)
    appears(stage, "10.8.0.7/32")
    (peer,) = list_foreign(stage.desk.db, 2, 0)
    stage.desk.taps(1, f"adopt:{peer.id}:100")
    assert "no longer there" in alert(stage.desk.taps(1, f"adopt:{peer.id}:1"))
    assert len(configs_of(stage.desk.db, 100)) == 1
    assert configs_of(stage.desk.db, 1) == []


def test_an_old_button_never_refers_to_another_peer(stage: Stage) -> None:
    stage.desk.is_let_in(100)
    appears(stage, "10.8.0.7/32")
    (first,) = list_foreign(stage.desk.db, 2, 0)
    is_adopted(stage)
    appears(stage, "10.8.0.8/32", key=OTHER)
    (second,) = list_foreign(stage.desk.db, 2, 0)
    assert second.id > first.id


def is_named(stage: Stage, **names: str) -> None:
    """Write down names as the installer does."""
    file = stage.keeper._file.database.with_name("names.json")
    file.write_text(json.dumps(names), encoding="utf-8")


def test_a_peer_is_called_what_its_maker_called_it(stage: Stage) -> None:
    stage.desk.is_let_in(100)
    is_named(stage, **{HAND: "Anna <phone>"})
    appears(stage, "10.8.0.7/32")
    appears(stage, "10.8.0.8/32", key=OTHER)
    shown = json.loads(stage.desk.taps(1, "foreign:0")[-1]["params"])["reply_markup"]["inline_keyboard"]
    assert [row[0]["text"] for row in shown[1:3]] == ["⚪️ 10.8.0.7 · Anna <phone>", f"🟢 10.8.0.8 · {OTHER[:6]}…"]
    named, other = list_foreign(stage.desk.db, 2, 0)
    assert "10.8.0.7 · Anna &lt;phone&gt;" in text_of(stage.desk.taps(1, f"peer:{named.id}")[-1])
    assert "Anna &lt;phone&gt;" in text_of(stage.desk.taps(1, f"heir:{named.id}:100")[-1])
    stage.desk.taps(1, f"adopt:{named.id}:100")
    stage.desk.taps(1, f"adopt:{other.id}:100")
    assert [config.name for config in configs_of(stage.desk.db, 100)] == ["Anna <phone>", "Device 10.8.0.8"]


def test_a_name_that_no_config_may_have_is_not_proposed(stage: Stage) -> None:
    stage.desk.is_let_in(100)
    is_named(stage, **{HAND: "🙂🙂", OTHER: "a" * 64})
    appears(stage, "10.8.0.7/32")
    is_adopted(stage)
    appears(stage, "10.8.0.8/32", key=OTHER)
    shown = json.loads(stage.desk.taps(1, "foreign:0")[-1]["params"])["reply_markup"]["inline_keyboard"]
    assert shown[1][0]["text"] == f"🟢 10.8.0.8 · {'a' * 20}…"
    is_adopted(stage)
    assert [config.name for config in configs_of(stage.desk.db, 100)] == ["Device 10.8.0.7", "a" * 32]


def test_a_name_that_is_written_down_later_is_shown_and_a_lost_file_takes_none_away(stage: Stage) -> None:
    appears(stage, "10.8.0.7/32")
    assert list_foreign(stage.desk.db, 1, 0)[0].name == ""
    is_named(stage, **{HAND: "Анна"})
    stage.round(60)
    assert list_foreign(stage.desk.db, 1, 0)[0].name == "Анна"
    stage.keeper._file.database.with_name("names.json").unlink()
    stage.round(60)
    assert list_foreign(stage.desk.db, 1, 0)[0].name == "Анна"


def test_a_removed_peer_goes_at_once_and_whenever_it_returns(stage: Stage) -> None:
    appears(stage, "10.8.0.7/32")
    (peer,) = list_foreign(stage.desk.db, 2, 0)
    assert f"evict:{peer.id}" in buttons(stage.desk.taps(1, f"confirm_evict:{peer.id}"))
    stage.desk.taps(1, f"evict:{peer.id}")
    stage.round()
    assert stage.awg.peers == {}
    assert appears(stage, "10.8.0.7/32") == [], "its return is not announced"
    assert stage.awg.peers == {}
    stage.round(60)
    assert "Removed 2 min ago" in text_of(stage.desk.taps(1, f"peer:{peer.id}")[-1])


def test_a_peer_that_is_being_removed_is_neither_left_alone_nor_online(stage: Stage) -> None:
    appears(stage, "10.8.0.7/32")
    appears(stage, "10.8.0.8/32", key=OTHER)
    stage.awg.move(HAND, received=10, sent=10, handshake_at=stage.desk.now)
    stage.round()
    shown = text_of(stage.desk.taps(1, "foreign:0")[-1])
    assert shown.splitlines()[2:] == ["Left alone: 2. Choose one to give to a friend or to remove."]
    peer = list_foreign(stage.desk.db, 1, 0)[0]
    rows = stage.desk.taps(1, f"evict:{peer.id}")
    assert text_of(rows[-1]).splitlines()[2:] == [
        "Left alone: 1. Choose one to give to a friend or to remove.", "⏳ Being removed: 1"
    ]  # fmt: skip
    assert "⏳ 10.8.0.7" in json.loads(rows[-1]["params"])["reply_markup"]["inline_keyboard"][0][0]["text"]
    page = text_of(stage.desk.taps(1, f"peer:{peer.id}")[-1])
    assert "It's being removed" in page
    assert "online" not in page
    stage.round()
    stage.round(60)
    rows = stage.desk.taps(1, "foreign:0")
    assert "🗑 Removed, and removed again if they come back: 1" in text_of(rows[-1])
    assert "Being removed" not in text_of(rows[-1])
    stage.desk.taps(1, f"evict:{list_foreign(stage.desk.db, 2, 0)[1].id}")
    assert "Left alone" not in text_of(stage.desk.taps(1, "foreign:0")[-1])


def test_a_removal_can_be_taken_back(stage: Stage) -> None:
    appears(stage, "10.8.0.7/32")
    (peer,) = list_foreign(stage.desk.db, 2, 0)
    stage.desk.taps(1, f"evict:{peer.id}")
    stage.round()
    stage.desk.taps(1, f"pardon:{peer.id}")
    stage.round()
    appears(stage, "10.8.0.7/32")
    assert HAND in stage.awg.peers


def test_a_removed_peers_address_is_free(stage: Stage) -> None:
    appears(stage, "10.8.0.2/32")
    stage.desk.taps(1, f"evict:{list_foreign(stage.desk.db, 1, 0)[0].id}")
    stage.round()
    key = stage.give_config()
    assert stage.awg.peers[key].allowed_ips == "10.8.0.2/32"


def test_a_peer_with_a_friends_address_is_not_adopted(stage: Stage) -> None:
    stage.give_config(100)
    stage.desk.taps(1, "decide:100:approved:blocked")
    stage.round()
    appears(stage, "10.8.0.2/32")
    (peer,) = list_foreign(stage.desk.db, 2, 0)
    assert "same address" in alert(stage.desk.taps(1, f"adopt:{peer.id}:1"))


def test_new_peers_are_announced_once_even_if_the_interface_restarts(stage: Stage) -> None:
    assert appears(stage, "10.8.0.7/32")
    stage.awg.restart()
    assert stage.round(60) == []
    assert count_foreign(stage.desk.db) == 0
    assert appears(stage, "10.8.0.7/32") == []
    assert count_foreign(stage.desk.db) == 1


def test_a_peer_that_left_by_itself_is_forgotten_after_a_month(stage: Stage) -> None:
    appears(stage, "10.8.0.7/32")
    stage.awg.restart()
    stage.round(FORGET_SECONDS + 61)
    assert stage.desk.db.execute("SELECT count(*) FROM foreign_peers").fetchone()[0] == 0
    assert appears(stage, "10.8.0.7/32"), "it is announced again"


def test_a_new_file_replaces_an_unknown_one_on_the_same_address(stage: Stage) -> None:
    stage.desk.is_let_in(100)
    stage.awg.subnet = "10.8.0.1/24,fd00::1/64"
    appears(stage, "10.8.0.7/32", "fd00::7/128")
    config_id = is_adopted(stage)
    stage.awg.move(HAND, 5, 70)
    assert f"confirm_renew:{config_id}" in buttons(stage.desk.taps(100, f"config:{config_id}"))
    assert f"renew:{config_id}" in buttons(stage.desk.taps(100, f"confirm_renew:{config_id}"))
    stage.desk.taps(100, f"renew:{config_id}")
    rows = stage.round(60)
    (config,) = configs_of(stage.desk.db, 100)
    assert config.addresses == ("10.8.0.7", "fd00::7")
    assert [row["attachment"] for row in rows if row["attachment"]] == [f"conf:{config.id}:perso-device-10"]
    assert HAND not in stage.awg.peers, "the unknown key no longer works"
    assert stage.awg.peers[config.public_key].allowed_ips == "10.8.0.7/32,fd00::7/128"
    assert month_total(stage.desk.db, "2026-05") == Usage(5, 70)


def test_a_second_tap_makes_no_second_file(stage: Stage) -> None:
    stage.desk.is_let_in(100)
    appears(stage, "10.8.0.7/32")
    config_id = is_adopted(stage)
    stage.desk.taps(100, f"renew:{config_id}")
    assert "still open" in alert(stage.desk.taps(100, f"renew:{config_id}"))
    stage.round()
    assert "no longer there" in alert(stage.desk.taps(100, f"renew:{config_id}"))
    assert len(stage.awg.peers) == 1


def test_no_new_file_is_made_while_it_could_not_be_delivered_and_telegram_goes_on(stage: Stage) -> None:
    stage.desk.is_let_in(100)
    appears(stage, "10.8.0.7/32")
    config_id = is_adopted(stage)
    stage.desk.db.execute("UPDATE configs SET expires_at = ? WHERE id = ?", (stage.desk.now, config_id))
    stage.round()
    for verb in ("confirm_renew", "renew"):
        assert "off right now" in alert(stage.desk.taps(100, f"{verb}:{config_id}"))
    stage.round()
    assert HAND in stage.awg.peers, "it reaches Telegram alone"


def test_a_new_file_keeps_the_expiry_date(stage: Stage) -> None:
    stage.desk.is_let_in(100)
    appears(stage, "10.8.0.7/32")
    config_id = is_adopted(stage)
    stage.desk.db.execute("UPDATE configs SET expires_at = ? WHERE id = ?", (stage.desk.now + 999, config_id))
    stage.desk.taps(100, f"renew:{config_id}")
    stage.round()
    assert configs_of(stage.desk.db, 100)[0].expires_at == stage.desk.now + 999


def test_an_adopted_config_is_never_outdated_nor_sent(stage: Stage) -> None:
    stage.desk.is_let_in(100)
    appears(stage, "10.8.0.7/32")
    config_id = is_adopted(stage)
    stage.awg.parameters = {**stage.awg.parameters, "Jc": "9"}
    assert stage.round(60) == []
    assert "set up before the bot" in alert(stage.desk.taps(100, f"file:{config_id}"))


def test_many_peers_come_in_pages(stage: Stage) -> None:
    for number in range(20):
        appears(stage, f"10.8.1.{number}/32", key=f"{number:044d}")
    first, last = stage.desk.taps(1, "foreign:0"), stage.desk.taps(1, "foreign:3")
    assert buttons(first)[-2:] == ["foreign:1", "status"]
    assert buttons(last)[-2:] == ["foreign:2", "status"]
    assert len(buttons(last)) == 2 + 2
    assert buttons(stage.desk.taps(1, "foreign:99")) == buttons(last)


def test_a_peer_with_a_name_is_called_by_it_everywhere(stage: Stage) -> None:
    stage.desk.is_let_in(100)
    appears(stage, "10.8.0.7/32")
    (peer,) = list_foreign(stage.desk.db, 2, 0)
    stage.desk.db.execute("UPDATE foreign_peers SET name = ?", ("Anna's phone",))
    for verb in ("foreign:0", "peer:{}", "heirs:{}:0", "heir:{}:100", "confirm_evict:{}"):
        words = verb.format(peer.id)
        assert "Anna's phone" in stage.desk.taps(1, words)[-1]["params"]
    rows = stage.desk.taps(1, f"adopt:{peer.id}:100")
    assert "“Anna's phone”" in next(text_of(row) for row in rows if row["chat_id"] == 100)
    appears(stage, "10.8.0.8/32", key=OTHER)
    stage.desk.db.execute("UPDATE foreign_peers SET name = ?", ("Anna's phone",))
    is_adopted(stage)
    assert [config.name for config in configs_of(stage.desk.db, 100)] == ["Anna's phone", "Anna's phone 2"]


@pytest.mark.parametrize("name", [name.encode("utf-8", "ignore").decode() for name in HOSTILE])
def test_a_hostile_name_is_only_a_name(stage: Stage, name: str) -> None:
    stage.desk.is_let_in(100)
    appears(stage, "10.8.0.7/32")
    (peer,) = list_foreign(stage.desk.db, 2, 0)
    stage.desk.db.execute("UPDATE foreign_peers SET name = ?", (name,))
    for words in ("foreign:0", f"peer:{peer.id}", f"heirs:{peer.id}:0", f"heir:{peer.id}:100", "by_name:0",
                  f"confirm_evict:{peer.id}", f"adopt:{peer.id}:100"):  # fmt: skip
        assert [complaint for row in stage.desk.taps(1, words) for complaint in complaints(row)] == []
    (config,) = configs_of(stage.desk.db, 100)
    try:
        assert config.name == clean_name(name[:32])
    except Refused:
        assert config.name == "Device 10.8.0.7"


def test_a_friend_is_told_of_an_adoption_in_their_language(stage: Stage) -> None:
    stage.desk.is_let_in(100, language_code="ru")
    appears(stage, "10.8.0.7/32")
    is_adopted(stage)
    assert get_user(stage.desk.db, 100).language == "ru"
    assert configs_of(stage.desk.db, 100)[0].name == "Устройство 10.8.0.7"


def test_no_secret_of_a_foreign_peer_is_shown(stage: Stage) -> None:
    appears(stage, "10.8.0.7/32", preshared=PRESHARED)
    (peer,) = list_foreign(stage.desk.db, 2, 0)
    assert PRESHARED not in repr(get_foreign(stage.desk.db, peer.id))
    assert PRESHARED not in text_of(stage.desk.taps(1, f"peer:{peer.id}")[-1])


def test_a_live_peer_that_changes_is_shown_as_it_is(stage: Stage) -> None:
    appears(stage, "10.8.0.7/32")
    stage.awg.peers[HAND] = stage.awg.peers[HAND]._replace(allowed_ips="10.8.0.9/32")
    stage.round(60)
    assert list_foreign(stage.desk.db, 1, 0)[0].allowed_ips == ("10.8.0.9/32",)


def test_a_new_file_stays_paused_as_the_old_one_was(stage: Stage) -> None:
    stage.desk.is_let_in(100)
    appears(stage, "10.8.0.77/32")
    config = is_adopted(stage)
    stage.desk.taps(100, f"renew:{config}")
    stage.desk.taps(1, f"held_pause:{config}")
    stage.round()
    (fresh,) = configs_of(stage.desk.db, 100)
    assert fresh.id != config
    assert fresh.paused_at is not None
    assert stage.awg.peers == {}, "only an admin ends a pause"


def test_what_an_admin_deletes_before_its_new_file_is_made_stays_deleted(stage: Stage) -> None:
    stage.desk.is_let_in(100)
    appears(stage, "10.8.0.77/32")
    config = is_adopted(stage)
    stage.desk.taps(100, f"renew:{config}")
    stage.desk.taps(1, f"held_delete:{config}")
    stage.round()
    assert configs_of(stage.desk.db, 100) == []
    assert open_request(stage.desk.db, 100) is None


def test_a_peer_adopted_in_the_middle_of_a_round_is_not_cut_off(
    stage: Stage, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.desk.is_let_in(100)
    appears(stage, "10.8.0.7/32", preshared=PRESHARED)
    with closing(connect(settings.database)) as own:
        stage.keeper = Keeper(own, stage.awg, settings, lambda: None, lambda: stage.desk.now)  # type: ignore[arg-type]
        wanted = configs.wanted

        def wanted_until_the_tap(*args: Any) -> list[configs.WantedPeer]:
            before = wanted(*args)
            is_adopted(stage)
            return before

        monkeypatch.setattr("lib.keeper.configs.wanted", wanted_until_the_tap)
        stage.awg.calls.clear()
        stage.round(60)
    assert len(configs_of(stage.desk.db, 100)) == 1
    assert stage.awg.calls.count("set") == 0
    assert HAND in stage.awg.peers


@pytest.mark.parametrize("admin", [1, 2])
def test_a_peer_with_hundreds_of_networks_fits_its_page(stage: Stage, admin: int) -> None:
    appears(stage, *(f"10.{number // 250}.{number % 250}.0/24" for number in range(1000)))
    (peer,) = list_foreign(stage.desk.db, 2, 0)
    for words in ("foreign:0", f"peer:{peer.id}", f"confirm_evict:{peer.id}"):
        assert [complaint for row in stage.desk.taps(admin, words) for complaint in complaints(row)] == []
    assert "10.0.0.0/24, 10.0.1.0/24" in text_of(stage.desk.taps(admin, f"peer:{peer.id}")[-1])


@pytest.mark.parametrize("admin", [1, 2])
def test_an_ipv6_address_leaves_room_for_the_name(stage: Stage, admin: int) -> None:
    both, six = HAND, OTHER
    is_named(stage, **{both: "Анна <телефон>", six: "W" * 64})
    appears(stage, "fd00:1234:5678:9abc:def0:1234:5678:9ab0/128", "10.8.0.7/32", key=both)
    appears(stage, "fd00:1234:5678:9abc:def0:1234:5678:9ab1/128", key=six)
    shown = json.loads(stage.desk.taps(admin, "foreign:0")[-1]["params"])["reply_markup"]["inline_keyboard"]
    labels = [row[0]["text"] for row in shown[1:3]]
    assert labels == ["⚪️ 10.8.0.7 · Анна <телефон>", f"🟢 …1234:5678:9ab1 · {'W' * 13}…"]
    first = list_foreign(stage.desk.db, 1, 0)[0]
    page = text_of(stage.desk.taps(admin, f"peer:{first.id}")[-1])
    assert "10.8.0.7 · Анна &lt;телефон&gt;" in page
    assert "fd00:1234:5678:9abc:def0:1234:5678:9ab0/128, 10.8.0.7/32" in page
