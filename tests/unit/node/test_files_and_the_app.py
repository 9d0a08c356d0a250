"""A container's files while the AmneziaVPN app writes them too: peers revoked there, and damaged files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from ipaddress import ip_interface
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.node import files
from lib.node.node import Failure, obey, peer_block
from tests.unit.node.child import ADDRESSES, key
from tests.unit.node.hostile import HOSTILE_ADDRESSES, HOSTILE_KEYS

CONF, TABLE = "/opt/amnezia/awg/awg0.conf", "/opt/amnezia/awg/clientsTable"
HEAD = "[Interface]\nPrivateKey = {key}\nAddress = 10.8.0.0/24\nListenPort = 51820\n# I1 = <b 0x01>\n\n"
SECTION = "[Peer]\nPublicKey = {key}\nPresharedKey = {psk}\nAllowedIPs = 10.8.0.{n}/32\n\n"


class Inside:
    """The two files in memory, the app that writes them, and the interface of a node."""

    prefix, interface = ("docker", "exec", "-i", "amnezia-awg2"), "awg0"

    def __init__(self, older: bool = False) -> None:
        self.before, self.later = dict[str, str](), dict[str, str]()
        self.files = {CONF: HEAD.format(key=key(99)), TABLE: "{}" if older else "[]"}
        self.happens: list[Callable[[], object]] = []  # run before each read of the .conf

    def find(self) -> tuple[int, str, list[Any]]:
        return 7, "-", [ip_interface(address) for address in ADDRESSES]

    def run(self, *words: str, stdin: str = "") -> str:
        sh, option, script, _, path, *sums = words
        assert (sh, option, script in (files.READ, files.REPLACE), path in (CONF, TABLE)) == ("sh", "-c", True, True)
        assert all(re.fullmatch("[0-9a-f]{64}", one) for one in sums)
        if script == files.REPLACE:
            self.files[path] = stdin
        elif path == CONF and self.happens:
            self.happens.pop(0)()
        return self.files[path]

    def clients(self) -> dict[str, str]:
        return files.names_of(self.files[TABLE])

    def addresses(self) -> list[int]:
        return [int(n) for n in re.findall(r"(?m)^AllowedIPs = 10\.8\.0\.(\d+)", self.files[CONF])]

    def app_adds(self, name: str, list_too: bool = True) -> int:
        """Add a client as the app does, with the address after the last one; return its number."""
        found = re.findall(r"AllowedIPs = (\d+\.\d+\.\d+\.\d+)", self.files[CONF])
        n = int(found[-1].split(".")[-1]) + 1 if found else 2
        self.files[CONF] += SECTION.format(key=key(n), psk=key(98), n=n)
        if list_too:
            listed = json.loads(self.files[TABLE])
            if isinstance(listed, dict):
                listed[key(n)] = {"clientName": name}
            else:
                listed.append({"clientId": key(n), "userData": {"clientName": name}})
            self.files[TABLE] = json.dumps(listed)
        return n

    def app_leaves_out(self, n: int) -> None:
        """Remove a client from the .conf as the app does: split at brackets, drop the first piece with its key."""
        pieces = self.files[CONF].split("[")
        if found := [piece for piece in pieces if key(n) in piece]:
            pieces.remove(found[0])
        self.files[CONF] = "[" + "[".join(filter(None, pieces))
        assert self.files[CONF].count("[Peer]") == self.files[CONF].count("PublicKey = "), "it is still a file"

    def app_unlists(self, n: int) -> None:
        listed = json.loads(self.files[TABLE])
        if isinstance(listed, dict):
            listed.pop(key(n), None)
        else:
            listed = [one for one in listed if one["clientId"] != key(n)]
        self.files[TABLE] = json.dumps(listed)

    def app_revokes(self, *numbers: int) -> None:
        for n in numbers:
            self.app_leaves_out(n)
            self.app_unlists(n)

    def keep(
        self,
        on: dict[int, str],
        off: tuple[int, ...] = (),
        deleted: tuple[int, ...] = (),
        others: tuple[int, ...] = (),
    ) -> dict[str, Any]:
        """Update the files with the bot's peers, given as number -> name."""
        lists = [[[key(n), None, [f"10.8.0.{n}/32"], name] for n, name in some]
                 for some in (on.items(), ((n, "Off") for n in off))]  # fmt: skip
        keys = {"deleted": [key(n) for n in deleted], "others": [key(n) for n in others]}
        request = {"peers": lists[0], "off": lists[1], **keys}
        return files.obey(self, request, peer_block, Failure)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PAUSE", 0)


@pytest.fixture
def inside() -> Inside:
    found = Inside()
    found.app_adds("Bob")
    return found


def test_it_works(inside: Inside) -> None:
    ours = {3: "Ann", 4: "Cid", 5: "Dan"}
    inside.keep(ours)
    inside.app_revokes(3)
    assert inside.keep(ours)["revoked"] == [key(3)]
    assert inside.addresses() == [2, 4, 5]
    assert inside.clients() == {key(2): "Bob", key(4): "Cid", key(5): "Dan"}


def test_the_last_one_can_be_revoked_too(inside: Inside) -> None:
    inside.keep({3: "Ann"})
    inside.app_revokes(3, 2)
    assert inside.keep({3: "Ann"})["revoked"] == [key(3)]
    assert inside.addresses() == []


def test_whose_address_the_app_gives_away_at_once_is_revoked_all_the_same(inside: Inside) -> None:
    inside.keep({3: "Ann", 4: "Cid"})
    inside.app_revokes(4)
    inside.files[CONF] += SECTION.format(key=key(44), psk=key(98), n=4)
    answer = inside.keep({3: "Ann", 4: "Cid"})
    assert answer["revoked"] == [key(4)]
    assert key(44) in inside.files[CONF]


def test_who_never_got_in_was_not_revoked(inside: Inside) -> None:
    """One of the app's clients has the address."""
    for _ in range(3):
        assert inside.keep({2: "Ann", 3: "Cid"})["revoked"] == []
    inside = Inside()
    inside.files[CONF] += SECTION.format(key=key(44), psk=key(98), n=3)
    for _ in range(3):
        assert inside.keep({3: "Ann"})["revoked"] == []
        assert inside.addresses() == [3]
        assert key(3) not in inside.clients()


@pytest.mark.parametrize("damage", [
    pytest.param(lambda it: it.files.update({CONF: HEAD.format(key=key(99)), TABLE: "[]"}), id="emptied"),
    pytest.param(lambda it: it.files.update({CONF: HEAD.format(key=key(77)), TABLE: ""}), id="recreated"),
    pytest.param(lambda it: it.files.update(it.before), id="from before the bot"),
    pytest.param(lambda it: it.files.update(it.later), id="an older one"),
    pytest.param(lambda it: it.files.update({CONF: it.files[CONF][:200]}), id="cut"),
    pytest.param(lambda it: it.files.update({CONF: it.files[CONF][:200], TABLE: ""}), id="both cut"),
    pytest.param(lambda it: it.files.update({CONF: it.files[CONF][:200], TABLE: '[{"clientId":'}), id="broken"),
    pytest.param(lambda it: it.files.update({CONF: it.files[CONF][:200], TABLE: "[NaN]"}), id="no number"),
    pytest.param(lambda it: it.files.update({TABLE: "[]"}), id="list emptied"),
    pytest.param(lambda it: it.app_leaves_out(4), id="by hand"),
])  # fmt: skip
def test_a_damaged_file_never_means_that_somebody_was_revoked(inside: Inside, damage: Callable[[Any], None]) -> None:
    inside.before = dict(inside.files)
    inside.keep({3: "Ann"})
    inside.later = dict(inside.files)
    ours = {n: f"Friend {n}" for n in range(3, 6)}  # few enough to count as revoked
    inside.keep(ours)
    damage(inside)
    assert inside.keep(ours)["revoked"] == []
    assert {*ours} <= {*inside.addresses()}
    assert len(inside.addresses()) == len({*inside.addresses()})


@pytest.mark.parametrize(("held", "gone", "believed"), [(3, 3, True), (4, 4, False), (8, 4, True), (8, 5, False)])
def test_many_at_once_are_put_back_and_told(inside: Inside, held: int, gone: int, believed: bool) -> None:
    ours = dict.fromkeys(range(3, 3 + held), "Friend")
    inside.keep(ours)
    inside.app_revokes(*range(3, 3 + gone))
    answer = inside.keep(ours)
    keys = [key(n) for n in range(3, 3 + gone)]
    assert (answer["revoked"], answer["restored"]) == ((keys, []) if believed else ([], keys))
    assert len(inside.addresses()) == 1 + held - (gone if believed else 0)


def test_the_app_is_given_the_time_to_get_from_one_file_to_the_other(inside: Inside) -> None:
    ours = {3: "Ann", 4: "Cid"}
    inside.keep(ours)
    inside.app_leaves_out(3)
    inside.happens = [lambda: None, lambda: None, lambda: inside.app_unlists(3)]
    assert inside.keep(ours)["revoked"] == [key(3)]
    assert inside.addresses() == [2, 4]


def test_what_the_app_read_before_the_bot_wrote_revokes_only_whom_it_meant(inside: Inside) -> None:
    inside.keep({3: "Ann", 4: "Cid"})
    stale = dict(inside.files)
    inside.keep({3: "Ann", 4: "Cid", 5: "Dan"})
    inside.files.update(stale)
    inside.app_revokes(3)
    assert inside.keep({3: "Ann", 4: "Cid", 5: "Dan"})["revoked"] == [key(3)]
    assert inside.addresses() == [2, 4, 5]


def test_the_address_of_a_peer_that_is_off_is_kept(inside: Inside) -> None:
    inside.keep({3: "Ann", 4: "Cid"})
    inside.keep({3: "Ann"}, off=(4, 6))
    assert inside.app_adds("Granny") == 7
    inside.keep({3: "Ann", 4: "Cid"}, off=(6,))
    assert inside.addresses() == [3, 4, 2, 7]
    assert inside.files[CONF].count("AllowedIPs") == 4, "the highest one needs no help"
    assert inside.keep({})["revoked"] == []
    assert inside.addresses() == [2, 7]
    assert "AndreyVPN_bot" not in inside.files[CONF]


def test_what_an_earlier_bot_wrote_is_not_this_ones_to_remove(inside: Inside) -> None:
    """The bot was uninstalled, friends stayed connected, and it was installed again with an empty database."""
    inside.keep({3: "Ann", 4: "Cid"})
    answer = inside.keep({5: "Dan"}, others=(2, 3, 4))
    assert inside.addresses() == [2, 3, 4, 5]
    assert answer["names"] == {key(2): "Bob", key(3): "Ann", key(4): "Cid"}
    inside.files[TABLE] = "[]"
    inside.keep({5: "Dan"}, others=(2, 3, 4))
    assert inside.clients() == {key(2): "Client 0", key(3): "Ann", key(4): "Cid", key(5): "Dan"}
    inside.keep({5: "Dan"}, others=(2, 3))
    assert inside.addresses() == [2, 3, 5], "a peer that the bot has removed is not on the interface"


def test_what_the_app_lists_again_after_the_bot_deleted_it_goes_again(inside: Inside) -> None:
    """The app writes back the list that it read when its page was opened."""
    inside.keep({3: "Ann", 4: "Cid"})
    stale = inside.files[TABLE]
    inside.keep({4: "Cid"})
    inside.files[TABLE] = stale
    inside.keep({4: "Cid"}, deleted=(3,))
    assert inside.clients() == {key(2): "Bob", key(4): "Cid"}
    inside.keep({4: "Cid"}, deleted=(2,))
    assert inside.addresses() == [4], "it was given to a friend, then deleted before it was ever written"
    assert inside.clients() == {key(4): "Cid"}


def test_a_name_can_not_lead_the_app_to_somebody_else(inside: Inside) -> None:
    """The app picks the first section that contains the key, wherever it is."""
    ours = {3: key(4), 4: "Cid"}
    inside.keep(ours)
    inside.app_revokes(4)
    assert inside.keep(ours)["revoked"] == [key(4)]
    assert inside.clients()[key(3)] == key(4), "in the list, a name is what it is"


def test_an_entry_that_stands_twice_is_left_twice(inside: Inside) -> None:
    inside.keep({3: "Ann"})
    inside.files[TABLE] = json.dumps(json.loads(inside.files[TABLE]) * 2)
    inside.keep({3: "Ann B"})
    assert [one["userData"]["clientName"] for one in json.loads(inside.files[TABLE])] == ["Bob", "Ann B"] * 2


def test_names_that_the_app_made_up_become_the_bots_again(inside: Inside) -> None:
    """The app's list was lost, and it has filled a new one."""
    inside.keep({3: "Ann"})
    listed = [{"clientId": key(n), "userData": {"clientName": f"Client {n - 2}"}} for n in (2, 3)]
    inside.files[TABLE] = json.dumps(listed)
    inside.keep({3: "Ann"})
    assert inside.clients() == {key(2): "Client 0", key(3): "Ann"}


names = st.sampled_from(["Ann", "Bob [1]", "[Peer]", "# x", '"', "Ёж", "a = b", key(5)])
numbers = st.integers(2, 12)
events = st.lists(
    st.tuples(st.just("app adds"), names) | st.tuples(st.just("app revokes"), numbers)
    | st.tuples(st.just("bot adds"), st.tuples(numbers, names)) | st.tuples(st.just("bot pauses"), numbers)
    | st.tuples(st.just("bot deletes"), numbers),
    max_size=14,
)  # fmt: skip


@given(events, st.booleans())
def test_whatever_happens_nothing_of_the_apps_is_lost(happened: list[tuple[str, Any]], older: bool) -> None:
    """The app and the bot take turns. No address is assigned twice, and all clients of both are there at the end."""
    inside, apps, on, off = Inside(older), dict[int, str](), dict[int, str](), dict[int, str]()
    for what, value in happened:
        gone = set[int]()
        if what == "app adds":
            n = inside.app_adds(value)
            assert n not in {*apps, *on, *off}, "the app takes the one behind the last in the file"
            apps[n] = value
        elif what == "app revokes" and value in {*apps, *on}:
            inside.app_revokes(value)
            apps.pop(value, None)
            gone = {value} & on.keys()
        elif what == "bot adds" and value[0] not in {*apps, *off}:
            on[value[0]] = value[1]
        elif what == "bot pauses" and value in {*on, *off}:
            here, there = (on, off) if value in on else (off, on)
            there[value] = here.pop(value)
        elif what == "bot deletes":
            on.pop(value, None)
            off.pop(value, None)
        answer = inside.keep(on, tuple(off))
        assert answer["revoked"] == [key(n) for n in gone]
        off |= {n: on.pop(n) for n in gone}
        inside.keep(on, tuple(off))
        before = dict(inside.files)
        assert inside.keep(on, tuple(off))["restored"] == []
        assert inside.files == before, "twice is once"
        assert sorted(inside.addresses()) == sorted({*apps, *on})
        assert inside.clients() == {key(n): name for n, name in {**apps, **on}.items()}
        assert inside.files[CONF].startswith(HEAD.format(key=key(99)))


# ---- arbitrary input ----

anything = st.sampled_from([None, True, 7, "", "x\ny", "\ud800", [], {}, *HOSTILE_KEYS, *HOSTILE_ADDRESSES])
good_peers = st.builds(lambda n, name: [key(n), None, [f"10.8.0.{n}/32"], name], st.integers(3, 200), names)
some_peers = st.lists(good_peers, max_size=4, unique_by=lambda one: one[0])
hostile_peers = st.builds(lambda good, place, bad: [*good[:place], bad, *good[place + 1 :]],
                          good_peers, st.integers(0, 4), anything)  # fmt: skip
some_keys = st.lists(st.builds(key, numbers) | anything, max_size=3)
requests = st.fixed_dictionaries({
    "do": st.just("files"), "peers": some_peers | st.lists(good_peers | hostile_peers, max_size=4) | anything,
    "off": some_peers | anything, "deleted": some_keys | anything, "others": some_keys | anything,
}, optional={"more": anything})  # fmt: skip
LINE = re.compile(r"\[Peer\]|PublicKey = [\w+/]{43}=|PresharedKey = [\w+/]{43}=|AllowedIPs = 10\.8\.0\.\d+/32|"
                  r"# AndreyVPN_bot: [^\[\]=\n]+|# AndreyVPN_bot_keeps = [\w+/ .=]+|")  # fmt: skip


@given(requests)
def test_whatever_is_asked_for_is_refused_or_leaves_two_sound_files(request: Any) -> None:
    inside = Inside()
    inside.app_adds("Bob")
    before = dict(inside.files)
    try:
        obey(inside, json.dumps(request).encode() + b"\n")  # type: ignore[arg-type]
    except Failure as exc:
        assert exc.kind == "refused"
        assert inside.files == before
        return
    assert request.keys() == {"do", "peers", "off", "deleted", "others"}
    head, sections = files.divide(inside.files[CONF])
    assert head.startswith(HEAD.format(key=key(99)))
    assert all(LINE.fullmatch(line) for section in sections for line in section.split("\n"))
    theirs = set() if key(2) in request["deleted"] else {key(2)}
    assert {*map(files.key_of, sections)} == theirs | {peer[0] for peer in request["peers"]}
    assert isinstance(json.loads(inside.files[TABLE]), list)


texts = st.text("[]Per=#\n \t\r\x85i{}\",:0", max_size=40)
pieces = st.lists(texts | st.sampled_from([
    "[Peer]\n", "[Interface]\n", f"PublicKey = {key(2)}\n", f"PublicKey = {key(3)}\n", "AllowedIPs = 10.8.0.3/32\n",
    "AllowedIPs = 0.0.0.0/0\n", "AllowedIPs = x\n", "# AndreyVPN_bot: Ann\n", "# AndreyVPN_bot_keeps = AAAAAAAD\n",
    f'[{{"clientId": "{key(3)}", "userData": null}}]', '{"x": {"clientName": 7}}', "1e999", "NaN",
    '"\\ud800"', "[" * 999,
]), max_size=8).map("".join)  # fmt: skip


@given(pieces, pieces)
def test_whatever_is_in_the_files_the_node_gets_over_it(conf: str, table: str) -> None:
    inside = Inside()
    inside.files = {CONF: f"{HEAD}{conf}", TABLE: table}
    try:
        answers = [inside.keep({3: "Ann", 4: "Cid"}) for _ in range(3)]
    except Failure as exc:
        assert exc.kind == "failed"
        return
    for answer in answers:
        assert json.loads(json.dumps(answer)) == answer
    assert files.read_table(table) is not None or inside.files[TABLE] == table
    before = [section for section in files.divide(files.KEPT.sub("", f"{HEAD}{conf}"))[1] if files.MARK not in section]
    left = files.divide(inside.files[CONF])[1]
    for section in before:
        if files.key_of(section) not in (key(3), key(4)):
            assert any(one.startswith(section.rstrip("\n")) for one in left), "what others wrote stays"
