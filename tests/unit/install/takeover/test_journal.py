"""The journal is whole or not there, and what it says decides where an interrupted take-over ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.install.takeover import conntrack, cut, journal
from lib.install.takeover.journal import Journal
from lib.install.takeover.tools import Failed
from tests.unit.install.found.layouts import key
from tests.unit.install.takeover.servers import Tools

ANNA, BORIS = key("Anna"), key("Boris")
TAKEN = Journal(
    step=journal.TRYING, container="amnezia-awg", kind="amnezia-awg", engine="docker", was_running=True,
    restart="on-failure:3", unit="", inside="wg0", tool="wg", interface="avnone7", port=51820, peers=(ANNA, BORIS),
    watched=(ANNA,), resolver="172.29.172.254", resolver_to="", at=1_800_000_000, why="",
)  # fmt: skip
DUMP = "private\tpublic\t51820\toff\n{anna}\t(none)\t192.0.2.1:4000\t10.8.1.1/32\t{at}\t5\t6\toff\n"
CAME, NOT_CAME = DUMP.format(anna=ANNA, at=1_800_000_005), DUMP.format(anna=ANNA, at=0)


@pytest.fixture(autouse=True)
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(journal, "FILE", tmp_path / "taken-over.json")
    monkeypatch.setattr(cut, "forget_flows", lambda port: 0)
    monkeypatch.setattr(cut, "PORT_SECONDS", 0)
    return tmp_path / "taken-over.json"


def keep(name: str, content: str) -> None:
    assert content


def test_it_works(file: Path) -> None:
    assert journal.read() is None
    assert journal.advance(TAKEN, journal.FINISHING).step == journal.FINISHING
    assert journal.read() == Journal(**{**vars(TAKEN), "step": journal.FINISHING})
    assert TAKEN.service == "wg-quick@avnone7"
    assert TAKEN.conf == Path("/etc/wireguard/avnone7.conf")
    journal.forget()
    journal.forget()
    assert not file.exists()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"step": "taken"}', "null"])
def test_a_damaged_journal_is_told(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(Failed, match="damaged"):
        journal.read()


def running(dump: str | OSError) -> Tools:
    """Return the tools of a machine where all succeeds, whose interface shows this."""
    tools = Tools(systemctl="", docker="", nft="", ip="", wg_set="")
    tools.answers |= {"wg show": dump, "docker inspect --format": "false\n"}
    starts = {"docker start": "docker inspect --format"}

    def start(words: object, stdin: str) -> str:
        tools.answers[starts["docker start"]] = "true\n"
        return ""

    tools.answers["docker start"] = start
    return tools


@pytest.mark.parametrize(
    ("step", "dump", "reached"),
    [(journal.PREPARING, CAME, journal.UNDONE), (journal.CUTTING, Failed("No such device"), journal.UNDONE),
     (journal.CUTTING, NOT_CAME, journal.UNDONE), (journal.CUTTING, CAME, journal.TAKEN),
     (journal.TRYING, NOT_CAME, journal.UNDONE), (journal.TRYING, CAME, journal.TAKEN),
     (journal.FINISHING, Failed("No such device"), journal.TAKEN), (journal.GIVING_BACK, CAME, journal.UNDONE),
     (journal.TAKEN, NOT_CAME, journal.TAKEN), (journal.UNDONE, NOT_CAME, journal.UNDONE)],
)  # fmt: skip
def test_what_was_interrupted_is_finished_or_undone(step: str, dump: str | OSError, reached: str) -> None:
    journal.advance(TAKEN, step)
    tools = running(dump)
    assert cut.recover(tools, keep) == reached
    found = journal.read()
    assert found
    assert found.step == reached
    done = "\n".join(tools.called)
    if step in (journal.TAKEN, journal.UNDONE):
        assert not done
    elif step == journal.PREPARING:
        assert "docker" not in done, "the container was not touched, so it is not touched now"
    elif reached == journal.UNDONE:
        assert "docker update --restart=on-failure:3 amnezia-awg" in done
        assert "docker start amnezia-awg" in done
        assert "systemctl disable --now wg-quick@avnone7" in done
    else:
        assert "docker update --restart=no amnezia-awg" in done
        assert "systemctl enable wg-quick@avnone7" in done


def test_a_container_that_does_not_start_leaves_friends_where_they_are() -> None:
    taken = journal.advance(TAKEN, journal.TAKEN)
    tools = running(CAME)
    tools.answers["docker start"] = Failed("no space left on device")
    with pytest.raises(Failed, match="friends stay on avnone7"):
        cut.give_back(tools, taken, keep, "")
    found = journal.read()
    assert found
    assert found.step == journal.TAKEN
    assert tools.called[-1] == "systemctl enable --now wg-quick@avnone7"


def test_a_way_back_that_fails_can_be_gone_again() -> None:
    tools = running(CAME)
    tools.answers["docker start"] = Failed("no space left on device")
    with pytest.raises(Failed, match="the container doesn't come back"):
        cut.give_back(tools, TAKEN, keep, "")
    found = journal.read()
    assert found
    assert found.step == journal.GIVING_BACK
    assert cut.recover(running(Failed("No such device")), keep) == journal.UNDONE


def test_a_full_disk_does_not_keep_friends_on_the_interface() -> None:
    def full(name: str, content: str) -> None:
        raise OSError("No space left on device")

    journal.advance(TAKEN, journal.GIVING_BACK)
    tools = running(CAME)
    assert cut.recover(tools, full) == journal.UNDONE
    assert "docker start amnezia-awg" in tools.called


def test_an_interface_that_does_not_start_says_why() -> None:
    tools = running(CAME)
    tools.answers["systemctl start"] = Failed("See systemctl status")
    tools.answers["journalctl"] = "[#] ip -6 address\nRTNETLINK: no\n"
    assert not cut.cut_over(tools, TAKEN, 1)
    found = journal.read()
    assert found
    assert (found.step, found.why) == (journal.UNDONE, "the interface didn't start (RTNETLINK: no)")


def test_a_journal_that_can_not_be_written_changes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(journal, "FILE", tmp_path / "not there" / "taken-over.json")
    tools = running(CAME)
    with pytest.raises(OSError, match="not there"):
        cut.cut_over(tools, TAKEN, 1)
    assert not [line for line in tools.called if "stop" in line or "start" in line]


def test_the_kernels_attributes_are_read_and_written() -> None:
    packed = conntrack._attribute(3, b"\x01\xbb") + conntrack._attribute(1, bytes([17]))
    assert conntrack._attributes(packed) == {3: b"\x01\xbb", 1: bytes([17])}
    assert conntrack._attributes(b"\x00\x00\x00\x00" * 3 + b"\x01") == {0: b""}, "an endless loop otherwise"
