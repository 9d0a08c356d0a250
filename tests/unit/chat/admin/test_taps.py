"""How many taps an admin's tasks take, pressing only what the screens offer, starting from the menu."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field

import pytest

from lib.store.config_requests import open_request
from lib.store.keeper_notes import Health, write_fact
from lib.store.outbox import message_of
from lib.store.users import get_user
from tests.unit.chat.configs import hold_config, use
from tests.unit.chat.desk import Desk, text_of

# Typing is not counted. Before the search by text and the complete cards, it was 2, 3, 4 and 2.
TAPS = {"approve person and config": 1, "find": 0, "block": 2, "how the server is": 1}


@dataclass
class Admin:
    """The first admin, whose taps are counted; typing is not."""

    desk: Desk
    taps: int = 0
    shown: list[sqlite3.Row] = field(default_factory=list)

    def opens(self, rows: list[sqlite3.Row]) -> Admin:
        """Take in new messages."""
        self.shown = [row for row in rows if row["chat_id"] == 1 and row["method"].startswith(("send", "edit"))]
        return self

    def types(self, text: str) -> None:
        self.opens(self.desk.says(1, text))

    def presses(self, label: str, message_id: int = 9000) -> None:
        """Press the first button whose label contains a text."""
        offered = [key for row in self.shown for line in keyboard(row) for key in line if label in key["text"]]
        assert offered, f"no button {label!r} in {self.sees()!r}"
        self.taps += 1
        message = {"message_id": message_id, "date": self.desk.now, "text": "…"}
        self.opens(self.desk.taps(1, offered[0]["callback_data"], message))

    def sees(self) -> str:
        return "\n".join(map(text_of, self.shown))


def keyboard(row: sqlite3.Row) -> list[list[dict[str, str]]]:
    markup: dict[str, list[list[dict[str, str]]]] = json.loads(row["params"]).get("reply_markup") or {}
    return markup.get("inline_keyboard", [])


@pytest.fixture
def admin(desk: Desk) -> Admin:
    """An admin at the menu, with two friends, one of them online."""
    desk.is_let_in(100, first_name="Anna")
    desk.is_let_in(101, first_name="Boris")
    use(desk, hold_config(desk.db, 101, desk.now), 500, desk.now)
    write_fact(desk.db, Health(up=True, since=desk.now - 9000, live=1))
    return Admin(desk).opens(desk.taps(1, "menu"))


def test_it_works(admin: Admin, desk: Desk) -> None:
    admin.opens(desk.passes_captcha(102, first_name="Vera"))
    desk.deliver()
    admin.presses("Approve + config", message_of(desk.db, "user:102", 1) or 0)
    assert get_user(desk.db, 102).state == "approved"
    desk.taps(102, "device:iphone")
    assert open_request(desk.db, 102).state == "approved"  # type: ignore[union-attr]
    assert admin.taps == TAPS["approve person and config"]


def test_a_person_is_found(admin: Admin) -> None:
    admin.types("boris")
    assert "👤 <b>Boris</b>" in admin.sees()
    assert admin.taps == TAPS["find"]


def test_a_person_is_blocked(admin: Admin, desk: Desk) -> None:
    admin.types("boris")
    admin.presses("Block")
    assert get_user(desk.db, 101).state == "approved", "a slip of the finger blocks nobody"
    admin.presses("Yes, block")
    assert get_user(desk.db, 101).state == "blocked"
    assert admin.taps == TAPS["block"]


def test_how_the_server_is(admin: Admin) -> None:
    admin.presses("Admin")
    assert "online, all well" in admin.sees()
    assert admin.taps == TAPS["how the server is"]
