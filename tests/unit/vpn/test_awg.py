"""The way to the node, as a child and behind a socket, and the tool that makes keys."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lib.errors import AwgError
from lib.store.configs import WantedPeer
from lib.vpn import awg as module
from lib.vpn.awg import Awg, Keys
from tests.unit.node.child import PRIVATE, Tools, key

PEERS = [WantedPeer(key(2), key(3), "10.8.0.2/32,fd10:8::2/128"), WantedPeer(key(4), None, "10.8.0.3/32")]
SEEN = {"dump": f"{key(1)}\t51820\toff\n", "index": 7, "kind": "tun", "addresses": ["10.8.0.1/24"]}


@pytest.fixture
def tools(tmp_path: Path) -> Tools:
    return Tools(tmp_path)


@pytest.fixture
def awg(tools: Tools) -> Iterator[Awg]:
    awg = Awg((f"{tools.folder}/awg",), "awg0")
    yield awg
    awg.close()


@pytest.fixture(autouse=True)
def _path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")


def test_it_works(awg: Awg, tools: Tools) -> None:
    seen = awg.look()
    assert (seen.public_key, seen.port, seen.index, seen.kind) == (key(1), 51820, "7", "amneziawg")
    assert [peer.public_key for peer in seen.peers] == [key(2)]
    assert [str(address) for address in seen.addresses] == ["10.8.0.1/24", "fd10:8::1/64"]
    again = awg.change(PEERS, [key(9)])
    assert again.peers[0] is seen.peers[0], "a line that did not change is not read again"
    assert f"awg set awg0 peer {key(9)} remove" in tools.calls()
    assert tools.added().count("[Peer]") == 2
    assert f"PresharedKey = {key(3)}" in tools.added()


def test_the_surroundings_are_looked_at_when_they_are_asked_for(awg: Awg, tools: Tools) -> None:
    tools.answer("version", "amneziawg-tools v3.1")
    assert awg.look().surroundings is None
    around = awg.look(way_out=True).surroundings
    assert around is not None
    assert around.tool == "amneziawg-tools v3.1"


def test_a_refused_change_says_why(awg: Awg, tools: Tools) -> None:
    with pytest.raises(AwgError, match="is not a device's address") as caught:
        awg.change([PEERS[0]._replace(allowed_ips="10.9.0.2/32")], [])
    assert caught.value.kind == "refused"
    assert tools.changes() == []
    assert awg.look().port == 51820, "the connection goes on"


@pytest.mark.parametrize(
    ("script", "kind", "text"),
    [
        ("echo 'Operation not permitted' >&2; exit 1", "not_permitted", "does the node run with CAP_NET_ADMIN?"),
        ("echo 'No such device' >&2; exit 1", "no_interface", "is the interface up?"),
        ("exit 1", "failed", "show awg0 failed (1): gave no reason"),
        (f"echo {key(5)} >&2; exit 1", "failed", "(hidden)"),
        ("echo hello; exit 0", "garbage", "does not begin with a key"),
    ],
)
def test_a_failure_says_what_where_and_why(awg: Awg, tools: Tools, script: str, kind: str, text: str) -> None:
    tools.break_down("dump", script)
    with pytest.raises(AwgError) as caught:
        awg.look()
    assert caught.value.kind == kind
    assert text in str(caught.value)


def test_a_missing_tool_is_said() -> None:
    awg = Awg(("awg-that-is-not-there",), "lo")
    for call in (awg.look, awg.generate_keys):
        with pytest.raises(AwgError, match="is amneziawg-tools installed") as caught:
            call()
        assert caught.value.kind == "missing"
    awg.close()


def test_nothing_of_our_environment_reaches_the_tools(
    awg: Awg, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_TOKEN", "123:secret")
    awg.look()
    names = {line.partition("=")[0] for line in (tools.folder / "environment").read_text().splitlines()}
    assert names - {"PWD", "_", "SHLVL", "OLDPWD"} == {"PATH", "LC_ALL"}


def test_a_child_that_is_gone_is_replaced_and_asked_again(awg: Awg, tools: Tools) -> None:
    awg.look()
    child = awg._connection._child  # type: ignore[union-attr]
    child._process.kill()  # type: ignore[union-attr]
    child._process.wait()  # type: ignore[union-attr]
    awg.change(PEERS, [])
    assert tools.added().count("[Peer]") == 2


def test_a_call_can_be_cut_off_from_another_thread(awg: Awg, tools: Tools) -> None:
    tools.break_down("dump", f"touch {tools.folder}/runs; exec sleep 2")

    def cut_off_when_it_runs() -> None:
        while not (tools.folder / "runs").exists():
            time.sleep(0.01)
        awg.cut_off()

    threading.Thread(target=cut_off_when_it_runs).start()
    with pytest.raises(AwgError):
        awg.look()
    with pytest.raises(AwgError, match="the bot is stopping"):
        awg.look()


class Node:
    """A node behind a socket that does as a test wants: a function of each connection."""

    def __init__(self, path: Path, serve: Callable[[socket.socket], None]) -> None:
        self.path, self.connections = path, 0
        self._serve = serve
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path))
        self._listening.listen()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            with connection:
                self._serve(connection)

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


def saying(*answers: bytes) -> Callable[[socket.socket], None]:
    """Answer as many requests, and hang up."""

    def serve(connection: socket.socket) -> None:
        lines = connection.makefile("rb")
        for answer in answers:
            if not lines.readline():
                return
            connection.sendall(answer)

    return serve


def answering(*answers: object) -> Callable[[socket.socket], None]:
    """Answer in JSON."""
    return saying(*(json.dumps(answer).encode() + b"\n" for answer in answers))


def behind_socket(path: Path, serve: Callable[[socket.socket], None]) -> tuple[Awg, Node]:
    return Awg(("awg",), "awg0", path), Node(path, serve)


def test_the_node_is_reached_by_its_socket(tmp_path: Path) -> None:
    awg, node = behind_socket(tmp_path / "node.sock", answering({"ok": SEEN}, {"ok": SEEN}))
    assert awg.look().port == awg.look().port == 51820
    assert node.connections == 1, "one for a round"
    awg.close()
    assert awg.look().port == 51820
    assert node.connections == 2
    node.close()


def test_a_connection_that_has_ended_is_opened_again(tmp_path: Path) -> None:
    awg, node = behind_socket(tmp_path / "node.sock", answering({"ok": SEEN}))
    assert awg.look().port == awg.look().port == awg.look().port == 51820
    assert node.connections == 3
    node.close()


MISBEHAVING = {
    "hangs up": (lambda connection: connection.recv(1), "no_node", 2),
    "breaks off": (saying(b'{"ok": {'), "no_node", 2),
    "is not JSON": (saying(b"hello\n"), "garbage", 1),
    "is a list": (saying(b"[1]\n"), "garbage", 1),
    "sees a number": (answering({"ok": 1}), "garbage", 1),
    "fails": (answering({"error": "failed", "text": "a"}), "failed", 1),
    "has no addresses": (answering({"ok": SEEN | {"addresses": None}}), "garbage", 1),
}


@pytest.mark.parametrize("what", MISBEHAVING)
def test_a_node_that_misbehaves_is_an_error(tmp_path: Path, what: str) -> None:
    serve, kind, connections = MISBEHAVING[what]
    awg, node = behind_socket(tmp_path / "node.sock", serve)
    with pytest.raises(AwgError) as caught:
        awg.look()
    assert (caught.value.kind, node.connections) == (kind, connections)
    awg.close()
    node.close()


def test_a_node_that_is_silent_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWER_SECONDS", 0.2)
    awg, node = behind_socket(tmp_path / "node.sock", lambda connection: time.sleep(2))
    with pytest.raises(AwgError, match="gave no answer") as caught:
        awg.look()
    assert caught.value.kind == "timeout"
    node.close()


def test_a_socket_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(AwgError, match=r"can't be reached at .*node\.sock: No such file") as caught:
        Awg(("awg",), "awg0", tmp_path / "node.sock").look()
    assert caught.value.kind == "no_node"


def tool(folder: Path, script: str, timeout: float = 5) -> Awg:
    """Write a shell script that replaces the tool."""
    path = folder / "own"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return Awg((str(path),), "awg0", timeout=timeout)


def test_the_private_key_is_not_among_the_arguments(tmp_path: Path) -> None:
    awg = tool(tmp_path, f'echo "$@" >>{tmp_path}/arguments; [ $1 = pubkey ] && exec cat; echo {key(1)}')
    assert awg.generate_keys() == Keys(key(1), key(1), key(1))
    assert (tmp_path / "arguments").read_text() == "genkey\npubkey\ngenpsk\n"


@pytest.mark.parametrize(
    ("script", "kind", "text"),
    [
        ("echo 'Invalid argument: x' >&2; exit 3", "failed", "own genkey failed (3): Invalid argument: x"),
        ("printf '\\377\\n' >&2; exit 1", "failed", "failed (1): \ufffd"),
        (f"echo {PRIVATE} >&2; exit 1", "failed", "(hidden)"),
        ("printf %s \"correct length or format: \\`c2VjcmV0'\" >&2; exit 1", "failed", "`(hidden)'"),
        ("kill -SEGV $$", "failed", "was killed by SIGSEGV"),
        ("no-such-command-anywhere", "missing", "is amneziawg-tools installed?"),
        (f"echo {PRIVATE}x", "garbage", "answered with something that is not a key"),
        ("exec sleep 600", "timeout", "gave no answer in 0.5 s"),
    ],
)
def test_a_key_that_can_not_be_made_says_why(tmp_path: Path, script: str, kind: str, text: str) -> None:
    with pytest.raises(AwgError) as caught:
        tool(tmp_path, script, timeout=0.5).generate_keys()
    assert caught.value.kind == kind
    assert text in str(caught.value)
    assert PRIVATE not in str(caught.value)
