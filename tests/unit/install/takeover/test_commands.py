"""The commands that install.sh gives: what they check first, what they write, and in which order."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from lib.install.takeover import __main__ as commands
from lib.install.takeover import handover, journal, keeping
from lib.install.takeover.journal import Journal
from tests.unit.install.found.layouts import SERVER, key
from tests.unit.install.takeover.machine import PREPARED
from tests.unit.install.takeover.servers import FOUND, PEER, Tools

NAME = FOUND.name
PREPARE = ("prepare", NAME, "avnone7", "1.1.1.1")


@pytest.fixture(autouse=True)
def tools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Tools:
    """A machine with one container; all that is written is the test's own."""
    shown = f"[Interface]\nPrivateKey = {SERVER}\n"
    found = Tools(ip_link="", wg_setconf="", wg_showconf=shown, docker_cp="an archive", docker_exec="a dump",
                  docker_inspect="[]")  # fmt: skip
    monkeypatch.setattr(commands, "look", lambda run: [FOUND])
    monkeypatch.setattr(commands.reading, "run", found)
    monkeypatch.setattr(commands.sys, "stdin", io.StringIO("PostUp = one\n"))
    monkeypatch.setattr(journal, "FILE", tmp_path / "taken-over.json")
    monkeypatch.setattr(Journal, "conf", property(lambda self: tmp_path / "wireguard/avnone7.conf"))
    monkeypatch.setattr(keeping, "FOLDER", tmp_path / "data/taken-over")
    for module in (keeping, handover):
        monkeypatch.setattr(module, "DATA", tmp_path / "data")
    monkeypatch.setattr(handover, "FILE", tmp_path / "data/handed-over.json")
    for name in ("data", "wireguard"):
        (tmp_path / name).mkdir()
    return found


def step() -> str:
    found = journal.read()
    return found.step if found else ""


def test_it_works(tools: Tools, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main([*PREPARE, str(tmp_path / "none")], tools) == 0
    found = journal.read()
    assert found
    assert (found.step, found.peers) == (journal.PREPARING, (key("Anna"), key("Boris"))), "who may connect"
    assert "PostUp = one\n" in found.conf.read_text()
    assert key("Anna") in found.conf.read_text()
    kept = {path.name for path in (tmp_path / "data/taken-over").iterdir()}
    assert kept == {"server.json", "container.json", "files.tar", "dump.txt"}
    assert commands.main(["show"], tools) == 0
    assert capsys.readouterr().out.endswith(f"preparing wg avnone7 172.29.172.254 1.1.1.1 {NAME}\n")


def test_who_is_in_the_bots_own_file_is_not_in_the_interfaces(tools: Tools, tmp_path: Path) -> None:
    peers = tmp_path / "peers"
    peers.write_text(f"[Peer]\nPublicKey = {key('Anna')}\nAllowedIPs = 10.8.1.1/32\n")
    assert commands.main([*PREPARE, str(peers)], tools) == 0
    found = journal.read()
    assert found
    assert key("Anna") not in found.conf.read_text()
    assert key("Boris") in found.conf.read_text()
    assert key("Anna") in found.peers, "she is waited for all the same"


def test_what_can_be_half_made_is_noted_before(tools: Tools, tmp_path: Path) -> None:
    (tmp_path / "wireguard").rmdir()
    assert commands.main([*PREPARE, str(tmp_path / "none")], tools) == 1
    assert step() == journal.PREPARING, "so the file's remains go"


def test_a_file_that_is_there_is_not_overwritten(
    tools: Tools, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    conf = tmp_path / "wireguard/avnone7.conf"
    conf.write_text("somebody's")
    assert commands.main([*PREPARE, str(tmp_path / "none")], tools) == 1
    assert (conf.read_text(), step()) == ("somebody's", "")
    assert str(conf) in capsys.readouterr().out


@pytest.mark.parametrize("words", [("plan", NAME, "1.1.1.1"), (*PREPARE, "/none")])
def test_a_second_container_is_refused(
    tools: Tools, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    journal.write(replace(PREPARED, step=journal.TAKEN, container="wg-easy"))
    assert commands.main(words, tools) == 1
    assert "wg-easy" in capsys.readouterr().out
    assert tools.called == []
    journal.write(replace(PREPARED, step=journal.UNDONE, container="wg-easy"))
    assert commands.main(words, tools) == 0, "that one is over"


def test_only_what_was_taken_is_given_back_and_only_what_was_undone_is_forgotten(tools: Tools) -> None:
    for verb in ("give-back", "forget"):
        journal.write(replace(PREPARED, step=journal.UNDONE))
        assert commands.main([verb], tools) == (1 if verb == "give-back" else 0)
        assert tools.called == []
    assert step() == ""
    for unfinished in (journal.PREPARING, journal.TRYING, journal.TAKEN):
        journal.write(replace(PREPARED, step=unfinished))
        assert commands.main(["forget"], tools) == 0
        assert step() == unfinished


@pytest.mark.parametrize("reached", [journal.TRYING, journal.TAKEN, journal.UNDONE])
def test_only_what_is_prepared_is_cut_over(tools: Tools, reached: str) -> None:
    journal.write(replace(PREPARED, step=reached))
    assert commands.main(["cut", "1"], tools) == 1
    assert (tools.called, step()) == ([], reached)


def hand_over(*secrets: str | None) -> list[dict[str, object]]:
    """Hand over peers with these private keys; return what the bot can read."""
    peers = tuple(replace(PEER, public_key=key(number), private_key=secret) for number, secret in enumerate(secrets))
    keeping.keep("server.json", json.dumps({"peers": [vars(peer) for peer in peers]}))
    assert commands.main(["hand-over"]) == 0
    found: list[dict[str, object]] = json.loads(handover.FILE.read_text()) if handover.FILE.exists() else []
    return found


def test_who_has_a_private_key_is_handed_over() -> None:
    assert hand_over(None) == [], "the interface shows as much"
    assert [peer["private_key"] for peer in hand_over(key("secret"), None)] == [key("secret")]
    assert handover.FILE.stat().st_mode & 0o777 == 0o640


def test_the_bots_group_can_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[int] = []
    monkeypatch.setattr(handover.os, "fchown", lambda file, user, group: given.append(group))
    hand_over(key("secret"))
    assert given == [keeping.DATA.stat().st_gid]


def test_a_folder_of_somebody_elses_gets_no_copy(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(0o700)
    keeping.FOLDER.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="taken-over"):
        keeping.keep("dump.txt", "x")
    keeping.FOLDER.unlink()
    keeping.FOLDER.mkdir()
    keeping.FOLDER.chmod(0o750)
    with pytest.raises(OSError, match="not a private folder"):
        keeping.keep("dump.txt", "x")
    keeping.FOLDER.chmod(0o700)
    keeping.keep("dump.txt", "x")
    assert not list((tmp_path / "elsewhere").iterdir())
