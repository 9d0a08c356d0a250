"""What was found is shown in at most 80 columns, in both languages, with a text for every fault."""

from __future__ import annotations

import inspect
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
        made_with=kind,
    )


def test_it_works() -> None:
    found = Survey(
        (
            server("amnezia-awg2", "amnezia", NOW, NOW - 86400 * 40, 0),
            server("host:wgcf", "wg-quick", faults=["not_for_friends"], running=False),
        ),
        ("docker_down",),
    )
    assert show(found, russian=False, now=NOW).splitlines()[:3] == [
        "Server        Made with   Protocol   Port  Network      Peers  30 d",
        "amnezia-awg2  AmneziaVPN  AWG 2.0   40400  10.8.1.0/24      3     1",
        "host:wgcf     wg-quick    AWG 2.0   40400  10.8.1.0/24      0     —",
    ]
    text = " ".join(show(found, russian=False, now=NOW).split())
    assert "host:wgcf: not running; connects this server to another one" in text
    assert "docker isn't running" in text
    assert "не для друзей" in " ".join(show(found, russian=True, now=NOW).split())


def test_nothing_was_found() -> None:
    assert show(Survey((), ("no_docker",)), russian=False, now=NOW).startswith("No VPN server was found here.\n\n")


def test_what_follows_from_a_fault_is_not_said_as_well() -> None:
    unread = server("host:awg0", "bot", faults=["not_root", "no_key", "no_port", "no_address", "bad_peers"])
    warp = server("host:warp", "", faults=["not_for_friends", "no_port", "bare_peers"])
    remarks = show(Survey((unread, warp), ()), russian=False, now=NOW).split("\n\n")[2]
    assert " ".join(remarks.split()) == (
        "host:awg0: only root can read it; some peers have no valid key and are left out "
        "host:warp: connects this server to another one (WARP, another VPN, a link between sites): not for friends"
    )


@pytest.mark.parametrize("russian", [False, True])
def test_no_line_is_longer_than_a_terminal(russian: bool) -> None:
    faults = sorted(WORDS.keys() - {"legend", "not_root", "tool_failed"})
    long = replace(
        server("c" * 120 + "-one", max(words.MAKERS, key=lambda key: len(words.MAKERS[key])), *[NOW] * 20_000),
        faults=tuple(faults),
        addresses=("255.255.255.252/30",),
    )
    six = replace(server("host:a23456789012345", "bot"), addresses=("fdcc:ad94:bacf:61a4:1234:5678:cafe:0/112",))
    other = replace(long, name="c" * 120 + "-two", running=False)
    text = show(Survey((long, other, six), tuple(WORDS)), russian, NOW)
    lines = text.splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert re.findall(r"^c+…-(?:one|two)", text, re.MULTILINE)[:2] == ["cccc…-one", "cccc…-two"], "their ends differ"
    assert "20000+" in lines[1]
    whole = "".join(line.strip() for line in text.split("\n\n")[1].splitlines())
    assert f"cccc…-one: {long.name}cccc…-two: {other.name}" in whole
    assert "fdcc:ad94:bacf:61a4:1234:5678:cafe:0/112" in whole


DAYS = 86400


def seen_cell(found: FoundServer) -> tuple[str, str]:
    """Return the content of the last column, and the text below the table."""
    table, *others = show(Survey((found,), ()), russian=False, now=NOW).split("\n\n")
    return table.splitlines()[1].split()[-1], " ".join(others[0].split())


def noted(found: FoundServer, *at: int) -> FoundServer:
    peers = [replace(one, noted_at=when) for one, when in zip(found.peers, at, strict=True)]
    return replace(found, peers=tuple(peers))


def test_who_connected_is_counted_as_far_as_it_is_known() -> None:
    two = server("awg", "bot", NOW - 29 * DAYS, NOW - 60, 0)
    assert seen_cell(two) == ("2+", "30 d: peers that connected in the last 30 days. " + WORDS["at_least"][0])
    for since, cell in ((NOW - 29 * DAYS, "2+"), (NOW - 30 * DAYS, "2"), (NOW - 400 * DAYS, "2"), (NOW + 9, "2+")):
        assert seen_cell(replace(two, counts_since=since))[0] == cell
    old = server("awg", "bot", NOW - 31 * DAYS, NOW - 60, 0)
    assert seen_cell(old) == ("1", "30 d: peers that connected in the last 30 days."), "so it runs for 31 days"
    assert seen_cell(server("awg", "bot"))[0] == "0+"
    assert seen_cell(replace(server("awg", "bot"), counts_since=NOW - 90 * DAYS))[0] == "0"


@pytest.mark.parametrize("fault", ["tool_failed", "not_root"])
def test_what_does_not_run_or_does_not_answer_tells_of_nobody(fault: str) -> None:
    assert seen_cell(server("awg", "bot", 0, 0, faults=[fault]))[0] == "—"
    assert seen_cell(server("awg", "bot", 0, 0, running=False))[0] == "—"


def test_the_makers_list_fills_what_a_restart_has_made_unknown() -> None:
    young = server("awg", "amnezia", NOW - 60, 0, 0)
    both = noted(young, NOW - 5 * DAYS, NOW - 5 * DAYS, NOW - 31 * DAYS)
    assert seen_cell(both)[0] == "2+"
    assert seen_cell(both)[1].endswith(WORDS["by_its_list"][0])
    assert seen_cell(replace(both, counts_since=NOW - 40 * DAYS))[0] == "1", "what runs knows better"
    stopped = replace(noted(server("awg", "amnezia", 0, 0, running=False), NOW - 5 * DAYS, 0), running=False)
    assert seen_cell(stopped)[0] == "1+"
    assert seen_cell(noted(young, NOW - 5, 0, 0)) == ("1+", " ".join(WORDS[key][0] for key in ("legend", "at_least")))


def test_what_was_not_read_is_not_shown_as_if_it_were() -> None:
    unread = replace(server("amnezia-awg2", "amnezia", faults=["no_folder"]), private_key="", public_key="")
    unread = replace(unread, version="plain", port=None, addresses=())
    row = show(Survey((unread,), ()), russian=False, now=NOW).splitlines()[1]
    assert row.split() == ["amnezia-awg2", "AmneziaVPN", "—", "—", "—", "—", "0+"]


def test_the_port_is_the_one_that_friends_use() -> None:
    row = show(Survey((replace(server("wg-easy", "wg-easy-15"), published=443),), ()), russian=False, now=NOW)
    assert " 443 " in row.splitlines()[1]


@pytest.mark.parametrize("russian", [False, True])
def test_a_command_is_never_divided(russian: bool) -> None:
    shown = show(Survey((), tuple(key for key in WORDS if key.startswith(("docker_", "not_root_")))), russian, NOW)
    for command in ("sudo ./install.sh --look", "systemctl start docker", "docker ps"):
        assert any(line.endswith(command) for line in shown.splitlines()), command
    assert "`" not in shown
    assert "\u00a0" not in shown


def test_the_same_is_said_once_of_several() -> None:
    links = tuple(server(f"host:link{number}", "wg-quick", faults=["not_for_friends"]) for number in range(3))
    remarks = show(Survey(links, ()), russian=False, now=NOW).split("\n\n")[2]
    assert remarks.startswith("host:link0, host:link1, host:link2: connects this server")
    assert remarks.count("connects") == 1


def test_how_to_take_over_is_said_only_where_there_is_a_container() -> None:
    container = server("amnezia-awg2", "amnezia", NOW)
    own = replace(server("host:awg0", "wg-quick", NOW), kind="host")
    assert "sudo ./install.sh --take-over SERVER" in show(Survey((container,), ()), russian=False, now=NOW)
    assert "--take-over" not in show(Survey((own,), ()), russian=False, now=NOW)


def test_both_languages_say_all_of_it_and_nothing_is_dead() -> None:
    code = "".join(path.read_text() for path in FOUND.glob("*.py") if path.name != "words.py")
    code += inspect.getsource(words.maker)
    for name, (english, russian) in WORDS.items():
        assert english
        assert not re.search("[а-яё]", english, re.IGNORECASE)
        assert re.search("[а-яё]", russian, re.IGNORECASE), name
        assert f'"{name}"' in code, f"{name} is said nowhere"


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
