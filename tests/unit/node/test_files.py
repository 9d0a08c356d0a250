"""A container's files, shared with the AmneziaVPN app: what the bot writes there, and what it never touches."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from lib.node.files import REPLACE
from lib.store.configs import WantedPeer
from lib.vpn.awg import Awg
from tests.needs import need_tools
from tests.unit.node.child import Child, Tools, key

CONTAINER = "amnezia-awg2"
DOCKER = """#!/bin/sh
# Stand in for docker: its container's files lie in the folder `inside`.
here=${0%/*}
shift 3
if [ "$1" != sh ]; then PATH=$here:$PATH exec "$@"; fi
if [ -e "$here/trouble.sh" ]; then . "$here/trouble.sh"; fi
PATH=$here:$PATH exec sh -c "$3" sh "$here/inside/$5" "$6" "$7"
"""
HEAD = """[Interface]
PrivateKey = {key}
Address = 10.8.0.0/24
ListenPort = 51820
Jc = 4
# I1 = <b 0x01>

"""
SECTION = """[Peer]
PublicKey = {key}
PresharedKey = {psk}
AllowedIPs = 10.8.0.{n}/32

"""


def peer(n: int, name: str = "Ann: phone", preshared: str | None = None, more: tuple[str, ...] = ()) -> list[Any]:
    """Return one of the bot's peers in the form of a request."""
    return [key(n), preshared, [f"10.8.0.{n}/32", *more], name]


def entry(n: int, name: str, **more: str) -> dict[str, Any]:
    return {"clientId": key(n), "userData": {"clientName": name, **more}}


def listing(*numbers: int) -> str:
    """Return the line of the .conf that lists the bot's peers."""
    return f"# AndreyVPN_bot_keeps = {' '.join(sorted(key(n)[-9:-1] for n in numbers))}\n"


class Inside:
    """The container's two files, and a node with access to them."""

    def __init__(self, tools: Tools) -> None:
        (tools.folder / "docker").write_text(DOCKER)
        (tools.folder / "docker").chmod(0o755)
        self.tools, self.folder = tools, tools.folder / "inside/opt/amnezia/awg"
        self.folder.mkdir(parents=True)
        self.conf, self.table = self.folder / "awg0.conf", self.folder / "clientsTable"
        self.app_adds(2, "Bob")

    def app_adds(self, n: int, name: str) -> None:
        """Add a client as the app does: at the end of the .conf, and to its list."""
        text = self.conf.read_text() if self.conf.exists() else HEAD.format(key=key(99))
        self.conf.write_text(text + SECTION.format(key=key(n), psk=key(98), n=n))
        listed = json.loads(self.table.read_text()) if self.table.exists() else []
        self.table.write_text(json.dumps([*listed, entry(n, name, creationDate="Mon Nov 30 09:00:00 2026")]))

    def app_revokes(self, n: int) -> None:
        """Revoke a client as the app does: it splits the .conf at brackets and drops one piece."""
        pieces = self.conf.read_text().split("[")
        pieces.remove(next(piece for piece in pieces if key(n) in piece))
        self.conf.write_text("[" + "[".join(filter(None, pieces)))
        listed = json.loads(self.table.read_text())
        self.table.write_text(json.dumps([one for one in listed if one["clientId"] != key(n)]))

    def keep(
        self, *peers: Any, off: Any = (), deleted: Any = (), container: str = CONTAINER
    ) -> dict[str, Any]:
        """Ask the node to update the files with these peers; return the answer."""
        command = f"docker exec -i {container} awg"
        with Child(self.tools, AWG_COMMAND=command, AWG_INTERFACE="awg0") as node:
            lists = {"peers": list(peers), "off": list(off), "deleted": [key(n) for n in deleted], "others": []}
            return node.ask({"do": "files", **lists})

    def kept(self, *peers: Any, off: Any = (), deleted: Any = ()) -> dict[str, Any]:
        answer = self.keep(*peers, off=off, deleted=deleted)
        assert "ok" in answer, answer
        found: dict[str, Any] = answer["ok"]
        return found

    def names(self) -> dict[str, str]:
        """Return the names in the app's list by key number."""
        found = json.loads(self.table.read_text())
        numbers = {key(n): n for n in range(2, 100)}
        pairs = found.items() if isinstance(found, dict) else ((one["clientId"], one["userData"]) for one in found)
        return {numbers[client]: data["clientName"] for client, data in pairs}  # type: ignore[misc]

    def addresses(self) -> list[str]:
        """Return the peers' addresses in the order of the file."""
        lines = self.conf.read_text().splitlines()
        return [line.removeprefix("AllowedIPs = ") for line in lines if line.startswith("AllowedIPs")]

    def is_sound(self) -> bool:
        """Return True if no temporary files are left."""
        return {path.name for path in self.folder.iterdir()} == {"awg0.conf", "clientsTable"}


@pytest.fixture
def inside(tools: Tools) -> Iterator[Inside]:
    found = Inside(tools)
    yield found
    assert found.is_sound()


def test_it_works(inside: Inside) -> None:
    before = inside.conf.read_text()
    answer = inside.kept(peer(3, preshared=key(97)), peer(4, "Cid: laptop"))
    assert answer == {"names": {key(2): "Bob"}, "trouble": None, "revoked": [], "restored": []}
    head, peers = before.split("[Peer]")
    assert inside.conf.read_text() == head + f"{listing(3, 4)}[Peer]{peers}" + (
        f"[Peer]\n# AndreyVPN_bot: Ann: phone\nPublicKey = {key(3)}\n"
        f"PresharedKey = {key(97)}\nAllowedIPs = 10.8.0.3/32\n\n"
        f"[Peer]\n# AndreyVPN_bot: Cid: laptop\nPublicKey = {key(4)}\nAllowedIPs = 10.8.0.4/32\n\n"
    )
    assert inside.names() == {2: "Bob", 3: "Ann: phone", 4: "Cid: laptop"}
    inside.kept()
    assert inside.conf.read_text() == before
    assert inside.names() == {2: "Bob"}


def test_what_is_so_already_is_not_written(inside: Inside) -> None:
    inside.kept(peer(3))
    inside.app_adds(5, "Eve")  # in the app's own format, which differs from ours
    inside.kept(peer(3))
    stamps = [(file.stat().st_ino, file.read_text()) for file in (inside.conf, inside.table)]
    inside.kept(peer(3))
    assert [(file.stat().st_ino, file.read_text()) for file in (inside.conf, inside.table)] == stamps


def test_all_that_the_app_wrote_stays(inside: Inside) -> None:
    entries = [entry(2, "Bob", latestHandshake="1m ago", more="<x>"), "odd", {"clientId": 7}, None]
    inside.table.write_text(json.dumps(entries))
    inside.kept(peer(3))
    inside.kept()
    assert json.loads(inside.table.read_text()) == entries


def test_the_older_form_of_the_list_is_kept(inside: Inside) -> None:
    inside.table.write_text(json.dumps({key(2): {"clientName": "Bob"}}))
    assert inside.kept(peer(3))["names"] == {key(2): "Bob"}
    assert json.loads(inside.table.read_text()) == {key(2): {"clientName": "Bob"}, key(3): {"clientName": "Ann: phone"}}
    inside.kept()
    assert json.loads(inside.table.read_text()) == {key(2): {"clientName": "Bob"}}


@pytest.mark.parametrize("there", [True, False])
def test_an_empty_list_or_none_gets_the_newer_form(inside: Inside, there: bool) -> None:
    inside.table.write_text("")
    if not there:
        inside.table.unlink()
    inside.kept(peer(3))
    theirs, ours = json.loads(inside.table.read_text())
    assert (ours["clientId"], ours["userData"]["clientName"]) == (key(3), "Ann: phone")
    assert (theirs["clientId"], theirs["userData"]["clientName"]) == (key(2), "Client 0"), "as the app does it"


@pytest.mark.parametrize("broken", [
    '[{"clientId": ', "17", '"text"', '[{"a": 1, "a": 2}]', "[" * 100_000, '["\\ud800"]', "null",
], ids=["cut", "number", "text", "twice", "deep", "half", "null"])  # fmt: skip
def test_a_broken_list_is_left_alone_and_said(inside: Inside, broken: str) -> None:
    inside.table.write_text(broken)
    assert inside.kept(peer(3))["trouble"] == "list"
    assert inside.table.read_text() == broken
    assert inside.addresses() == ["10.8.0.2/32", "10.8.0.3/32"], "the friend comes in after a restart all the same"


def test_the_app_never_gives_an_address_of_the_bots(inside: Inside) -> None:
    """It assigns the address after the last one in the file."""
    inside.kept(peer(4), peer(3))
    assert inside.addresses() == [f"10.8.0.{n}/32" for n in (2, 3, 4)]
    inside.app_adds(5, "Eve")
    inside.kept(peer(4))
    assert inside.addresses() == [f"10.8.0.{n}/32" for n in (4, 2, 5)]
    inside.kept(peer(4), peer(6), peer(3))
    assert inside.addresses() == [f"10.8.0.{n}/32" for n in (2, 5, 3, 4, 6)]
    inside.kept(peer(10, more=("fd10:8::10/128",)))
    assert inside.addresses()[-1] == "10.8.0.10/32, fd10:8::10/128"


def test_a_client_of_the_apps_that_the_bot_looks_after(inside: Inside) -> None:
    inside.conf.write_text(inside.conf.read_text().rstrip() + "\nPersistentKeepalive = 25\n")
    assert inside.kept(peer(2, "Ann: phone", key(98)))["names"] == {key(2): "Bob"}
    assert inside.conf.read_text().count(key(2)) == 1
    assert "PersistentKeepalive = 25\n" in inside.conf.read_text()
    assert inside.names() == {2: "Bob"}, "the owner called it so"
    inside.kept(off=[peer(2)])
    assert inside.addresses() == []
    assert inside.names() == {2: "Bob"}, "it comes back under this name"
    inside.kept(peer(2, "Ann: phone", key(98)))
    assert inside.names() == {2: "Bob"}
    inside.kept(deleted=[2])
    assert inside.addresses() == []
    assert inside.names() == {}, "it was deleted"


def test_a_name_follows_the_bot_until_the_owner_renames_it_in_the_app(inside: Inside) -> None:
    inside.kept(peer(3))
    inside.kept(peer(3, "Ann: tablet [new]"))
    assert inside.names()[3] == "Ann: tablet [new]"
    inside.kept(peer(3, "Ann: tablet"))
    assert inside.names()[3] == "Ann: tablet"
    table = json.loads(inside.table.read_text())
    table[1]["userData"]["clientName"] = "Annie"
    inside.table.write_text(json.dumps(table))
    inside.kept(peer(3, "Ann: phone"))
    inside.kept(peer(3, "Ann: telephone"))
    assert inside.names() == {2: "Bob", 3: "Annie"}
    inside.kept(off=[peer(3)])
    assert inside.names() == {2: "Bob", 3: "Annie"}


def test_what_the_app_revokes_stays_out_until_the_bot_lets_it_in_again(inside: Inside) -> None:
    both = peer(3), peer(4, "Cid [2]: [x]")
    inside.kept(*both)
    inside.app_revokes(3)
    for _ in range(2):  # the bot may be killed before it has paused the config
        assert inside.kept(*both)["revoked"] == [key(3)]
        assert inside.addresses() == ["10.8.0.2/32", "10.8.0.4/32"]
        assert inside.names() == {2: "Bob", 4: "Cid [2]: [x]"}
    assert inside.kept(both[1], off=[peer(3)])["revoked"] == []
    assert inside.kept(*both)["revoked"] == []
    assert inside.addresses() == [f"10.8.0.{n}/32" for n in (2, 3, 4)]
    assert inside.names() == {2: "Bob", 3: "Ann: phone", 4: "Cid [2]: [x]"}


@pytest.mark.parametrize("name", ["", " Ann", "Ann\n[Peer]", "a" * 65, "\u202eAnn", "\ud800", 7, None])
def test_a_name_that_is_no_printable_line_is_refused(inside: Inside, name: Any) -> None:
    before = inside.conf.read_text()
    assert inside.keep(peer(3, name))["error"] == "refused"
    assert inside.conf.read_text() == before


@pytest.mark.parametrize("name", [
    '"; rm -rf / #', "$(reboot)", "# [Interface]", "'\\n'", "Ёж 🦔", "</script>", "%s %(a)s {0}",
])  # fmt: skip
def test_a_hostile_name_is_only_a_name(inside: Inside, name: str) -> None:
    inside.kept(peer(3, name))
    assert inside.names()[3] == name
    assert inside.conf.read_text().count("[Interface]") == 1
    inside.kept()
    assert inside.names() == {2: "Bob"}


def test_hostile_names_of_the_apps_stay_with_the_app(inside: Inside) -> None:
    inside.table.write_text(json.dumps([entry(2, "x\ny"), entry(5, "y" * 65), entry(6, "\x1b[31m"), entry(7, "Gil")]))
    assert inside.kept(peer(3))["names"] == {key(7): "Gil"}
    assert inside.names()[5] == "y" * 65


@pytest.mark.parametrize("peers", [
    [["short", None, ["10.8.0.3/32"], "Ann"]], [[key(3), None, ["10.9.0.3/32"], "Ann"]],
    [[key(3), None, [], "Ann"]], [[key(3), None, ["10.8.0.0/24"], "Ann"]], [[key(3), None, ["10.8.0.1/32"], "Ann"]],
    [[key(3), None, "10.8.0.3/32", "Ann"]], [peer(3), peer(3)],
    [peer(3), [key(4), None, ["10.8.0.3/32"], "Ann"]], [[key(3), "x", ["10.8.0.3/32"], "Ann"]], [7],
])  # fmt: skip
def test_a_peer_that_breaks_a_rule_changes_nothing(inside: Inside, peers: list[Any]) -> None:
    before = inside.conf.read_text()
    assert inside.keep(*peers)["error"] == "refused"
    assert inside.conf.read_text() == before


def test_only_the_apps_own_containers_have_such_files(inside: Inside) -> None:
    assert inside.keep(peer(3), container="wg-easy")["error"] == "refused"
    assert inside.keep(peer(3), container="../etc")["error"] == "refused"


def test_a_file_that_is_no_conf_is_left_alone(inside: Inside) -> None:
    for content in (b"", b"\xff[Interface]\n", b"[Interface]\n" + b"#" * (1 << 20)):
        inside.conf.write_bytes(content)
        answer = inside.keep(peer(3))
        assert answer["error"] == "failed"
        assert str(inside.conf)[-len("/opt/amnezia/awg/awg0.conf"):] in answer["text"]
        assert inside.conf.read_bytes() == content


def test_what_the_app_writes_meanwhile_is_not_lost(inside: Inside) -> None:
    more = inside.tools.folder / "more"
    more.write_text(SECTION.format(key=key(5), psk=key(98), n=5))
    (inside.tools.folder / "trouble.sh").write_text(
        f'if [ -n "$6" ] && [ "${{5##*/}}" = awg0.conf ] && mv "{more}" "{more}.done"; then\n'
        f'    cat "{more}.done" >>"$here/inside/$5"\nfi\n')  # fmt: skip
    inside.kept(peer(3))
    assert inside.addresses() == [f"10.8.0.{n}/32" for n in (3, 2, 5)]
    (inside.tools.folder / "trouble.sh").write_text('if [ -n "$6" ]; then echo >>"$here/inside/$5"; fi')
    assert "all the time" in inside.keep(peer(4))["text"]
    assert inside.addresses() == [f"10.8.0.{n}/32" for n in (3, 2, 5)]


def test_what_the_app_appends_at_the_last_moment_is_not_lost(inside: Inside) -> None:
    (inside.tools.folder / "more").write_text(SECTION.format(key=key(5), psk=key(98), n=5))
    late = inside.tools.folder / "mv"
    late.write_text('#!/bin/sh\nmore=${0%/*}/more\n'
                    'case $2 in *.conf) [ ! -e "$more" ] || { cat "$more" >>"$2"; rm "$more"; } ;; esac\n'
                    'exec /bin/mv "$@"\n')  # fmt: skip
    late.chmod(0o755)
    inside.kept(peer(3))
    assert not (inside.tools.folder / "more").exists()
    assert inside.addresses() == [f"10.8.0.{n}/32" for n in (3, 2, 5)]


@pytest.mark.parametrize("place", ["cat >", "mv "])
@pytest.mark.parametrize("which", ["clientsTable", "awg0.conf"])
def test_killed_anywhere_the_next_round_does_the_rest(inside: Inside, place: str, which: str) -> None:
    inside.kept(peer(3), peer(4, "Cid"))
    before = [inside.conf.read_text(), inside.table.read_text()]
    (inside.tools.folder / "trouble.sh").write_text(
        f'case $5 in */{which})\n'
        f'    set -- "$1" "$2" "$(printf %s "$3" | sed "s#^{place}.*#kill -9 \\$\\$#")" "$4" "$5" "$6" "$7" ;;\n'
        "esac\n")  # fmt: skip
    assert "was killed by SIGKILL" in inside.keep(peer(3, "Ann: tablet"))["text"]
    after = [inside.conf.read_text(), inside.table.read_text()]
    assert after[0] == before[0]
    assert (after[1] == before[1]) == (which == "clientsTable")
    (inside.tools.folder / "trouble.sh").unlink()
    inside.kept(peer(3, "Ann: tablet"))
    assert inside.names() == {2: "Bob", 3: "Ann: tablet"}
    assert inside.addresses() == ["10.8.0.2/32", "10.8.0.3/32"]


def test_a_connection_that_breaks_leaves_the_file(inside: Inside) -> None:
    """If the process on the host is killed, the shell in the container has read only part of the input."""
    text = inside.conf.read_bytes()
    found = subprocess.run(["sha256sum"], input=text, capture_output=True, check=True).stdout.split()[0].decode()
    words = ["sh", "-c", REPLACE, "sh", str(inside.conf), found, "0" * 64]
    assert subprocess.run(words, input=text[:100], check=False).returncode == 1
    assert inside.conf.read_bytes() == text


def test_it_works_with_alpines_tools_too(inside: Inside) -> None:
    need_tools("busybox")
    for name in ("sh", "cat", "cp", "ln", "mv", "rm", "sync", "sha256sum"):
        (inside.tools.folder / name).symlink_to(str(shutil.which("busybox")))
    inside.app_adds(5, "Eve")
    inside.kept(peer(3))
    assert inside.addresses() == [f"10.8.0.{n}/32" for n in (3, 2, 5)]
    assert inside.names() == {2: "Bob", 3: "Ann: phone", 5: "Eve"}
    inside.kept()
    assert inside.names() == {2: "Bob", 5: "Eve"}


def test_a_file_that_the_app_replaces_at_the_last_moment_is_not_lost(inside: Inside) -> None:
    """`docker cp` doesn't write to the old file, but replaces it."""
    more = inside.tools.folder / "more"
    more.write_text(inside.conf.read_text() + SECTION.format(key=key(5), psk=key(98), n=5))
    late = inside.tools.folder / "sha256sum"
    late.write_text(f'#!/bin/sh\n/usr/bin/sha256sum\necho >>{more}.calls\n'
                    f'[ "$(wc -l <{more}.calls)" != 5 ] || mv {more} {inside.conf}\n')  # fmt: skip
    late.chmod(0o755)
    inside.kept(peer(3))
    assert not more.exists()
    assert inside.addresses() == [f"10.8.0.{n}/32" for n in (3, 2, 5)]


def test_a_full_disk_in_the_container_leaves_both_files(inside: Inside) -> None:
    before = [inside.conf.read_text(), inside.table.read_text()]
    full = inside.tools.folder / "cp"
    full.write_text("#!/bin/sh\necho 'cp: write error: No space left on device' >&2\nexit 1\n")
    full.chmod(0o755)
    answer = inside.keep(peer(3))
    assert answer["error"] == "failed"
    assert "No space left on device" in answer["text"]
    assert [inside.conf.read_text(), inside.table.read_text()] == before
    full.unlink()
    inside.kept(peer(3))
    assert inside.names() == {2: "Bob", 3: "Ann: phone"}


def test_the_bot_speaks_the_nodes_language(inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(inside.tools.folder), prepend=":")
    ann, cid = (WantedPeer(key(n), None, f"10.8.0.{n}/32") for n in (3, 4))
    with closing(Awg(("docker", "exec", "-i", CONTAINER, "awg"), "awg0")) as awg:
        kept, trouble = awg.files([(ann, "Ann"), (cid, "Cid")], [], [], [key(2)])
        assert (dict(kept.names), kept.revoked, kept.restored, trouble) == ({key(2): "Bob"}, set(), set(), None)
        inside.app_revokes(3)
        assert awg.files([(ann, "Ann"), (cid, "Cid")], [], [], [key(2)])[0].revoked == {key(3)}
        awg.files([(cid, "Cid")], [(ann, "Ann")], [key(2)], [])
    assert inside.names() == {4: "Cid"}


def test_a_file_that_is_made_is_nobody_elses_to_read(inside: Inside) -> None:
    inside.table.unlink()
    inside.kept(peer(3))
    assert inside.table.stat().st_mode & 0o777 == 0o600


def test_what_does_not_get_onto_the_disk_replaces_nothing(inside: Inside) -> None:
    before = [inside.conf.read_text(), inside.table.read_text()]
    broken = inside.tools.folder / "sync"
    broken.write_text("#!/bin/sh\necho 'sync: Input/output error' >&2\nexit 1\n")
    broken.chmod(0o755)
    assert "Input/output error" in inside.keep(peer(3))["text"]
    assert [inside.conf.read_text(), inside.table.read_text()] == before


def test_rights_stay(inside: Inside) -> None:
    inside.conf.chmod(0o640)
    before = inside.conf.stat()
    inside.kept(peer(3))
    assert inside.conf.stat().st_mode == before.st_mode
    assert inside.conf.stat().st_ino != before.st_ino
