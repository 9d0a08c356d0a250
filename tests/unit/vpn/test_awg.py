"""The awg module parses the dump of every version, and copes with a tool that misbehaves."""

from __future__ import annotations

import os
import stat
import threading
import time
import traceback
from ipaddress import ip_interface
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.errors import AwgError
from lib.store.configs import WantedPeer
from lib.vpn.awg import Awg, Interface, Keys, LivePeer, parse_addresses, parse_dump, render_peers
from tests.unit.vpn.dump import HEAD, OTHER, PEER, PEER_LINE, PRIVATE, PSK, PUBLIC, SECRET_PARAMETER

NEW_LINE = f"{OTHER}\t(none)\t(none)\t(none)\t0\t0\t0\t25\n"
PEERS = (
    LivePeer(PEER, PSK, "10.8.0.2/32,fd00::2/128", "198.51.100.7:40123", 1795489010, 28568, 98090),
    LivePeer(OTHER, None, "", None, 0, 0, 0),
)

PLAIN = f"{HEAD}off\n"
V1_0 = f"{HEAD}4\t40\t70\t50\t100\t1234567\t2345678\t3456789\t4567890\toff\n"
V2_0 = (
    f"{HEAD}5\t10\t50\t15\t82\t13\t10\t1000-2000\t3000-4000\t5000-6000\t7000-8000"
    "\t<b 0x0a1b><r 20>\t(null)\t(null)\t(null)\t(null)\t0xca6c\n"
)
V3_0 = (
    f"{HEAD}4\t40\t70\t50\t100\t20\t12\t1234567\t2345678\t3456789\t4567890"
    f"\t(null)\t<t>\t(null)\t(null)\t(null)\t{SECRET_PARAMETER}\t1-16\t120\t0\t0\t0\t0\toff\n"
)
V3_1 = (
    f"{HEAD}4\t40\t70\t50\t100\t0\t0\t1234567\t2345678\t3456789\t4567890"
    "\t(null)\t(null)\t(null)\t(null)\t(null)\t(none)\t0\t0\t0\t0\t0\t0\ton\toff\toff\n"
)
V3_1_PLAIN_IN_KERNEL = (
    f"{HEAD}0\t0\t0\t0\t0\t0\t0\t1\t2\t3\t4"
    "\t(null)\t(null)\t(null)\t(null)\t(null)\t(none)\t0\t0\t0\t0\t0\t0\toff\toff\toff\n"
)

HEADERS = {"H1": "1234567", "H2": "2345678", "H3": "3456789", "H4": "4567890"}
CASES = {
    "plain": (PLAIN, {}),
    "1.0": (V1_0, {"Jc": "4", "Jmin": "40", "Jmax": "70", "S1": "50", "S2": "100", **HEADERS}),
    "2.0": (
        V2_0,
        {
            "Jc": "5", "Jmin": "10", "Jmax": "50", "S1": "15", "S2": "82", "S3": "13", "S4": "10",
            "H1": "1000-2000", "H2": "3000-4000", "H3": "5000-6000", "H4": "7000-8000", "I1": "<b 0x0a1b><r 20>",
        },
    ),
    "3.0": (
        V3_0,
        {
            "Jc": "4", "Jmin": "40", "Jmax": "70", "S1": "50", "S2": "100", "S3": "20", "S4": "12", **HEADERS,
            "I2": "<t>", "HeaderProtectionKey": SECRET_PARAMETER, "ContentPaddingAddition": "1-16",
            "RekeyAfterTime": "120",
        },
    ),
    "3.1": (V3_1, {"Jc": "4", "Jmin": "40", "Jmax": "70", "S1": "50", "S2": "100", **HEADERS, "RandomTrailers": "on"}),
    "3.1 plain in the kernel": (V3_1_PLAIN_IN_KERNEL, {}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_it_works(name: str) -> None:
    line, parameters = CASES[name]
    live = parse_dump(line + PEER_LINE + NEW_LINE)
    assert live == Interface(PUBLIC, 51820, parameters, PEERS)
    assert list(live.parameters) == list(parameters), "the .conf's order"


def test_an_interface_without_peers_has_none() -> None:
    assert parse_dump(V2_0).peers == ()


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "Unable to access interface", PLAIN.replace("51820", "many"), PLAIN + "half\ta\tline\n",
        f"awg0\t{PLAIN}", V3_1.replace("\toff\n", "\toff\toff\n"), PLAIN + PEER_LINE.replace("28568", "-"),
        PLAIN + PEER_LINE.replace("28568", PSK),
        PLAIN + PEER_LINE.replace(PEER, "short"), PLAIN + "\n" + PEER_LINE,
    ],
)  # fmt: skip
def test_the_unreadable_is_garbage_and_no_secret_is_quoted(text: str) -> None:
    with pytest.raises(AwgError) as caught:
        parse_dump(text)
    assert caught.value.kind == "garbage"
    said = "".join(traceback.format_exception(caught.value))
    assert PRIVATE not in said
    assert PSK not in said


def test_an_interface_without_a_key_is_no_interface() -> None:
    with pytest.raises(AwgError, match="no private key") as caught:
        parse_dump("(none)\t(none)\t35816\toff\n")
    assert caught.value.kind == "no_interface"


def test_no_secret_is_in_what_is_shown() -> None:
    shown = repr(parse_dump(V3_0 + PEER_LINE)) + repr(Keys(PRIVATE, PUBLIC, PSK)) + repr(WantedPeer(PEER, PSK, ""))
    assert PUBLIC in shown
    assert not any(secret in shown for secret in (PRIVATE, PSK, SECRET_PARAMETER))


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for parse in (parse_dump, parse_addresses):
        try:
            parse(text)
        except AwgError as exc:
            assert exc.kind in ("garbage", "no_interface")


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(0, 2**40))
def test_counters_keep_their_direction_and_all_64_bits(received: int, sent: int, at: int) -> None:
    peer = parse_dump(f"{PLAIN}{PEER}\t(none)\t(none)\t(none)\t{at}\t{received}\t{sent}\toff\n").peers[0]
    assert (peer.handshake_at, peer.received, peer.sent) == (at, received, sent)


def test_lines_that_were_read_before_are_not_read_again_and_changed_ones_are() -> None:
    other, known = PEER_LINE.replace(PEER, OTHER), {}
    first = parse_dump(V2_0 + PEER_LINE + other, known)
    assert first == parse_dump(V2_0 + PEER_LINE + other)
    moved = PEER_LINE.replace("28568", "28569")
    again = parse_dump(V2_0 + moved + other, known)
    assert [peer.received for peer in again.peers] == [28569, 28568]
    assert again.peers[1] is first.peers[1]
    assert len(known) == 2, "what is gone is forgotten"
    with pytest.raises(AwgError):
        parse_dump(V2_0 + moved + "nonsense", known)
    assert len(known) == 2


ADDRESSES = (
    '[{"ifindex":2,"ifname":"awg0","flags":["UP"],"mtu":1420,"addr_info":['
    '{"family":"inet","local":"10.8.0.1","prefixlen":24,"scope":"global","label":"awg0"},'
    '{"family":"inet6","local":"fd00:8::1","prefixlen":64,"scope":"global"},'
    '{"family":"inet6","local":"fe80::3fac:1978:2e80:3341","prefixlen":64,"scope":"link"}]}]\n'
)


def test_addresses_are_those_of_global_scope_with_their_subnets() -> None:
    assert parse_addresses(ADDRESSES) == (ip_interface("10.8.0.1/24"), ip_interface("fd00:8::1/64"))


def test_an_interface_without_addresses_has_none() -> None:
    assert parse_addresses('[{"ifname":"awg0","addr_info":[]}]') == ()
    assert parse_addresses("[{},{}]") == ()


@pytest.mark.parametrize("text", ["", "{}x", '["awg0"]', "7", '[{"addr_info":[{"local":"10.8.0.1"}]}]'])
def test_what_is_no_list_of_addresses_is_garbage(text: str) -> None:
    with pytest.raises(AwgError) as caught:
        parse_addresses(text)
    assert caught.value.kind == "garbage"


def test_peers_are_rendered_as_blocks() -> None:
    specs = [WantedPeer(PEER, PSK, "10.8.0.2/32,fd00::2/128"), WantedPeer(OTHER, "", "10.8.0.3/32")]
    assert render_peers(specs) == (
        f"[Peer]\nPublicKey = {PEER}\nPresharedKey = {PSK}\nAllowedIPs = 10.8.0.2/32,fd00::2/128\n"
        "\n"
        f"[Peer]\nPublicKey = {OTHER}\nPresharedKey = {'A' * 43}=\nAllowedIPs = 10.8.0.3/32\n"
    )
    assert render_peers([]) == ""


@pytest.mark.parametrize(
    "spec",
    [
        WantedPeer(f"{PEER}\nPublicKey = {OTHER}", PSK, "10.8.0.2/32"),
        WantedPeer(PEER, f"{PSK}\nEndpoint = 192.0.2.1:1", "10.8.0.2/32"),
        WantedPeer(PEER, PSK, "10.8.0.2/32\n[Interface]"),
        WantedPeer(PEER, PSK, "10.8.0.2/32, 0.0.0.0/0"),
        WantedPeer(PEER, PSK, ""),
        WantedPeer("short", PSK, "10.8.0.2/32"),
    ],
)
def test_a_malformed_peer_is_never_written(spec: WantedPeer) -> None:
    with pytest.raises(AwgError) as caught:
        render_peers([spec])
    assert caught.value.kind == "garbage"
    assert PSK not in str(caught.value)


def tool(folder: Path, script: str) -> Awg:
    """Write a shell script that replaces the tool."""
    path = folder / "awg"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return Awg((str(path),), "awg0", timeout=5)


def test_secrets_go_by_stdin_and_the_rest_as_arguments(tmp_path: Path) -> None:
    awg = tool(tmp_path, f'printf "%s\\n" "$@" >{tmp_path}/arguments; cat >{tmp_path}/stdin')
    specs = [WantedPeer(PEER, PSK, "10.8.0.2/32")]
    awg.add_peers(specs)
    assert (tmp_path / "arguments").read_text() == "addconf\nawg0\n/dev/stdin\n"
    assert (tmp_path / "stdin").read_text() == render_peers(specs)


def test_the_private_key_is_not_among_the_arguments(tmp_path: Path) -> None:
    awg = tool(tmp_path, f'echo "$@" >>{tmp_path}/arguments; [ $1 = pubkey ] && exec cat; echo {PSK}')
    assert awg.generate_keys() == Keys(PSK, PSK, PSK)
    assert (tmp_path / "arguments").read_text() == "genkey\npubkey\ngenpsk\n"


def test_children_get_nothing_of_our_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", "123:secret")
    tool(tmp_path, f"env >{tmp_path}/seen").version()
    names = {line.partition("=")[0] for line in (tmp_path / "seen").read_text().splitlines()}
    assert names - {"PWD", "_", "SHLVL", "OLDPWD"} == {"PATH", "LC_ALL"}


def test_many_removals_stay_under_the_argument_limit(tmp_path: Path) -> None:
    awg = tool(tmp_path, f"echo $# >>{tmp_path}/counts")
    awg.remove_peers([PEER] * 2500)
    assert (tmp_path / "counts").read_text().split() == ["3002", "3002", "1502"]


def test_the_first_line_of_the_version_counts(tmp_path: Path) -> None:
    assert tool(tmp_path, "echo amneziawg-tools v3.1; echo more").version() == "amneziawg-tools v3.1"


@pytest.mark.parametrize(
    ("script", "kind", "text"),
    [
        (
            "echo 'Unable to modify interface: Operation not permitted' >&2; exit 1", "not_permitted",
            "failed (1): Unable to modify interface: Operation not permitted — is the service allowed CAP_NET_ADMIN?",
        ),
        ("echo 'Unable to access interface: No such device' >&2; exit 1", "no_interface", "No such device — is the"),
        ("exit 1", "failed", "failed (1): gave no reason"),
        ("echo 'Invalid argument: x' >&2; exit 3", "failed", "failed (3): Invalid argument: x"),
        ("printf 'a\\nb\\n' >&2; exit 1", "failed", "failed (1): a; b"),
        ("printf '\\377\\n' >&2; exit 1", "failed", "failed (1): \ufffd"),
        ("kill -SEGV $$", "failed", "was killed by SIGSEGV"),
        ("no-such-command-anywhere", "missing", "is amneziawg-tools installed?"),
        ("echo 'exec of \"awg\" failed: No such file or directory' >&2; exit 255", "missing", "is amneziawg-tools"),
    ],
)  # fmt: skip
def test_a_failure_says_what_where_and_why(tmp_path: Path, script: str, kind: str, text: str) -> None:
    with pytest.raises(AwgError) as caught:
        tool(tmp_path, script).show()
    assert caught.value.kind == kind
    assert f"{tmp_path}/awg show awg0" in str(caught.value)
    assert text in str(caught.value)


def test_keys_in_the_answer_are_masked(tmp_path: Path) -> None:
    words = f"Line unrecognized: `PresharedKey={PSK}' and {PSK[:42]} and {'ab' * 32}"
    with pytest.raises(AwgError) as caught:
        tool(tmp_path, f'echo "{words.replace("`", "")}" >&2; exit 1').show()
    assert str(caught.value).count("(hidden)") == 3
    assert PSK[:20] not in str(caught.value)


def test_a_cut_off_key_that_the_tool_quotes_is_masked(tmp_path: Path) -> None:
    with pytest.raises(AwgError, match=r"`\(hidden\)'$") as caught:
        tool(tmp_path, 'printf %s "Key is not the correct length or format: \\`c2VjcmV0\'" >&2; exit 1').show()
    assert "c2VjcmV0" not in str(caught.value)


def test_an_answer_that_is_no_key_is_not_quoted(tmp_path: Path) -> None:
    with pytest.raises(AwgError, match="genkey answered with something that is no key") as caught:
        tool(tmp_path, f"echo {PRIVATE}x").generate_keys()
    assert caught.value.kind == "garbage"
    assert PRIVATE not in str(caught.value)


def test_a_missing_tool_is_said(tmp_path: Path) -> None:
    for awg, package in ((Awg(("awg-nowhere",), "awg0"), "amneziawg-tools"), (Awg(("a/b", "awg"), "awg0"), "amnezia")):
        with pytest.raises(AwgError, match=f"not found — is {package}") as caught:
            awg.show()
        assert caught.value.kind == "missing"


def test_a_tool_that_may_not_be_executed_is_said(tmp_path: Path) -> None:
    awg = tool(tmp_path, "")
    (tmp_path / "awg").chmod(stat.S_IRUSR)
    with pytest.raises(AwgError, match="may not be executed") as caught:
        awg.show()
    assert caught.value.kind == "not_permitted"


def test_too_many_arguments_are_said() -> None:
    with pytest.raises(AwgError, match="could not be started: Argument list too long"):
        Awg(("true", "x" * 200_000), "awg0").version()


def test_the_tool_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    tool(tmp_path, f"sleep 600 & echo $! >{tmp_path}/child; wait")
    awg = Awg((f"{tmp_path}/awg",), "awg0", timeout=0.2)
    with pytest.raises(AwgError, match=r"show awg0 gave no answer in 0\.2 s") as caught:
        awg.show()
    assert caught.value.kind == "timeout"
    assert is_gone(int((tmp_path / "child").read_text()))


def test_a_call_can_be_cut_off_from_another_thread(tmp_path: Path) -> None:
    tool(tmp_path, f"echo $$ >{tmp_path}/new; mv {tmp_path}/new {tmp_path}/child; exec sleep 600")
    awg = Awg((f"{tmp_path}/awg",), "awg0", timeout=60)
    awg.cut_off()

    def cut_off_when_it_runs() -> None:
        while not (tmp_path / "child").exists():
            time.sleep(0.01)
        awg.cut_off()

    threading.Thread(target=cut_off_when_it_runs).start()
    with pytest.raises(AwgError, match="killed by SIGKILL"):
        awg.version()


def is_gone(pid: int) -> bool:
    """Wait a moment for a process to end, at least as a zombie that its parent has not reaped yet."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.01)
    os.kill(pid, 9)
    return False


def test_ip_takes_the_place_of_the_last_word(tmp_path: Path) -> None:
    prefix = tmp_path / "prefix"
    prefix.write_text(f"#!/bin/sh\necho \"$@\" >{tmp_path}/words; echo '[]'\n")
    prefix.chmod(0o755)
    assert Awg((str(prefix), "exec", "server", "wg"), "awg0").addresses() == ()
    assert (tmp_path / "words").read_text() == "exec server ip -j address show dev awg0\n"
