"""Commands are parsed, or answered with what to type instead, in the user's language."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from lib.console import words

ENGLISH, RUSSIAN = {"LANGUAGE": "en"}, {"LANG": "ru_RU.UTF-8"}


def read(*argv: str) -> argparse.Namespace:
    return words.read_words(argv, ENGLISH)


def refuse(capsys: pytest.CaptureFixture[str], *argv: str, code: int = 2, **environment: str) -> str:
    """Return the error message for an invalid command line."""
    with pytest.raises(SystemExit) as stopped:
        words.read_words(argv, environment or ENGLISH)
    assert stopped.value.code == code
    said = capsys.readouterr()
    return said.err if code else said.out


def test_it_works() -> None:
    options = read("--env", "bot.env", "approve", "person", "1234567")
    assert (options.command, options.what, options.number) == ("approve", "person", 1234567)
    assert (options.env, options.language) == (Path("bot.env"), "en")
    assert read("demo", "--port", "0", "--real").port == 0
    assert read("backup", "copy.db", "--env=x").file == Path("copy.db")
    assert read("--env", "bot.env").command == "run"
    assert read("block", "-1").number == -1, "somebody without Telegram"


@pytest.mark.parametrize(("typed", "meant"), [("statsu", "status"), ("aprove", "approve"), ("back-up", "backup")])
def test_a_slip_is_answered_with_the_command_that_was_meant(
    capsys: pytest.CaptureFixture[str], typed: str, meant: str
) -> None:
    assert f"no command “{typed}”. Did you mean {meant}?" in refuse(capsys, typed)
    assert f"команды «{typed}» нет. Может быть, {meant}?" in refuse(capsys, typed, **RUSSIAN)


def test_a_word_like_no_command_leads_to_the_list_of_all(capsys: pytest.CaptureFixture[str]) -> None:
    said = refuse(capsys, "dance")
    assert "Did you mean" not in said
    assert "--help" in said


@pytest.mark.parametrize(
    ("argv", "english", "russian"),
    [
        (("approve", "person", "abc"), "“abc” is not an id", "«abc» — не id"),
        (("approve", "person", "--5"), "“approve” isn't typed like that", "команда «approve» набирается иначе"),
        (("block", "²"), "“²” is not an id", "«²» — не id"),
        (("block", "9" * 5000), "is not an id", "не id"),
        (("block", "9" * 17), "is not an id", "не id"),
        (("issue", "Anna", "--plat", "iphone"), "“issue” isn't typed like that", "команда «issue» набирается иначе"),
        (("reject", "request", "0"), "“0” is not a request's number", "«0» — не номер запроса"),
        (("approve", "cat", "1"), "Write “person” or “request”", "Напишите person"),
        (("approve", "person"), "“approve” isn't typed like that", "команда «approve» набирается иначе"),
        (("status", "now"), "“status” isn't typed like that", "команда «status» набирается иначе"),
        (("demo", "--port", "many"), "--port: a number from 0 to 65535", "--port: число от 0 до 65535"),
        (("parameters", "--of", "9"), "“parameters” isn't typed like that", "команда «parameters» набирается иначе"),
        (("--env",), "--env needs a file", "--env нужен файл"),
        (("status", "--env"), "--env needs a file", "--env нужен файл"),
    ],
    ids=" ".join,
)
def test_what_does_not_fit_is_said_with_how_it_goes(
    capsys: pytest.CaptureFixture[str], argv: tuple[str, ...], english: str, russian: str
) -> None:
    for environment, said, how in ((ENGLISH, english, "usage:"), (RUSSIAN, russian, "Как набирать:")):
        shown = refuse(capsys, *argv, **environment)
        assert said in shown
        assert "--env" in argv or how in shown
        assert "invalid" not in shown, "that is argparse's"


@pytest.mark.parametrize("environment", [ENGLISH, RUSSIAN], ids=["en", "ru"])
@pytest.mark.parametrize("command", words.COMMANDS)
def test_every_command_has_examples_that_it_understands(
    capsys: pytest.CaptureFixture[str], command: str, environment: dict[str, str]
) -> None:
    shown = refuse(capsys, command, "--help", code=0, **environment)
    assert shown == refuse(capsys, "help", command, code=0, **environment)
    _, _, examples = shown.rpartition("\n\n")
    typed = [line.partition("# ")[0].split()[1:] for line in examples.splitlines()[1:]]
    assert typed
    for argv in typed:
        assert words.read_words(argv, environment).command == command


def test_the_help_lists_every_command_on_lines_that_fit(capsys: pytest.CaptureFixture[str]) -> None:
    for environment in (ENGLISH, RUSSIAN):
        shown = refuse(capsys, "--help", code=0, **environment)
        assert all(f"\n  {command} " in shown for command in words.COMMANDS)
        assert max(map(len, shown.splitlines())) <= 110


def test_a_file_of_settings_says_which_language_to_speak(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "bot.env").write_text("LANGUAGE=ru\n")
    assert "нет" in refuse(capsys, "--env", str(tmp_path / "bot.env"), "dance", LANG="C")


def test_the_command_is_called_as_it_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    installed, cloned = "/opt/andreyvpn/current/andreyvpn_bot.py", "./andreyvpn_bot.py"
    for path, name in ((installed, "andreyvpn"), (cloned, "andreyvpn_bot.py")):
        monkeypatch.setattr("sys.argv", [path])
        assert words.program() == name
