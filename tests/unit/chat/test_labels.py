"""Button labels can be read on a phone: a row is as wide as the screen, shared by up to three buttons."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from lib.chat import keyboards
from lib.chat.admin.settings import PRESETS
from lib.chat.apps import AMNEZIA
from lib.settings import IN_CHAT, Settings
from lib.store.invitations import add_invitation
from lib.store.preferences import set_preference
from lib.store.users import add_offline, get_user, set_language
from tests.unit.chat.by_hand import add_peers
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk, data_of
from tests.unit.chat.labels import cut
from tests.unit.stage import make_stage

FRIEND = 100


def keyboard(shown: list[sqlite3.Row]) -> list[list[dict[str, str]]]:
    rows: list[list[dict[str, str]]] = json.loads(shown[-1]["params"])["reply_markup"]["inline_keyboard"]
    return rows


@pytest.mark.parametrize("language", ["en", "ru"])
def test_it_works(desk: Desk, language: str) -> None:
    desk.passes_captcha(FRIEND)
    assert cut(keyboards.decide(language, get_user(desk.db, FRIEND))) == []


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("key", AMNEZIA)
def test_the_ways_to_an_app_can_be_read(language: str, key: str) -> None:
    for platform in AMNEZIA[key].downloads:
        assert cut(keyboards.apps(language, AMNEZIA[key], platform, "2.0", "steps_with", "steps_store", 1)) == []


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("verb", ["file", "qr", "confirm_delete", "config", "trouble"])
def test_what_stands_below_a_config_can_be_read(desk: Desk, language: str, verb: str) -> None:
    desk.is_let_in(FRIEND)
    set_language(desk.db, FRIEND, language)
    assert cut(keyboard(desk.taps(FRIEND, f"{verb}:{hold_config(desk.db, FRIEND, desk.now)}"))) == []


def test_a_name_of_32_letters_can_be_read_on_the_way_to_its_config() -> None:
    assert cut(keyboards.to_config("en", 1, "Щ" * 32)) == []


@pytest.mark.parametrize("verb", ["confirm_block", "appoint", "confirm_expel", "issue", "person_more", "person_speeds"])
def test_what_an_admin_is_asked_before_a_decision_can_be_read(desk: Desk, verb: str) -> None:
    desk.is_let_in(FRIEND)
    words = f"{verb}:{FRIEND}:page" if verb == "confirm_block" else f"{verb}:{FRIEND}"
    for admin in (1, 2):  # the second one speaks Russian
        assert cut(keyboard(desk.taps(admin, words))) == []


def test_how_long_something_lasts_can_be_read(desk: Desk) -> None:
    desk.is_let_in(FRIEND)
    config = hold_config(desk.db, FRIEND, desk.now)
    for admin in (1, 2):
        for words in (f"held_expiry:{config}", "invite"):
            assert cut(keyboard(desk.taps(admin, words))) == []


def test_long_names_leave_what_stands_beside_them(desk: Desk, settings: Settings) -> None:
    """Names of people, devices, peers, invitations: e.g. the waiting time at the end of a label stays visible."""
    stage = make_stage(desk, settings)
    stage.round()
    desk.is_let_in(FRIEND, first_name="Ж" * 40, last_name="Ы" * 20)
    for _ in range(2):
        config = hold_config(desk.db, FRIEND, desk.now, "Щ" * 32)
    desk.db.execute("INSERT INTO stats VALUES (?, '2026-05-28', 123456789012, 1)", (config,))
    add_offline(desk.db, "Ц" * 60, "ru", 1, desk.now)
    add_invitation(desk.db, "Ф" * 32, True, 1, desk.now + 86400 * 14, desk.now)
    desk.passes_captcha(101, first_name="W" * 60)
    desk.taps(FRIEND, "device:iphone")
    desk.db.execute("UPDATE config_requests SET name = ?", ("Щ" * 32,))
    (peer, *_) = add_peers(stage, ["М" * 60, "М" * 60])
    desk.now += 59 * 60
    for who, words in (
        (FRIEND, "configs"), (FRIEND, "problem:0"), *((1, words) for words in (
            "requests:0", "people:all:0", f"person:{FRIEND}", f"holdings:{FRIEND}:0", "foreign:0", f"heirs:{peer}:0",
            "invitations:0", "by_name:0"))
    ):  # fmt: skip
        assert (words, cut(keyboard(desk.taps(who, words)))) == (words, [])
    waiting = [key["text"] for row in keyboard(desk.taps(1, "requests:0")) for key in row]
    assert sum(text.endswith("… · 59 min") for text in waiting) == 2


LONG = {
    "CLIENT_DNS": "149.112.112.112, 149.112.112.113, 2606:4700::1111", "QUOTA_GB": "123456.5", "SPEED_MBIT": "9999.9",
    "TIMEZONE": "America/Argentina/ComodRivadavia", "QUIET_HOURS": "23-11", "MAX_CONFIGS": "100", "LANGUAGE": "ru",
    "TELEGRAM_WHEN_OFF": "no",
}  # fmt: skip


def test_the_settings_can_be_read_whatever_they_are(desk: Desk, settings: Settings) -> None:
    assert LONG.keys() == set(IN_CHAT)
    zone = ZoneInfo(LONG["TIMEZONE"])
    desk.settings = replace(settings, timezone=zone, of_file=replace(settings, timezone=zone))
    for values in (PRESETS, {name: (value,) for name, value in LONG.items()}):
        for number in range(max(map(len, values.values()))):
            for name, those in values.items():
                set_preference(desk.db, name, those[number % len(those)])
            for admin in (1, 2):
                for words in ("settings", *(f"setting:{name}" for name in IN_CHAT)):
                    assert cut(keyboard(desk.taps(admin, words))) == []


@pytest.mark.parametrize("name", ["QUOTA_GB", "SPEED_MBIT"])
def test_the_usual_limits_can_be_read(desk: Desk, name: str) -> None:
    for admin in (1, 2):
        assert cut(keyboard(desk.taps(admin, f"set:{name}:0"))) == []


def test_the_names_to_claim_can_be_read_with_their_numbers(desk: Desk, settings: Settings) -> None:
    desk.settings = replace(desk.settings, claims=True)
    desk.is_let_in(FRIEND)
    stage = make_stage(desk, settings)
    stage.round()
    add_peers(stage, ["Щ" * 40] * 12)
    for page in (0, 1):
        assert cut(keyboard(desk.taps(FRIEND, f"claims:{page}"))) == []


@pytest.mark.parametrize("language", ["en", "ru"])
def test_what_is_asked_for_a_claim_can_be_read(desk: Desk, settings: Settings, language: str) -> None:
    desk.settings = replace(desk.settings, claims=True)
    desk.is_let_in(FRIEND)
    set_language(desk.db, FRIEND, language)
    stage = make_stage(desk, settings)
    stage.round()
    (peer,) = add_peers(stage, ["anna-phone"])
    for words in ("menu", f"claim:{peer}", f"claim_begin:{peer}", "claim_stop:1"):
        assert cut(keyboard(desk.taps(FRIEND, words))) == []


def test_what_was_given_can_be_taken_back_by_labels_that_can_be_read(desk: Desk, settings: Settings) -> None:
    desk.is_let_in(FRIEND)
    stage = make_stage(desk, settings)
    stage.round()
    (peer,) = add_peers(stage, [f"Person {FRIEND}"])
    give = next(data for data in data_of(desk.taps(1, "by_name:0")[-1]) if data.startswith("give_by_name"))
    for admin in (1, 2):
        for words in (f"peer:{peer}", f"heirs:{peer}:0", f"heir:{peer}:{FRIEND}", "by_name:0"):
            assert cut(keyboard(desk.taps(admin, words))) == []
    assert cut(keyboard([row for row in desk.taps(1, give) if "take_all_back" in row["params"]])) == []
    for admin in (1, 2):
        for words in (f"confirm_take_all_back:{desk.now}", "held:1", "confirm_take_back:1"):
            assert cut(keyboard(desk.taps(admin, words))) == []


@pytest.mark.parametrize("words", ["foreign:0", "claims_setting", "claims_set:on", "ways", "ports", "apps", "status"])
def test_what_an_admin_finds_on_the_servers_pages_can_be_read(desk: Desk, words: str) -> None:
    desk.settings = replace(desk.settings, claims=True)
    for admin in (1, 2):
        assert cut(keyboard([row for row in desk.taps(admin, words) if "reply_markup" in row["params"]])) == []
