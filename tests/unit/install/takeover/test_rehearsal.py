"""Before anything is stopped, a test interface is set up and read back; then the interface's file is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from lib.install.found import checked
from lib.install.takeover.plan import Refused
from lib.install.takeover.rehearsal import conf_of, rehearse
from lib.install.takeover.tools import Failed
from tests.unit.chat.hostile import HOSTILE
from tests.unit.install.found.layouts import SERVER, TWO, key
from tests.unit.install.takeover.servers import FOUND, PEER, Tools

AMNEZIA = replace(FOUND, parameters=TWO, version="2.0")


class Awg(Tools):
    """A tool that shows the values that it was given, except for some."""

    def __init__(self, **wrong: str) -> None:
        super().__init__(ip="")
        self.given, self.wrong = "", wrong
        self.answers |= {"awg setconf": self._set, "awg showconf": self._show}

    def _set(self, words: Sequence[str], stdin: str) -> str:
        self.given = stdin
        return ""

    def _show(self, words: Sequence[str], stdin: str) -> str:
        lines = [line for line in self.given.splitlines() if line.split(" = ")[0] not in self.wrong]
        more = [f"{name} = {value}" for name, value in self.wrong.items() if value]
        return "\n".join(["[Interface]", "ListenPort = 40000", *more, *lines[1:]])


def test_it_works() -> None:
    tools = Awg()
    rehearse(tools, "awg", AMNEZIA)
    assert "ListenPort" not in tools.given, "the port is the container's"
    assert "Address" not in tools.given
    assert tools.called[0].endswith(" type amneziawg")
    assert tools.called[-1].startswith("ip link delete avtry")


@pytest.mark.parametrize(
    "wrong", [{"S1": "3289393"}, {"S3": ""}, {"H1": "1"}, {"H4": ""}, {"PrivateKey": key("other")}]
)
def test_a_value_that_is_read_otherwise_is_refused(wrong: dict[str, str]) -> None:
    tools = Awg(**wrong)
    with pytest.raises(Refused, match="wrong_protocol") as caught:
        rehearse(tools, "awg", AMNEZIA)
    assert tools.called[-1].startswith("ip link delete avtry")
    assert SERVER not in str(caught.value.values)
    assert key("other") not in str(caught.value.values)


@pytest.mark.parametrize("harmless", [{"Jc": "1"}, {"I1": ""}])
def test_what_may_differ_does_not_matter(harmless: dict[str, str]) -> None:
    tools = Awg(**harmless)
    rehearse(tools, "awg", AMNEZIA)
    assert tools.called[-1].startswith("ip link delete avtry")
    assert tools.given


def test_values_that_say_nothing_may_be_left_out() -> None:
    tools = Awg(S3="", H1="")
    rehearse(tools, "awg", replace(AMNEZIA, parameters={**TWO, "S3": "0", "H1": "1"}))
    assert tools.called[-1].startswith("ip link delete avtry")
    assert "S3 = 0" in tools.given


def test_a_tool_that_does_not_know_a_line_is_refused() -> None:
    tools = Awg()
    tools.answers["awg setconf"] = Failed("Line unrecognized: `S3=27'")
    with pytest.raises(Refused) as caught:
        rehearse(tools, "awg", AMNEZIA)
    assert "S3=27" in str(caught.value.values["detail"])


def test_without_the_module_the_program_takes_its_place() -> None:
    tools = Awg()
    tools.answers |= {"ip link add": Failed("Unknown device type"), "amneziawg-go": ""}
    rehearse(tools, "awg", AMNEZIA)
    tools.answers["amneziawg-go"] = Failed("not found")
    with pytest.raises(Refused, match="wrong_protocol"):
        rehearse(tools, "awg", AMNEZIA)


@pytest.mark.parametrize("name", [*HOSTILE, "\n[Interface]\nPostUp = reboot", "a\rPostUp = reboot", "# PostUp = x #"])
def test_a_name_is_a_comment_whatever_it_is(name: str) -> None:
    """wg-quick runs whatever follows PostUp; it cuts a line off at its first #."""
    hostile, tame = (replace(FOUND, peers=(replace(PEER, name=text),)) for text in (checked.name(name), ""))
    lines = conf_of(hostile, 443, "").split("\n")
    assert [line for line in (line.partition("#")[0] for line in lines) if line] == [
        line for line in conf_of(tame, 443, "").split("\n") if line]  # fmt: skip


def test_the_file_is_the_servers() -> None:
    text = conf_of(AMNEZIA, 443, "PostUp = one\nPostUp = two\n")
    own, *peers = text.split("\n[Peer]\n")
    assert own.splitlines() == [
        "[Interface]", f"PrivateKey = {SERVER}", *(f"{name} = {value}" for name, value in TWO.items()),
        "ListenPort = 443", "Address = 10.8.1.0/24", "PostUp = one", "PostUp = two",
    ]  # fmt: skip
    anna = f"# Anna\nPublicKey = {key('Anna')}\nPresharedKey = {key('psk')}\nAllowedIPs = 10.8.1.1/32\n"
    assert peers == [anna, f"PublicKey = {key('Boris')}\n"], "who is disabled is left out"


def test_who_the_bot_loads_is_not_in_the_file() -> None:
    """Otherwise the next start of the interface would let a friend in again who has been blocked since."""
    text = conf_of(AMNEZIA, 443, "", {key("Anna")})
    assert key("Anna") not in text
    assert key("Boris") in text
