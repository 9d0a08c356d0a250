"""Whatever is on a machine and whatever its tools say: nothing is raised, and only clean values come out."""

from __future__ import annotations

import ipaddress
import re
import string
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from lib.install.found.checked import KEY
from lib.install.found.survey import Survey, look, survey
from lib.install.found.table import show
from tests.unit.install.found.engine import Engine
from tests.unit.install.found.layouts import NOW, TWO, Machine, clients_table, conf, dump, key, peer

NAMES = ("amnezia-awg2", "amnezia-wireguard", "wg-easy", "other")
ANSWERS = st.sampled_from([
    "", "garbage", "[]", "[{}]", '[{"Config": {"Image": "wg-easy"}, "State": {"Running": true}}]', "awg0 wg0 wg1\n",
    dump((1, "10.8.1.1/32", NOW), parameters=TWO), dump((1, "0.0.0.0/0", 5), columns=()), key(1),
    '[{"addr_info": [{"local": "10.8.0.1", "prefixlen": 16, "scope": "global"}]}]', "\udcff" * 600, "\x00" * 1024,
]) | st.text(alphabet=string.printable, max_size=60)  # fmt: skip
FAILURES = st.sampled_from([FileNotFoundError("x"), TimeoutError("x"), PermissionError("x"), OSError("x")])


def assert_clean(found: Survey) -> None:
    """Check that all that was found may go into a file, a command or a message."""
    for server in found.servers:
        assert re.fullmatch(r"(host:)?[\w.-]+", server.name, re.ASCII)
        assert re.fullmatch(r"[\w.-]{1,15}", server.interface, re.ASCII)
        for text in (server.private_key, server.public_key):
            assert not text or KEY.fullmatch(text)
        assert all(value.isprintable() for value in server.parameters.values())
        assert all(str(ipaddress.ip_interface(address)) == address for address in server.addresses)
        for one in server.peers:
            assert KEY.fullmatch(one.public_key)
            assert not one.name or (one.name.isprintable() and len(one.name) <= 64)
            assert all(str(ipaddress.ip_network(address)) == address for address in one.addresses)
    for russian in (False, True):
        assert max(map(len, show(found, russian, NOW).splitlines())) <= 80


@trials(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_the_tools_say_nothing_is_raised(tmp_path: Path, data: st.DataObject) -> None:
    def run(words: Sequence[str], stdin: str) -> str:
        if words[1:2] == ("ps",):
            return "\n".join(NAMES)
        answer = data.draw(ANSWERS | FAILURES)
        if isinstance(answer, OSError):
            raise answer
        return answer

    assert_clean(survey(run, tmp_path, NOW))


@trials(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.binary(max_size=200))
def test_whatever_the_files_hold_nothing_is_raised(tmp_path: Path, text: bytes, table: bytes) -> None:
    machine = Machine(Engine(tmp_path / "docker"), tmp_path, {"docker": FileNotFoundError("docker")})
    for folder in ("etc/wireguard", "etc/amnezia/amneziawg"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / "wg0.conf").write_bytes(text + table)
    assert_clean(machine.survey())


def test_it_works(machine: Machine) -> None:
    files = {"/opt/amnezia/awg/awg0.conf": conf(peer(1, "10.8.1.1/32"), parameters=TWO),
             "/opt/amnezia/awg/clientsTable": clients_table({1: "Anna"})}  # fmt: skip
    machine.docker.add("amnezia-awg2", files=files, running=False)
    machine.write("/etc/wireguard/wg0.conf", conf(private=key(5)))
    found = machine.survey()
    assert [server.name for server in found.servers] == ["amnezia-awg2", "host:wg0"]
    assert_clean(found)


def test_this_machine_itself_can_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(words: Sequence[str], stdin: str) -> str:
        raise FileNotFoundError(words[0])

    assert_clean(Survey(tuple(look(run)), ()))
