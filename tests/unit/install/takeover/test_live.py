"""The output of a container's own tool is untrusted: only valid keys, numbers and addresses in it are used."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from lib.install.takeover import live, ports
from lib.install.takeover.tools import Failed, run
from tests.unit.install.found.layouts import key
from tests.unit.install.takeover.servers import Tools

ANNA, BORIS = key("Anna"), key("Boris")
HEAD = "private\tpublic\t51820\toff\n"


def row(public: str = ANNA, endpoint: str = "192.0.2.1:4000", at: object = 7, alive: str = "off") -> str:
    return f"{public}\t(none)\t{endpoint}\t10.8.1.1/32\t{at}\t5\t6\t{alive}\n"


def peers(text: str) -> dict[str, live.Peer]:
    return live.peers_of(Tools(wg_show=text), ["wg"], "wg0")


def test_it_works() -> None:
    assert peers(HEAD + row()) == {ANNA: live.Peer("192.0.2.1:4000", "10.8.1.1/32", 7, 5, 6, 0)}
    assert peers(HEAD + row(endpoint="[2001:db8::1]:4000", alive="25"))[ANNA].endpoint == "[2001:db8::1]:4000"
    assert peers(HEAD) == {}


@pytest.mark.parametrize(
    "line",
    [row("--help"), row("A" * 44), "x\n", row() + "\x00", f"{ANNA}\t(none)\t192.0.2.1:4000\n"],
)  # fmt: skip
def test_a_row_that_is_none_is_left_out(line: str) -> None:
    assert set(peers(HEAD + line)) <= {ANNA}


@pytest.mark.parametrize("endpoint", ["(none)", "vpn.example.org:51820", "192.0.2.1", "; reboot:1", "[fe80::1%lo]:1"])
def test_a_place_that_is_none_is_not_looked_up(endpoint: str) -> None:
    assert peers(HEAD + row(endpoint=endpoint))[ANNA].endpoint == ""


@pytest.mark.parametrize("at", ["x", "-1", "1e9", "9" * 5000, "\u0661", ""])
def test_a_number_that_is_none_is_no_time(at: str) -> None:
    assert peers(HEAD + row(at=at))[ANNA].handshake == 0


@pytest.mark.parametrize("text", ["", "\n", "Unable to access interface\n"])
def test_what_is_no_interface_is_told(text: str) -> None:
    with pytest.raises(Failed, match="wg doesn't show wg0"):
        peers(text)


def test_only_known_peers_are_online() -> None:
    now = int(time.time())
    seen = peers(HEAD + row(at=now) + row(BORIS, at=now))
    assert live.online_of(seen, (ANNA,)) == {ANNA: "192.0.2.1:4000"}
    assert live.online_of(peers(HEAD + row(at=now - 200)), (ANNA,)) == {}


def test_many_are_greeted_with_few_calls() -> None:
    tools = Tools(wg_set="")
    live.greet(tools, ["wg"], "wg0", [(key(number), "192.0.2.1:4000") for number in range(250)] + [(ANNA, "")])
    assert [line.count("persistent-keepalive 25") for line in tools.called] == [200, 50]
    assert ANNA not in "".join(tools.called)
    live.leave_alone(tools, ["wg"], "wg0", [(ANNA, 15), (BORIS, 0)])
    assert "persistent-keepalive 15" in tools.called[-1]


def test_an_interface_listens_if_it_holds_its_port_and_nobody_else_does() -> None:
    def listens(shown: str, holder: str) -> bool:
        users = f'users:(("{holder}",pid=1,fd=4))' if holder != "kernel" else ""
        line = f"UNCONN 0 0 0.0.0.0:443 0.0.0.0:* {users}\n" if holder else ""
        return ports.listens(Tools(wg_show=shown, ss=line), "wg", "wg0", 443)

    assert listens("443\n", "kernel")
    assert listens("443\n", "wireguard-go")
    assert not listens("443\n", "docker-proxy")
    assert not listens("443\n", "")
    assert not listens("0\n", "wireguard-go")
    assert not listens("", "kernel")


def test_a_tool_that_never_stops_talking_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lib.install.takeover.tools.MOST_BYTES", 100_000)
    with pytest.raises(OSError, match="too much"):
        run(["yes"], "")


@pytest.mark.parametrize("stdin", ["", "text"])
def test_a_tool_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch, stdin: str) -> None:
    monkeypatch.setattr("lib.install.takeover.tools.PATIENCE", 0.1)
    words: Sequence[str] = ["sleep", "9"]
    with pytest.raises(Failed, match="sleep gave no answer"):
        run(words, stdin)
