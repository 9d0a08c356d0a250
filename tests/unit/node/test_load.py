"""Load: the bot's file can add the peers that it names, and do nothing else, whatever the bot made of it."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from lib.store.configs import WantedPeer
from lib.vpn.peers import render_peers
from tests.unit.node.child import Child, Tools, key


def load(tools: Tools, path: Path | str) -> str:
    """Load a file as the interface's start does; return the complaint. It must not fail."""
    with Child(tools, "load", "awg0", str(path)) as node:
        code, said = node.end(timeout=30)
    assert code == 0, said
    assert len(said.splitlines()) <= 1
    return said


def block(number: int, address: str | None = None, more: str = "") -> str:
    """Return a peer as the bot writes it."""
    address = address or f"10.8.0.{number}/32"
    return f"[Peer]\nPublicKey = {key(number)}\nPresharedKey = {key(0)}\nAllowedIPs = {address}\n{more}"


@pytest.fixture
def file(tools: Tools) -> Path:
    return tools.folder / "bot_data.db.peers"


def test_it_works(tools: Tools, file: Path) -> None:
    wanted = [WantedPeer(key(2), key(9), "10.8.0.2/32,fd10:8::2/128"), WantedPeer(key(3), None, "10.8.0.3/32")]
    file.write_text(render_peers(wanted))
    assert load(tools, file) == ""
    assert tools.added() == file.read_text()
    assert tools.calls()[-2:] == ["ip -d -j address show dev awg0", "awg addconf awg0 /dev/stdin"]


def test_ten_thousand_peers_are_loaded(tools: Tools, file: Path) -> None:
    tools.answer("address", (tools.folder / "address").read_text().replace('"prefixlen": 24', '"prefixlen": 16'))
    wanted = [WantedPeer(key(n), key(n), f"10.8.{n // 250}.{n % 250 + 2}/32") for n in range(2, 10_002)]
    file.write_text(render_peers(wanted))
    assert load(tools, file) == ""
    assert tools.added().count("[Peer]") == 10_000


@pytest.mark.parametrize("there", [True, False])
def test_no_peers_are_nothing_to_complain_of(tools: Tools, file: Path, there: bool) -> None:
    if there:
        file.touch()
    assert load(tools, file) == ""
    assert tools.changes() == []


BAD_BLOCKS = {
    "unknown word": block(3, more="Endpoint = example.org:51820\n"),
    "keepalive": block(3, more="PersistentKeepalive = 25\n"),
    "interface": f"[Interface]\nListenPort = 1\nPrivateKey = {key(9)}\n",
    "everything": block(3, "0.0.0.0/0"),
    "foreign network": block(3, "192.0.2.5/32"),
    "no network": block(3, "localhost/32"),
    "the server's address": block(3, "10.8.0.1/32"),
    "an address twice": block(3, "10.8.0.2/32"),
    "a key twice": block(2, "10.8.0.3/32"),
    "a scope": block(3, "fd10:8::3%x/128"),
    "no key": block(3).replace(key(3), "AAAA"),
    "no words": "peers\n",
    "shadow": "root:$y$j9T$secret:19000:0:99999:7:::\n",
    "spaces": block(3).replace(" = ", "="),
    "carriage returns": block(3).replace("\n", "\r\n"),
    "binary": "\0\x07\n",
    "comment": "# mine\n" + block(3),
}


@pytest.mark.parametrize("name", BAD_BLOCKS)
def test_a_bad_block_is_left_out_and_the_others_are_loaded(tools: Tools, file: Path, name: str) -> None:
    file.write_text("\n".join([block(2), BAD_BLOCKS[name], block(4)]), newline="")
    said = load(tools, file)
    assert str(file) in said
    assert "secret" not in said
    assert tools.added().startswith(block(2))
    assert tools.added().endswith(block(4))
    loaded = set(tools.added().splitlines()) - {""}
    assert loaded <= {*block(2).splitlines(), *block(3).splitlines(), *block(4).splitlines()}


def test_a_file_that_was_cut_off_loads_what_is_whole(tools: Tools, file: Path) -> None:
    whole = block(2) + "\n" + block(3, "10.8.0.33/32")
    for length in range(len(block(2)) + 1, len(whole)):
        (tools.folder / "stdin").unlink(missing_ok=True)
        if length % 20 and length < len(whole) - 16:
            continue  # each one starts a process
        file.write_text(whole[:length])
        load(tools, file)
        assert tools.added() == block(2)


def test_a_link_a_pipe_a_folder_or_a_socket_is_not_read(tools: Tools, file: Path) -> None:
    (tools.folder / "shadow").write_text(block(2))
    file.symlink_to(tools.folder / "shadow")
    assert "symbolic links" in load(tools, file)
    file.unlink()
    os.mkfifo(file)
    assert "not an ordinary file" in load(tools, file)
    file.unlink()
    file.mkdir()
    assert "not an ordinary file" in load(tools, file)
    file.rmdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(file))
        assert load(tools, file)
    assert tools.changes() == []


def test_a_huge_file_is_not_read(tools: Tools, file: Path) -> None:
    with file.open("w") as written:
        written.truncate(10 << 30)
    assert "4194304 bytes" in load(tools, file)
    assert tools.calls() == []


@pytest.mark.parametrize("noise", ["\n", "[Peer]\n", "[Peer]\nPublicKey = ", block(2) + "\n", "PublicKey = x\n"])
def test_a_hostile_file_takes_seconds_at_most(tools: Tools, file: Path, noise: str) -> None:
    file.write_text(noise * ((4 << 20) // len(noise)))
    assert load(tools, file)
    assert tools.added() in ("", block(2))


@pytest.mark.parametrize(
    "script", ["echo 'Device \"awg0\" does not exist.' >&2; exit 1", "echo nonsense", "kill -KILL $$"], ids=str
)
def test_no_failure_fails_the_interface(tools: Tools, file: Path, script: str) -> None:
    file.write_text(block(2))
    tools.break_down("address", script)
    assert load(tools, file)
    assert tools.changes() == []


def test_a_tool_that_fails_does_not_fail_the_interface(tools: Tools, file: Path) -> None:
    file.write_text(block(2))
    tools.break_down("addconf", f"echo \"no: {key(2)}\" >&2; exit 1")
    said = load(tools, file)
    assert "addconf awg0 failed (1)" in said
    assert key(2) not in said


def test_the_caller_s_words_count(tools: Tools, file: Path) -> None:
    (tools.folder / "wg").symlink_to(tools.folder / "awg")
    file.write_text(block(2))
    with Child(tools, "load", "wg3", str(file), AWG_COMMAND="wg", AWG_INTERFACE="awg0") as node:
        assert node.end() == (0, "")
    assert "wg addconf wg3 /dev/stdin" in tools.calls()


