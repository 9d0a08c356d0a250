"""A config's page shows its state and why it is off; renaming, deleting and asking for more time do what they say."""

from __future__ import annotations

import json

import pytest

from lib.store import counters
from lib.store.configs import configs_of, find_config
from lib.store.database import wanted_version
from lib.store.keeper_notes import Health, write_fact
from lib.store.told import tell_once
from lib.store.users import get_user
from tests.unit.chat.complaints import complaints
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import NOON, Desk, data_of, text_of
from tests.unit.chat.hostile import HOSTILE

FRIEND, DAY = 100, 86400


@pytest.fixture
def config(desk: Desk) -> int:
    desk.is_let_in(FRIEND)
    write_fact(desk.db, Health(up=True, since=NOON - 9000))
    return hold_config(desk.db, FRIEND, desk.now)


def page(desk: Desk, config: int) -> str:
    return text_of(desk.taps(FRIEND, f"config:{config}")[-1])


def carry(desk: Desk, config: int) -> None:
    """Make the config look online, with some traffic."""
    reading = counters.Reading(config, 5000, 9000, desk.now)
    counters.record_sample(desk.db, [reading], [], "1", desk.now, desk.settings.timezone)


def change(desk: Desk, **columns: int) -> None:
    for name, value in columns.items():
        desk.db.execute(f"UPDATE configs SET {name} = ?", (value,))


def test_it_works(desk: Desk, config: int) -> None:
    carry(desk, config)
    row = desk.taps(FRIEND, f"config:{config}")[-1]
    head, created, connection, month = text_of(row).replace("\n\n", "\n").split("\n")
    assert (head, created) == ("🔑 <b>Phone</b>", "Created: 28 May 2026")
    assert (connection, month) == ("Connection: 🟢 online", "This month: ⬇️ 9.00 KB  ⬆️ 5.00 KB")
    assert data_of(row) == ["file:1", "qr:1", "trouble:1", "options:1", "rename:1", "confirm_delete:1", "new",
                            "configs", "menu"]  # fmt: skip


def test_a_new_config_is_offered_only_to_friends_who_may_ask_for_one(desk: Desk, config: int) -> None:
    desk.taps(FRIEND, "device:windows")
    assert "new" not in data_of(desk.taps(FRIEND, f"config:{config}")[-1])


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"paused_at": NOON}, "Paused by the admin"),
        ({"expires_at": NOON}, "it expired on 28 May 2026 23:26"),
        ({"expires_at": NOON + 3 * DAY}, "Expires: 31 May 2026 23:26, 3 days left"),
    ],
)
def test_it_says_why_it_is_off_and_until_when_it_works(
    desk: Desk, config: int, columns: dict[str, int], words: str
) -> None:
    change(desk, **columns)
    assert words in page(desk, config)
    assert ("extend:1" in data_of(desk.taps(FRIEND, "config:1")[-1])) == ("expires_at" in columns)


def test_it_says_that_the_quota_or_the_server_is_the_cause(desk: Desk, config: int) -> None:
    carry(desk, config)
    assert "Off" not in page(desk, config)
    desk.db.execute("UPDATE users SET quota_bytes = 14000")
    assert "off until 31 May 2026 23:59, then it comes back by itself" in page(desk, config)
    write_fact(desk.db, Health(up=False, since=NOON, kind="no_interface"))
    assert "the server is having a problem" in page(desk, config)


def test_a_config_that_is_still_being_made_says_so(desk: Desk, config: int) -> None:
    assert "being made" in page(desk, hold_config(desk.db, FRIEND, desk.now, live=False))


def test_it_can_be_renamed(desk: Desk, config: int) -> None:
    asked = desk.taps(FRIEND, f"rename:{config}")[-1]
    assert "What should I call this device?" in text_of(asked)
    assert "Send 1 to 32 characters" in text_of(desk.says(FRIEND, " \n ")[0])
    (told,) = desk.says(FRIEND, "  Mum's   tablet ")
    assert "It's called “Mum's tablet” now" in text_of(told)
    assert page(desk, config).startswith("🔑 <b>Mum's tablet</b>")
    assert get_user(desk.db, FRIEND).awaiting is None
    noted = desk.db.execute("SELECT detail FROM audit WHERE action = 'rename'").fetchone()[0]
    assert noted == "Phone > Mum's tablet"


def test_a_new_name_for_a_config_deleted_meanwhile_is_refused(desk: Desk, config: int) -> None:
    desk.taps(FRIEND, f"rename:{config}")
    desk.db.execute("UPDATE configs SET revoked_at = 1, private_key = NULL, preshared_key = NULL")
    assert "no longer there" in text_of(desk.says(FRIEND, "Tablet")[0])


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_hostile_name_is_refused_or_stays_a_name(desk: Desk, config: int, name: str) -> None:
    desk.taps(FRIEND, f"rename:{config}")
    change(desk, expires_at=NOON + DAY)
    rows = desk.says(FRIEND, name)
    for verb in ("config", "confirm_delete", "rename", "extend", "trouble"):
        rows += desk.taps(FRIEND, f"{verb}:{config}")
    rows += desk.taps(FRIEND, "configs")
    assert [what for row in rows for what in complaints(row)] == []


def test_deleting_needs_a_confirmation_and_happens_once(desk: Desk, config: int) -> None:
    tell_once(desk.db, f"config:{config}", "expires:far:1", desk.now)
    before = wanted_version(desk.db)
    asked = desk.taps(FRIEND, f"confirm_delete:{config}")[-1]
    assert "This can't be undone" in text_of(asked)
    assert data_of(asked) == ["delete:1", "config:1"]
    assert find_config(desk.db, config)
    done, shown = desk.taps(FRIEND, f"delete:{config}")
    assert "Deleted" in json.loads(done["params"])["text"]
    assert "None yet" in text_of(shown)
    assert find_config(desk.db, config) is None
    assert wanted_version(desk.db) > before
    assert desk.db.execute("SELECT count(*) FROM told").fetchone()[0] == 0
    (again,) = desk.taps(FRIEND, f"delete:{config}")
    assert "no longer there" in json.loads(again["params"])["text"]


def test_a_deleted_config_makes_room_for_another(desk: Desk, config: int) -> None:
    for _ in range(2):
        hold_config(desk.db, FRIEND, desk.now)
    assert "Need more?" in json.loads(desk.taps(FRIEND, "new")[0]["params"])["text"]
    desk.taps(FRIEND, f"delete:{config}")
    assert len(configs_of(desk.db, FRIEND)) == 2
    assert "Which device" in text_of(desk.taps(FRIEND, "new")[-1])
