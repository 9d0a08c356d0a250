"""The command andreyvpn, without systemd: what it passes on, and what it filters."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lib.install import terminal
from lib.install.terminal import build_command, make_cleaner, place_files, read_unit
from tests.company import ROOT

UNIT = """\
# /etc/systemd/system/andreyvpn.service
[Unit]
Description=the bot
After=network-online.target
[Service]
Type=notify
ExecStart=/bin/bot
Restart=always
WatchdogSec=180
# Environment=OLD=1
; Environment=OLDER=1
Environment=A=1
SystemCallFilter=@system-service \\
    @mount
[Install]
WantedBy=multi-user.target

# /etc/systemd/system/andreyvpn.service.d/mine.conf
[Service]
ReadWritePaths=/srv/metrics
"""


def test_it_works() -> None:
    settings = read_unit(UNIT)
    filtered = "SystemCallFilter=@system-service      @mount"
    assert settings == ["Environment=A=1", filtered, "ReadWritePaths=/srv/metrics"]
    command = build_command("u.service", settings, ["users"], "koi8-r")
    assert command[0].endswith("systemd-run")
    assert {"--pipe", "--wait", "--unit=u.service", "--property=Environment=A=1"} <= set(command)
    assert "--setenv=PYTHONIOENCODING=koi8-r" in command
    assert command[command.index("--") :][-3:] == ["--env", "/etc/andreyvpn/andreyvpn.env", "users"]


def test_a_command_has_the_privileges_of_the_service_and_none_of_its_duties() -> None:
    text = (ROOT / "andreyvpn.service").read_text(encoding="utf-8")
    names = {line.partition("=")[0] for line in read_unit(text)}
    assert {"User", "CapabilityBoundingSet", "ProtectSystem", "SystemCallFilter", "EnvironmentFile"} <= names
    left = set(re.findall(r"^(\w+)=", text.partition("[Service]")[2].partition("[Install]")[0], re.MULTILINE)) - names
    assert left == {"Type", "ExecStart", "Restart", "RestartSec", "RestartPreventExitStatus", "WatchdogSec",
                    "WatchdogSignal", "InaccessiblePaths"}  # fmt: skip


def test_files_are_found_from_where_root_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    words, settings = place_files(["backup", "copy.db"])
    assert words == ["backup", f"{tmp_path}/copy.db"]
    assert settings == ["ProtectHome=no", "PrivateTmp=no", f'ReadWritePaths="-{tmp_path}"']
    assert place_files(["--env", "my.env", "check"])[0] == ["--env", f"{tmp_path}/my.env", "check"]
    issue = ["issue", "Baba Zina", "--qr", "--file", "zina.conf"]
    assert place_files(issue)[0] == [*issue[:-1], f"{tmp_path}/zina.conf"]
    assert place_files([*issue[:-1], "-"]) == ([*issue[:-1], "-"], [])
    assert place_files(["restore", '/srv/a "b"\\c/x'])[1][-1] == 'ReadWritePaths="-/srv/a \\"b\\"\\\\c"'
    for words in (["backup", "--help"], ["backup"], ["block", "7"], []):
        assert place_files(words) == (words, [])


def test_no_word_is_taken_for_a_variable() -> None:
    assert build_command("u", [], ["backup", "/a/$HOME ${X} 5%"], "utf-8")[-1] == "/a/$$HOME $${X} 5%"


@pytest.mark.parametrize(
    ("encoding", "raw", "shown"),
    [
        ("utf-8", "Анна ✅\tis in\n".encode(), "Анна ✅\tis in\n"),
        ("utf-8", b"\x1b]0;title\x07\x1b[2J\x1b[31mred\r\n\x00\x7f\x08", "]0;title[2J[31mred\n"),
        ("utf-8", "\u009b31m\u0085\u0090q".encode(), "31mq"),
        ("utf-8", b"\x9b\xff[", "\ufffd\ufffd["),
        ("iso-8859-1", b"\x9b31m\x1bc caf\xe9", "31mc caf\xe9"),
        ("koi8-r", "Анна ═".encode("koi8-r"), "Анна ═"),
        ("cp1251", "Ђук\x1b[".encode("cp1251"), "Ђук["),
    ],
)
def test_control_characters_do_not_come_through(encoding: str, raw: bytes, shown: str) -> None:
    whole = make_cleaner(encoding)
    assert whole(raw) + whole(b"") == shown
    pieces = make_cleaner(encoding)
    assert "".join(pieces(raw[number : number + 1]) for number in range(len(raw) + 1)) == shown


@pytest.mark.parametrize(("locale", "said"), [("en_US.UTF-8", "must be running"), ("ru_RU.UTF-8", "нужны systemd")])
def test_without_systemd_it_says_so(
    locale: str, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(terminal, "NEEDED", (tmp_path, tmp_path / "bus"))
    monkeypatch.setenv("LC_ALL", locale)
    assert terminal.main(["check"]) == 2
    assert said in capsys.readouterr().err
