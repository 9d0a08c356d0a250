"""The command line of install.sh: invalid options are refused with one line, before anything is read or changed."""

from __future__ import annotations

import subprocess

import pytest

from tests.company import ROOT


def type_in(*words: str, language: str = "C.UTF-8") -> tuple[int, str, str]:
    """Run install.sh with arguments; return exit code, stdout and stderr."""
    done = subprocess.run(
        ["sh", str(ROOT / "install.sh"), *words], env={"PATH": "/usr/bin:/bin", "LC_ALL": language},
        capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def test_it_works() -> None:
    code, said, complained = type_in("--help")
    assert (code, complained) == (0, "")
    assert said.startswith("Usage: ./install.sh demo")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--dance",), "there is no option --dance here. To see them all: ./install.sh --help"),
        (("dance",), "there is no command dance. To see them all: ./install.sh --help"),
        (("give-back", "amnezia-awg2"), "there is no option amnezia-awg2 here"),
        (("give-back", "--purge"), "there is no option --purge here"),
        (("update", "--vpn"), "there is no option --vpn here"),
        (("uninstall", "--take-over", "amnezia-awg2"), "there is no option --take-over here"),
        (("--purge",), "there is no option --purge here"),
        (("--no-give-back",), "there is no option --no-give-back here"),
        (("--take-over",), "--take-over needs a value"),
        (("--take-over", ""), "--take-over needs a value"),
        (("--take-over", "--yes"), "--take-over needs a value"),
        (("--token", "--admin", "1"), "--token needs a value"),
        (("--yes", "--port"), "--port needs a value"),
        (("--port", "many"), "--port must be a number from 1 to 65535"),
        (("--port", "65536"), "--port must be a number from 1 to 65535"),
        (("--awg", "1.9"), "--awg must be 2.0 or 3.1"),
        (("--stay-inside",), "--stay-inside needs the container: --take-over NAME --stay-inside"),
        (("--take-over", "x", "--port", "443"), "keeps its port and its protocol: leave out --port"),
        (("--take-over", "x", "--plain"), "keeps its port and its protocol"),
        (("--take-over", "x", "--stay-inside", "--awg", "3.1"), "keeps its port and its protocol"),
        (("--take-over", "x", "--stay-inside", "--interface", "y"), "keeps its interface: leave out --interface"),
        (("--look", "--yes"), "--look takes no other options. Type: sudo ./install.sh --look"),
        (("--yes", "--look"), "--look takes no other options"),
    ],
)
def test_what_it_can_not_use_is_one_line(words: tuple[str, ...], why: str) -> None:
    code, said, complained = type_in(*words)
    assert (code, said, complained.count("\n")) == (2, "", 1)
    assert complained.startswith("install.sh: ")
    assert why in complained


def test_it_says_so_in_russian() -> None:
    assert type_in("--dance", language="ru_RU.UTF-8")[2] == (
        "install.sh: параметра --dance здесь нет. Все параметры: ./install.sh --help\n"
    )


@pytest.mark.parametrize("words", [("uninstall", "--help"), ("--yes", "--help"), ("update", "-h")])
def test_who_asks_for_help_gets_it_wherever_they_ask(words: tuple[str, ...]) -> None:
    assert type_in(*words) == type_in("--help")
