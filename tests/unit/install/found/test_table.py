"""What was found is shown in at most 80 columns, in both languages, with a text for every fault."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from lib.install.found import words
from lib.install.found.model import FoundPeer, FoundServer
from lib.install.found.survey import Survey
from lib.install.found.table import WIDTH, show
from lib.install.found.words import WORDS
from tests.unit.install.found.layouts import NOW, key

FOUND = Path(words.__file__).parent


def server(name: str, kind: str, *seen: int, faults: Sequence[str] = (), running: bool = True) -> FoundServer:
    peers = [FoundPeer(key(number), None, ("10.8.1.1/32",), "", None, True, None, at) for number, at in enumerate(seen)]
    return FoundServer(
        name,
        kind,
        "awg0",
        40400,
        key("s"),
        key("p"),
        {},
        "2.0",
        ("fd00::1/64", "10.8.1.0/24"),
        tuple(peers),
        running,
        (),
        tuple(faults),
    )


def test_it_works() -> None:
    found = Survey(
        (
            server("amnezia-awg2", "amnezia-awg2", NOW, NOW - 86400 * 40, 0),
            server("host:wgcf", "host", faults=["not_for_friends"], running=False),
        ),
        ("docker_down",),
    )
    assert show(found, russian=False, now=NOW).splitlines()[:3] == [
        "Server        Made by      Protocol   Port  Network      Peers  30 d",
        "amnezia-awg2  AmneziaVPN   AWG 2.0   40400  10.8.1.0/24      3     1",
        "host:wgcf     this server  AWG 2.0   40400  10.8.1.0/24      0     —",
    ]
    text = " ".join(show(found, russian=False, now=NOW).split())
    assert "host:wgcf: it isn't running; it connects this server to another one" in text
    assert "docker isn't running" in text
    assert "не для друзей" in " ".join(show(found, russian=True, now=NOW).split())


def test_nothing_was_found() -> None:
    assert show(Survey((), ("no_docker",)), russian=False, now=NOW).startswith("No VPN server was found here.\n\n")


def test_what_follows_from_a_fault_is_not_said_as_well() -> None:
    unread = server("host:awg0", "host", faults=["not_root", "no_key", "no_port", "no_address", "bad_peers"])
    warp = server("host:warp", "host", faults=["not_for_friends", "no_port", "bare_peers"])
    remarks = show(Survey((unread, warp), ()), russian=False, now=NOW).partition("started\n\n")[2]
    assert " ".join(remarks.split()) == (
        "host:awg0: reading it takes root; some of its peers have no valid key and are left out "
        "host:warp: it connects this server to another one (WARP, another VPN, a link between sites): not for friends"
    )


@pytest.mark.parametrize("russian", [False, True])
def test_no_line_is_longer_than_a_terminal(russian: bool) -> None:
    long = replace(
        server("c" * 128, "wg-easy-15", *[NOW] * 1000, faults=sorted(WORDS.keys() - {"legend"})),
        addresses=("255.255.255.252/30",),
    )
    text = show(Survey((long, server("host:a23456789012345", "host")), tuple(WORDS)), russian, NOW)
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "c…" in text


def test_both_languages_say_all_of_it_and_nothing_is_dead() -> None:
    code = "".join(path.read_text() for path in FOUND.glob("*.py") if path.name != "words.py")
    for name, (english, russian) in WORDS.items():
        assert english
        assert not re.search("[а-яё]", english, re.IGNORECASE)
        assert re.search("[а-яё]", russian, re.IGNORECASE), name
        assert f'"{name}"' in code or name == "host", f"{name} is said nowhere"


def test_every_fault_has_its_words() -> None:
    code = "".join(path.read_text() for path in FOUND.glob("*.py") if path.name not in ("words.py", "__main__.py"))
    said = set(re.findall(r'"((?:no|bad|docker|not|tool|shared|bare|too)_[a-z_]+)"', code))
    assert len(said) > 15
    assert said <= WORDS.keys()


@pytest.mark.parametrize(
    ("environment", "russian"),
    [
        ({"LANG": "ru_RU.UTF-8"}, True),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": "C"}, False),
        ({"LC_MESSAGES": "ru"}, True),
        ({"LC_ALL": "", "LANG": "ru"}, True),
        ({}, False),
    ],
)
def test_the_language_is_the_terminals(environment: dict[str, str], russian: bool) -> None:
    assert words.is_russian(environment) is russian
