"""Peers made by hand find their owners: all at once by name, and by what friends claim if the admin lets them."""

from __future__ import annotations

import pytest

from lib.chat.admin.foreign_owners import ON_A_PAGE
from lib.settings import Settings
from lib.store.configs import configs_of, find_config
from lib.store.foreign import count_foreign, set_evicted
from lib.store.preferences import read_preferences
from lib.store.users import add_offline
from tests.unit.chat.by_hand import add_peer, add_peers, allow_claims
from tests.unit.chat.complaints import complaints
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk, data_of, text_of
from tests.unit.chat.screens import alert, buttons, keys, said
from tests.unit.stage import Stage, make_stage, texts

ANNA, BORIS, PETROVA = 100, 101, 102


@pytest.fixture
def stage(desk: Desk, settings: Settings) -> Stage:
    stage = make_stage(desk, settings, "10.8.0.1/16")
    stage.round()
    desk.is_let_in(ANNA, first_name="Анна", language_code="ru")
    desk.is_let_in(BORIS, first_name="Boris", username="bo_b")
    desk.deliver()
    return stage


def gives(stage: Stage, who: int = 1) -> str:
    """Return the button that gives them all, as it stands below the list."""
    return next(data for data in data_of(stage.desk.taps(who, "by_name:0")[-1]) if data.startswith("give_by_name"))


def names_of(stage: Stage, who: int) -> list[str]:
    return [config.name for config in configs_of(stage.desk.db, who)]


def test_it_works(stage: Stage) -> None:
    add_peers(stage, ["anna-phone", "Anna Laptop", "BORIS", "somebody"])
    assert "by_name:0" in data_of(stage.desk.taps(1, "foreign:0")[-1])
    shown = said(stage.desk.taps(1, "by_name:0"))
    assert shown.splitlines()[2:] == [
        "Named like a friend of yours: 3",
        "Anna Laptop → 👤 Анна",
        "anna-phone → 👤 Анна",
        "BORIS → 👤 Boris (@bo_b)",
        "",
        "No friend fits: 1",
    ]
    rows = stage.desk.taps(1, gives(stage))
    assert "Given to friends: 3" in text_of(rows[0])
    assert names_of(stage, ANNA) == ["Anna Laptop", "anna-phone"]
    assert names_of(stage, BORIS) == ["BORIS"]
    (told,) = texts(rows, ANNA)
    assert "Anna Laptop, anna-phone" in told
    (told,) = texts(rows, BORIS)
    assert "“BORIS”" in told
    assert count_foreign(stage.desk.db) == 1
    before = dict(stage.awg.peers)
    stage.round(60)
    assert stage.awg.peers == before, "nothing changes on the interface"


def test_a_username_and_a_longer_name_count_and_several_people_do_not(stage: Stage) -> None:
    stage.desk.is_let_in(PETROVA, first_name="Anna", last_name="Petrova")
    grandma = add_offline(stage.desk.db, "Бабушка Зина", "ru", 1, stage.desk.now)
    add_peers(stage, ["anna-phone", "anna_petrova-tablet", "bob-phone", "babushka", "annabel"])
    shown = said(stage.desk.taps(1, "by_name:0"))
    assert "Left out, as more than one friend fits: 1\nanna-phone" in shown
    assert "No friend fits: 1" in shown, "annabel is not Anna"
    stage.desk.taps(1, gives(stage))
    assert [names_of(stage, who) for who in (ANNA, BORIS, PETROVA, grandma)] == [
        [], ["bob-phone"], ["anna_petrova-tablet"], ["babushka"]
    ]  # fmt: skip


def test_what_is_given_is_what_was_shown(stage: Stage) -> None:
    add_peers(stage, ["anna-phone"])
    button = gives(stage)
    add_peer(stage, 9, "boris-pc")
    assert "has changed" in alert(stage.desk.taps(1, button)), "nobody has seen that Boris gets one, too"
    button = gives(stage)
    stage.desk.is_let_in(PETROVA, first_name="Anna")
    stage.desk.is_let_in(103, first_name="Boris")
    assert "has changed" in alert(stage.desk.taps(1, button))
    assert names_of(stage, ANNA) == []
    assert "No free name fits exactly one friend" in said(stage.desk.taps(1, "by_name:0"))


def test_a_second_tap_gives_nothing_more(stage: Stage) -> None:
    add_peers(stage, ["anna-phone"])
    button = gives(stage)
    stage.desk.taps(1, button)
    assert "изменился" in alert(stage.desk.taps(2, button))
    assert names_of(stage, ANNA) == ["anna-phone"]


def test_what_cannot_be_given_is_not_proposed(stage: Stage) -> None:
    phone, _, wide, held = add_peers(stage, ["anna-phone", "", "anna-network", "anna-held"])
    laptop = add_peer(stage, 9, "anna-laptop")
    config = find_config(stage.desk.db, hold_config(stage.desk.db, BORIS, stage.desk.now))
    assert config is not None
    holding = "UPDATE foreign_peers SET allowed_ips = json_array(?) WHERE id = ?"
    stage.desk.db.execute(holding, (f"{config.address}/32", held))
    stage.desk.db.execute("UPDATE foreign_peers SET allowed_ips = '[\"10.9.0.0/24\"]' WHERE id = ?", (wide,))
    set_evicted(stage.desk.db, laptop, stage.desk.now)
    allow_claims(stage)
    stage.desk.taps(BORIS, f"claim_begin:{phone}")
    shown = stage.desk.taps(1, "by_name:0")
    assert "No free name" in said(shown), "claimed by someone, no single device, a friend's address, removed"
    assert data_of(shown[-1]) == ["foreign:0"]


def test_250_come_in_pages_and_are_given_at_once(stage: Stage) -> None:
    add_peers(stage, [f"anna-{'ы' * 40}-{number}" for number in range(250)])
    seen = []
    for page in range(-(-250 // ON_A_PAGE)):
        shown = stage.desk.taps(1, f"by_name:{page}")[-1]
        assert complaints(shown) == []
        seen += [line for line in text_of(shown).splitlines() if " → " in line]
    assert len(seen) == 250
    rows = stage.desk.taps(1, gives(stage))
    assert [complaint for row in rows for complaint in complaints(row)] == []
    assert len(names_of(stage, ANNA)) == len(set(names_of(stage, ANNA))) == 250
    assert len(texts(rows, ANNA)) == 1


def test_an_admin_lets_friends_claim_and_stops_it(stage: Stage) -> None:
    add_peers(stage, ["anna-phone"])
    assert "Let friends claim" in said(stage.desk.taps(1, "claims_setting"))
    rows = stage.desk.taps(1, "claims_set:on")
    assert "Friends can claim" in said(rows)
    assert read_preferences(stage.desk.db) == {"CLAIMS": "yes"}
    assert "Friends can claim their own devices." in said(stage.desk.taps(1, "foreign:0"))
    assert "claims:0" in data_of(stage.desk.taps(ANNA, "menu")[-1])
    stage.desk.taps(1, "claims_set:off")
    assert read_preferences(stage.desk.db) == {}, "as in the settings file again"
    assert "claims:0" not in data_of(stage.desk.taps(ANNA, "menu")[-1])
    (first, second) = stage.desk.db.execute("SELECT detail FROM audit WHERE action = 'set' ORDER BY id").fetchall()
    assert (first[0], second[0]) == ("on", "off")


def test_the_setting_stays_in_reach_when_no_peer_is_left(stage: Stage) -> None:
    allow_claims(stage)
    assert "foreign:0" in data_of(stage.desk.taps(1, "status")[-1])
    assert data_of(stage.desk.taps(1, "foreign:0")[-1]) == ["claims_setting", "status"], "there is nothing to give"


def test_peers_without_a_name_are_no_reason_to_give_by_name(stage: Stage) -> None:
    (peer,) = add_peers(stage, [""])
    allow_claims(stage)
    assert data_of(stage.desk.taps(1, "foreign:0")[-1]) == ["claims_setting", f"peer:{peer}", "status"]


def test_without_names_the_screen_is_as_before(stage: Stage) -> None:
    add_peers(stage, ["", ""])
    assert [data for data in keys(stage.desk.taps(1, "foreign:0")) if not data.startswith("peer:")] == ["status"]


def test_labels_can_be_read_on_a_phone(stage: Stage) -> None:
    add_peers(stage, ["anna-phone"])
    for who in (1, 2):
        labels = dict(map(reversed, buttons(stage.desk.taps(who, "foreign:0")[-1])))  # type: ignore[arg-type]
        assert all(len(labels[data]) <= 17 for data in ("by_name:0", "claims_setting"))
