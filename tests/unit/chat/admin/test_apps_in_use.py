"""Before the server changes, an admin sees which apps configs are for, and whom newer parameters would leave behind."""

from __future__ import annotations

import pytest

from lib.chat.admin import apps_in_use
from lib.chat.devices import PLATFORMS
from lib.store.configs import revoke
from lib.store.server import note_generation
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk, data_of, text_of

OLD = {"Jc": "4", "S4": "12"}
NEWEST = {"Jc": "4", "S4": "12", "RandomTrailers": "on"}


def people(desk: Desk, *platforms: str | None, speaks: dict[str, str] = OLD) -> list[int]:
    """Let a friend in for each device, and give them a config for it; return the configs' ids."""
    configs = []
    for number, platform in enumerate(platforms):
        desk.is_let_in(100 + number)
        desk.db.execute("UPDATE users SET full_name = ? WHERE id = ?", (f"Friend {number:02}", 100 + number))
        configs.append(hold_config(desk.db, 100 + number, desk.now, f"Device {number:02}", platform=platform))
    note_generation(desk.db, "server key", speaks, "vpn.example.org:1", desk.now)
    return configs


def test_it_works(desk: Desk) -> None:
    people(desk, "iphone", "iphone", "android", "router", None)
    assert "apps" in data_of(desk.taps(1, "status")[-1])
    screen = desk.taps(1, "apps")[-1]
    text = text_of(screen)
    assert "AmneziaWG 2.0" in text
    for line in ("AmneziaWG, iPhone: 2 (3.1.3)", "AmneziaWG, Android: 1 (3.1.20260814)", "Router: 1 (no app)",
                 "Device unknown: 1", "No app for the device: 1", "A new version of the app is needed: 3"):  # fmt: skip
        assert line in text
    assert data_of(screen) == ["apps_lacking:0", "apps_too_old:0", "apps", "status"]


def test_names_are_listed_page_by_page_and_lead_to_the_config_and_back(desk: Desk) -> None:
    configs = people(desk, *["android"] * 9, "router")
    first, second = (desk.taps(1, f"apps_too_old:{page}")[-1] for page in (0, 1))
    assert data_of(first) == [*(f"held:{config}" for config in configs[:7]), "apps_too_old:1", "apps"]
    assert data_of(second) == [*(f"held:{config}" for config in configs[7:9]), "apps_too_old:0", "apps"]
    assert "A new version of the app is needed: 9" in text_of(second)
    assert data_of(desk.taps(1, "apps_lacking:0")[-1]) == [f"held:{configs[9]}", "apps"]
    assert data_of(desk.taps(1, "apps_too_old:99")[-1]) == data_of(second), "the last page"
    assert "Friend 09: Device 09" in str(dict(desk.taps(1, "apps_lacking:0")[-1])["params"])
    desk.taps(1, "apps_too_old:1")
    assert "apps_too_old:1" in data_of(desk.taps(1, "person:108")[-1]), "the way back leads to the page"


def test_what_was_deleted_is_not_counted_and_an_own_app_is(desk: Desk) -> None:
    first, second = people(desk, "iphone", "iphone")
    desk.db.execute("UPDATE users SET app = 'defaultvpn' WHERE id = 101")
    revoke(desk.db, first, desk.now)
    text = text_of(desk.taps(1, "apps")[-1])
    assert "DefaultVPN, iPhone: 1 (2.0.1)" in text
    assert "AmneziaWG, iPhone" not in text
    assert second


def test_the_longest_screen_ends_in_a_sum(desk: Desk) -> None:
    kinds = [(platform, app) for platform in PLATFORMS for app in ("amneziawg", "amneziavpn")]
    for config, (_, app) in zip(people(desk, *(platform for platform, _ in kinds)), kinds, strict=True):
        desk.db.execute("UPDATE configs SET app = ? WHERE id = ?", (app, config))
    text = text_of(desk.taps(1, "apps")[-1])
    assert "Others: 5" in text, "a router has one app for both"
    assert text.count(", ") >= apps_in_use.GROUPS
    found = apps_in_use.find_apps_in_use(desk.db, desk.settings)
    assert sum(found.groups.values()) == len(kinds)


def test_plain_wireguard_and_an_empty_house_have_words_of_their_own(desk: Desk) -> None:
    assert "Nobody has a config yet" in text_of(desk.taps(1, "apps")[-1])
    people(desk, "iphone", speaks={})
    screen = desk.taps(1, "apps")[-1]
    assert "plain WireGuard" in text_of(screen)
    assert data_of(screen) == ["apps", "status"]


@pytest.mark.parametrize(("s4", "told"), [("44", False), ("45", True)])
def test_a_padding_that_keys_can_not_carry_is_told(desk: Desk, s4: str, told: bool) -> None:
    people(desk, "windows", speaks={"Jc": "4", "S4": s4})
    assert (f"S4 is {s4}" in text_of(desk.taps(1, "apps")[-1])) == told


def test_a_server_that_speaks_it_already_shows_the_same_devices(desk: Desk) -> None:
    people(desk, "router", "mac", speaks=NEWEST)
    text = text_of(desk.taps(1, "apps")[-1])
    assert "speaks AmneziaWG 3.1" in text
    assert "No app for the device: 1" in text
    assert "A new version of the app is needed: 1" in text
