"""The steps below a file match the device and the app; for older configs, the device is asked once."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import pytest

from lib.chat.attachments import render
from lib.chat.devices import PLATFORMS
from lib.store.config_requests import add_request
from lib.store.configs import get_config, set_name
from lib.store.server import note_generation
from lib.store.users import get_user
from tests.unit.chat.complaints import complaints
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import NOON, Desk, data_of, text_of
from tests.unit.stage import make_stage

FRIEND = 100
FILE: dict[str, Any] = {"message_id": 7, "date": NOON, "document": {"file_name": "anna.conf"}, "caption": "…"}


@pytest.fixture
def config(desk: Desk) -> int:
    desk.is_let_in(FRIEND)
    return hold_config(desk.db, FRIEND, desk.now, "iPhone")


def below_the_file(desk: Desk, data: str) -> sqlite3.Row:
    """Tap a button below the file; return the edit of its caption."""
    (edit,) = [row for row in desk.taps(FRIEND, data, FILE) if row["method"] != "answerCallbackQuery"]
    assert edit["method"] == "editMessageCaption"
    assert json.loads(edit["params"])["message_id"] == 7
    assert complaints(edit) == []
    return edit


def file_name(desk: Desk, reference: str) -> str:
    file = render(desk.db, desk.settings, reference, desk.now)
    assert file
    return file.file_name


def sent(desk: Desk, data: str) -> str:
    """Tap for a file, and return its name once it is on its way."""
    (row,) = [row for row in desk.taps(FRIEND, data) if row["attachment"]]
    return file_name(desk, row["attachment"])


def test_it_works(desk: Desk, config: int) -> None:
    assert "“Create from QR code”" not in text_of(desk.taps(FRIEND, f"file:{config}")[-1])
    edit = below_the_file(desk, f"steps_with:{config}:amneziavpn")
    assert "AmneziaVPN calls it “Server 1”" in text_of(edit)
    assert f"key:{config}" in data_of(edit)
    held = get_config(desk.db, config, FRIEND)
    assert (held.platform, held.app) == ("iphone", "amneziavpn"), "the device stays in mind"


def test_what_helps_where_the_store_lacks_the_app_stands_below_the_file(desk: Desk, config: int) -> None:
    edit = below_the_file(desk, f"steps_store:{config}")
    assert "DefaultVPN" in text_of(edit)
    assert data_of(edit) == [f"steps_with:{config}:amneziavpn", f"steps_with:{config}:defaultvpn", f"steps:{config}"]
    assert "Open AmneziaWG" in text_of(below_the_file(desk, f"steps:{config}"))


def test_one_devices_app_is_not_anothers_but_the_next_one_starts_with_it(desk: Desk, config: int) -> None:
    other = hold_config(desk.db, FRIEND, desk.now, "Mac", platform="mac")
    desk.db.execute("UPDATE configs SET app = 'amneziawg'")
    below_the_file(desk, f"steps_with:{config}:amneziavpn")
    assert get_config(desk.db, other, FRIEND).app == "amneziawg"
    assert get_user(desk.db, FRIEND).app == "amneziavpn"
    desk.taps(FRIEND, "device:windows")
    assert desk.db.execute("SELECT app FROM config_requests ORDER BY id DESC").fetchone()[0] == "amneziavpn"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_file_that_came_without_steps_shows_them_at_one_tap(desk: Desk, config: int, platform: str) -> None:
    desk.db.execute("UPDATE configs SET platform = NULL")
    edit = below_the_file(desk, f"steps_on:{config}:{platform}")
    assert "Which device is this file for" not in text_of(edit)
    assert get_config(desk.db, config, FRIEND).platform == platform


def test_an_older_config_is_asked_once_which_device_it_is_on(desk: Desk, config: int) -> None:
    desk.db.execute("UPDATE configs SET platform = NULL")
    asked = desk.taps(FRIEND, f"file:{config}")[-1]
    assert asked["attachment"] is None
    assert f"steps_on:{config}:android" in data_of(asked)
    rows = desk.taps(FRIEND, f"steps_on:{config}:android")
    assert [row["attachment"] for row in rows if row["attachment"]] == [f"conf:{config}:person-iphone"]
    assert "Save to downloads" in text_of(rows[-1])
    assert desk.taps(FRIEND, f"file:{config}")[-1]["attachment"]


def test_every_further_file_has_a_new_name(desk: Desk, config: int) -> None:
    names = [sent(desk, f"{kind}:{config}") for kind in ("file", "file", "key", "file")]
    assert names == ["person-iphone.conf", "person-iphone2.conf", "person-iphone3.vpn", "person-iphone4.conf"]


def test_no_file_has_the_name_of_another_config(desk: Desk, config: int) -> None:
    names = [sent(desk, f"file:{config}")]
    twin = hold_config(desk.db, FRIEND, desk.now, "iPhone2")
    names += [sent(desk, f"file:{twin}"), sent(desk, f"file:{config}"), sent(desk, f"file:{twin}")]
    desk.taps(FRIEND, f"delete:{config}")
    anew = hold_config(desk.db, FRIEND, desk.now, "iPhone")
    names += [sent(desk, f"file:{anew}"), sent(desk, f"file:{anew}")]
    assert len(set(names)) == len(names), names
    assert all(len(name.removesuffix(".conf")) <= 15 and name.count(".") == 1 for name in names)


def test_a_long_name_stays_within_what_the_apps_take(desk: Desk, config: int) -> None:
    set_name(desk.db, config, "Grandmother's old telephone 2")
    desk.db.execute("UPDATE configs SET files_sent = 98")
    assert sent(desk, f"file:{config}") == "perso-grandmo99.conf"
    assert sent(desk, f"file:{config}") == "perso-grandm100.conf"


def test_impatient_taps_bring_one_file(desk: Desk, config: int) -> None:
    deliver, desk.deliver = desk.deliver, lambda: None  # type: ignore[method-assign]
    for _ in range(5):
        desk.taps(FRIEND, f"file:{config}")
    assert desk.db.execute("SELECT count(*) FROM outbox WHERE attachment LIKE 'conf%'").fetchone()[0] == 1
    desk.deliver = deliver  # type: ignore[method-assign]


def test_a_file_queued_by_the_version_before_is_still_made(desk: Desk, config: int) -> None:
    assert file_name(desk, f"conf:{config}") == "person-iphone.conf"


def test_the_app_that_is_chosen_while_a_request_waits_is_where_the_next_one_starts(desk: Desk) -> None:
    desk.is_let_in(FRIEND)
    desk.taps(FRIEND, "device:iphone")
    desk.taps(FRIEND, "asked_with:1:amneziavpn")
    assert get_user(desk.db, FRIEND).app == "amneziavpn"


def test_what_was_asked_for_while_the_server_was_plain_wireguard_has_an_app_once_it_is_not(desk: Desk) -> None:
    desk.is_let_in(FRIEND)
    note_generation(desk.db, "server key", {}, "vpn.example.org:51820", desk.now)
    assert "WireGuard" in text_of(desk.taps(FRIEND, "device:iphone")[1])
    note_generation(desk.db, "server key", {"Jc": "4"}, "vpn.example.org:51820", desk.now)
    assert "AmneziaWG" in text_of(desk.taps(FRIEND, "asked:1")[-1])


def test_a_request_that_was_approved_can_not_be_cancelled(desk: Desk) -> None:
    desk.is_let_in(FRIEND)
    assert "cancel:1" in data_of(desk.taps(FRIEND, "device:iphone")[1])
    desk.taps(1, "judge:1:approved")
    shown = desk.taps(FRIEND, "asked:1")[-1]
    assert "is being made" in text_of(shown)
    assert "cancel:1" not in data_of(shown)


def test_a_request_of_the_version_before_is_delivered_with_the_question(desk: Desk) -> None:
    desk.is_let_in(FRIEND)
    number = add_request(desk.db, FRIEND, "Phone", desk.now)
    shown = desk.taps(FRIEND, f"asked:{number}")[-1]
    assert "The admin has your request for “Phone”" in text_of(shown)
    assert data_of(shown) == [f"cancel:{number}", "menu"]
    desk.taps(1, f"judge:{number}:approved")
    (file,) = [row for row in make_stage(desk, desk.settings).round() if row["attachment"]]
    assert (file["attachment"], complaints(file)) == ("conf:1:person-phone", [])
    assert "Which device is this file for?" in text_of(file)
    assert "Save to downloads" in text_of(below_the_file(desk, "steps_on:1:android"))


def test_what_can_not_scan_gets_the_file_where_a_code_was_asked_for(desk: Desk) -> None:
    desk.is_let_in(FRIEND)
    config = hold_config(desk.db, FRIEND, desk.now, "Windows", platform="windows")
    assert sent(desk, f"qr:{config}") == "person-windows.conf"
