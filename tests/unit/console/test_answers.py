"""An answer, and a line of a settings file, is read as the bot reads it; what is wrong is said with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lib.chat.texts import plain
from lib.console import answers
from lib.console.guidance import explain
from lib.settings import READERS, read_what_is_there

GOOD = "BOT_TOKEN=123456:ABC-DEF_ghijkl\nADMIN_IDS=1, 2\nSERVER_ENDPOINT=\"впн.рф\"\n"


def read(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, *replaced: str) -> tuple[int, list[str]]:
    file = tmp_path / "bot.env"
    file.write_text(text, encoding="utf-8")
    code = answers.main(["--file", str(file), *replaced], {"LANGUAGE": "en"})
    return code, capsys.readouterr().out.replace(f"{file}, ", "").splitlines()


def test_it_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert read(tmp_path, capsys, f"# mine\n{GOOD}") == (0, GOOD.replace('"', "").splitlines())


def test_every_broken_line_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = read(tmp_path, capsys, f"{GOOD}\nAWG_INTERFACE=wg0 # mine\nMAX_CONFIGS=1\nMAX_CONFIGS=many\n")
    assert code == 1
    assert [line.partition(": ")[0] for line in said] == ["line 5", "line 7"]
    assert "AWG_INTERFACE: That's not an interface name" in said[0]
    assert "MAX_CONFIGS: must be a whole number" in said[1]


def test_what_is_about_to_be_replaced_and_what_is_empty_are_not_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"{GOOD}SERVER_ENDPOINT=-bad\nTELEGRAM_PROXY=\n"
    assert read(tmp_path, capsys, text)[0] == 1
    assert read(tmp_path, capsys, text, "SERVER_ENDPOINT")[0] == 0


@pytest.mark.parametrize("ending", ["\nB=1", "\rB=1", "\x00", "\x0bB=1", "\u2028B=1", "\udcff"])
def test_a_value_of_several_lines_is_refused_whatever_it_is(ending: str) -> None:
    texts = {"ADMIN_IDS": "1,", "TELEGRAM_PROXY": "http://a", "CLIENT_DNS": "1.1.1.1,", "DATABASE": "a"}
    for name, text in texts.items():
        with pytest.raises(ValueError, match=r"."):
            answers.read_answer(name, {name: f"{text}{ending}2"})


def test_an_answer_comes_back_as_it_is_stored() -> None:
    assert answers.read_answer("SERVER_ENDPOINT", {"SERVER_ENDPOINT": " впн.рф:443\n"}) == "xn--b1awf.xn--p1ai:443"
    assert answers.read_answer("ADMIN_IDS", {"ADMIN_IDS": "1, 2"}) == "1, 2"


BAD = "'=%&,;"  # no setting takes this


def test_every_setting_that_can_be_wrong_has_words_in_both_languages() -> None:
    refused = {}
    for name, (_, read) in READERS.items():
        try:
            read(BAD)
        except ValueError as exc:
            refused[name] = str(exc)
    assert refused.keys() <= answers.TEXTS.keys()
    for name, problem in refused.items():
        russian, english = (plain(language, answers.TEXTS[name], name=name) for language in ("ru", "en"))
        assert re.search("[а-яё]", russian, re.IGNORECASE), name
        if "whole number" in problem and name != "SECOND_PORTS":
            assert english == problem, "the same bounds as the reader's"
            assert re.findall("[0-9]+", russian) == re.findall("[0-9]+", english)


def test_a_russian_reader_meets_no_english_whatever_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bot.env"
    bad = [f"{name}={BAD}" for name in answers.TEXTS]
    file.write_text("\n".join([*bad, "NO_SUCH=1", "no pair"]), encoding="utf-8")
    _, problem = read_what_is_there({}, file)
    assert problem
    assert answers.main(["--file", str(file)], {"LANGUAGE": "ru"}) == 1
    by_installer = capsys.readouterr().out.splitlines()
    assert len(by_installer) == len(answers.TEXTS) + 2
    for line in (*explain(problem, "ru", file), *by_installer):
        assert not re.search(r"\b(must|line|is|not|such)\b", line.replace("NO_SUCH", "")), line
