"""Settings are right as a whole or refused as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.errors import SettingsError
from lib.settings import read_settings
from lib.values import Choice, Reachable
from tests.unit.bot_settings import TOKEN

GOOD = {"BOT_TOKEN": "123456:AAAA-BBBB-CCCC", "ADMIN_IDS": "7, 8,7", "SERVER_ENDPOINT": "203.0.113.10"}


def test_it_works() -> None:
    settings = read_settings(GOOD)
    assert settings.admin_ids == (7, 8)
    assert settings.database == Path("bot_data.db")
    assert settings.peers_file == Path("bot_data.db.peers")
    assert settings.client_dns == ("1.1.1.1", "1.0.0.1")
    assert settings.quota_bytes == 0


def test_every_bad_value_is_named_at_once() -> None:
    bad = {"BOT_TOKEN": "x", "SERVER_ENDPOINT": "host:99999", "MAX_CONFIGS": "many", "TIMEZONE": "Mars/Base"}
    with pytest.raises(SettingsError) as refusal:
        read_settings(bad)
    for name in ("BOT_TOKEN", "ADMIN_IDS: is missing", "SERVER_ENDPOINT", "MAX_CONFIGS", "TIMEZONE"):
        assert name in str(refusal.value)


@pytest.mark.parametrize(
    "endpoint",
    ["vpn.example.org", "vpn.example.org:443", "203.0.113.10", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:443"],
)
def test_an_endpoint_may_be_written_in_every_usual_way(endpoint: str) -> None:
    assert read_settings({**GOOD, "SERVER_ENDPOINT": endpoint}).server_endpoint == endpoint


@pytest.mark.parametrize("endpoint", ["", "host:", "host:0", "host:x", "http://host", "a b", "[2001:db8::g]", "1:2:3"])
def test_a_nonsense_endpoint_is_refused(endpoint: str) -> None:
    with pytest.raises(SettingsError, match="SERVER_ENDPOINT"):
        read_settings({**GOOD, "SERVER_ENDPOINT": endpoint})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ADMIN_IDS", "-5"),
        ("ADMIN_IDS", "@andrey"),
        ("AWG_INTERFACE", "a/b"),
        ("CLIENT_DNS", "dns.example.org"),
        ("CLIENT_ALLOWED_IPS", "10.0.0.1/8"),
        ("CLIENT_MTU", "100"),
        ("CLIENT_PARAMETERS", "S1 = 5"),
        ("CLIENT_PARAMETERS", "Jc"),
        ("CLIENT_PARAMETERS", "Jc = many"),
        ("CLIENT_PARAMETERS", "I1 = hello"),
        ("CLIENT_DISGUISES", "dns: Jc = 3"),
        ("CLIENT_DISGUISES", "One: S1 = 3"),
        ("CLIENT_DISGUISES", "One: Jc = 3; port = 70000"),
        ("CLIENT_DISGUISES", "One: Jc = 3 | one: Jc = 4"),
        ("CLIENT_DISGUISES", "A/B: Jc = 3"),
        ("CLIENT_DISGUISES", f"{'я' * 21}: Jc = 3"),
        ("CLIENT_DISGUISES", "<b>: Jc = 3"),
        ("SECOND_PORTS", "0"),
        ("SECOND_PORTS", "443, https"),
        ("CLIENT_DNS_CHOICES", "94.140.14.14"),
        ("CLIENT_DNS_CHOICES", "Family = dns.example.org"),
        ("CLIENT_DNS_CHOICES", "A = 1.1.1.1; A = 8.8.8.8"),
        ("CLIENT_DNS_CHOICES", " = 1.1.1.1"),
        ("CLIENT_DNS_CHOICES", "Family ="),
        ("CLIENT_ROUTE_CHOICES", "Home = 10.0.0.1/8"),
        ("BACKUP_RECIPIENT", "AGE-SECRET-KEY-1QQQ"),
        ("CLIENT_ROUTE_CHOICES", f"{'x' * 25} = 10.0.0.0/8"),
        ("FRIENDS_SEE_EACH_OTHER", "maybe"),
        ("FRIENDS_MAY_REACH", "192.168.1.1/24"),
        ("FRIENDS_MAY_REACH", "fe80::1%eth0"),
        ("FRIENDS_MAY_REACH", "server:"),
        ("FRIENDS_MAY_REACH", "server:65536"),
        ("FRIENDS_MAY_REACH", "server"),
        ("CLIENT_DNS", "fe80::1%eth0"),
        ("CLIENT_ALLOWED_IPS", "fe80::%eth0/64"),
        ("QUOTA_GB", "-1"),
        ("SPEED_MBIT", "0.09"),
        ("SPEED_MBIT", "10000.1"),
        ("SPEED_MBIT", "1e3"),
        ("LANGUAGE", "xx"),
        ("QUIET_HOURS", "23"),
        ("QUIET_HOURS", "8-8"),
        ("QUIET_HOURS", "23-24"),
        ("TELEGRAM_API", "telegram.org"),
        ("TELEGRAM_PROXY", "socks5://127.0.0.1:1080"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_bad_value_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings({**GOOD, name: value})


def test_what_clients_may_have_otherwise_is_read() -> None:
    settings = read_settings({
        **GOOD, "CLIENT_PARAMETERS": "Jc = 3;I1=<b 0x0a> <r 20>; I2 = off;",
        "CLIENT_DNS_CHOICES": "Family = 1.1.1.3, 1.0.0.3",
        "CLIENT_ROUTE_CHOICES": "Дом = 192.168.0.0/16, fd00::/8; Work = 10.0.0.0/8",
    })  # fmt: skip
    assert settings.client_parameters == {"Jc": "3", "I1": "<b 0x0a> <r 20>", "I2": "off"}
    assert settings.client_dns_choices == (Choice("Family", ("1.1.1.3", "1.0.0.3")),)
    assert [choice.name for choice in settings.client_route_choices] == ["Дом", "Work"]


def test_what_friends_may_reach_is_read() -> None:
    settings = read_settings(GOOD)
    assert (settings.friends_see_each_other, settings.friends_may_reach) == (False, Reachable((), ()))
    reach = "192.168.1.0/24, 10.0.0.7,fd20::/16,server:443, server:22"
    settings = read_settings({**GOOD, "FRIENDS_SEE_EACH_OTHER": "Yes", "FRIENDS_MAY_REACH": reach})
    assert settings.friends_see_each_other
    assert settings.friends_may_reach == Reachable(("192.168.1.0/24", "10.0.0.7/32", "fd20::/16"), (443, 22))


def test_a_file_wins_over_the_environment_and_its_unknown_names_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "bot.env"
    file.write_text('# comment\nMAX_CONFIGS="5"\n\nQUOTA_GB=1.5\nSPEED_MBIT=0.1\n')
    settings = read_settings({**GOOD, "MAX_CONFIGS": "9"}, file)
    assert (settings.max_configs, settings.quota_bytes, settings.speed_kbit) == (5, 1_500_000_000, 100)
    file.write_text("MAX_CONFIG=5\n")
    with pytest.raises(SettingsError, match="line 1: unknown setting 'MAX_CONFIG'"):
        read_settings(GOOD, file)


def test_a_byte_order_mark_at_the_start_of_a_file_is_none_of_its_text(tmp_path: Path) -> None:
    file = tmp_path / "bot.env"
    file.write_text("".join(f"{name}={value}\n" for name, value in GOOD.items()), encoding="utf-8-sig")
    assert read_settings({}, file).admin_ids == (7, 8)


def test_a_missing_file_is_said() -> None:
    with pytest.raises(SettingsError, match="can't be read"):
        read_settings(GOOD, Path("/nowhere/bot.env"))


def test_a_desktop_language_list_is_understood() -> None:
    assert read_settings({**GOOD, "LANGUAGE": "en_US:en"}).language == "en"


def test_the_token_is_not_shown() -> None:
    assert "AAAA-BBBB-CCCC" not in repr(read_settings(GOOD))


@pytest.mark.parametrize("line", [f"BOT_TOKEN {TOKEN}", f"BOT_TOKEN:{TOKEN}", f"export BOT_TOKEN={TOKEN}", TOKEN])
def test_a_line_that_is_no_setting_is_named_by_its_number_alone(tmp_path: Path, line: str) -> None:
    file = tmp_path / "bot.env"
    file.write_text(f"LANGUAGE=ru\n{line}\n")
    with pytest.raises(SettingsError, match="line 2: should be NAME=value") as caught:
        read_settings({}, file)
    assert TOKEN not in str(caught.value)
