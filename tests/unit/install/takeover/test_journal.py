"""The journal is complete or absent; only root can read who was online, and only during the cut-over."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.install.takeover import conntrack, journal
from lib.install.takeover.journal import Journal
from lib.install.takeover.tools import Failed
from tests.unit.install.found.layouts import key

ANNA, BORIS = key("Anna"), key("Boris")
TAKEN = Journal(
    step=journal.TRYING, container="amnezia-awg", kind="amnezia-awg", engine="docker", was_running=True,
    restart="on-failure:3", unit="", inside="wg0", tool="wg", interface="avnone7", port=51820, peers=(ANNA, BORIS),
    watched=(ANNA,), resolver="172.29.172.254", resolver_to="", at=1_800_000_000, why="",
)  # fmt: skip


@pytest.fixture(autouse=True)
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(journal, "FILE", tmp_path / "taken-over.json")
    return tmp_path / "taken-over.json"


def test_it_works(file: Path) -> None:
    assert journal.read() is None
    assert journal.advance(TAKEN, journal.FINISHING).step == journal.FINISHING
    assert journal.read() == Journal(**{**vars(TAKEN), "step": journal.FINISHING})
    assert TAKEN.service == "wg-quick@avnone7"
    assert TAKEN.conf == Path("/etc/wireguard/avnone7.conf")
    journal.forget()
    journal.forget()
    assert not file.exists()


def test_who_is_online_is_known_only_until_they_were_moved(file: Path) -> None:
    assert journal.online() == {}
    journal.remember_online({ANNA: "192.0.2.1:4000"})
    assert journal.online() == {ANNA: "192.0.2.1:4000"}
    [noted] = file.parent.iterdir()
    assert noted.stat().st_mode & 0o777 == 0o600, "where people are is nobody else's business"
    for step in (journal.CUTTING, journal.TRYING, journal.FINISHING, journal.GIVING_BACK):
        journal.advance(TAKEN, step)
        assert journal.online()
    journal.advance(TAKEN, journal.TAKEN)
    assert journal.online() == {}
    for broken in ("", "[]", "{", "[" * 100_000, '{"a": 7}'):
        noted.write_text(broken)
        assert journal.online() == {}


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "[]", "{}", '{"step": "taken"}', "null"])
def test_a_damaged_journal_is_told(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(Failed, match="damaged"):
        journal.read()


def test_the_kernels_attributes_are_read_and_written() -> None:
    packed = conntrack._attribute(3, b"\x01\xbb") + conntrack._attribute(1, bytes([17]))
    assert conntrack._attributes(packed) == {3: b"\x01\xbb", 1: bytes([17])}
    assert conntrack._attributes(b"\x00\x00\x00\x00" * 3 + b"\x01") == {0: b""}, "an endless loop otherwise"
