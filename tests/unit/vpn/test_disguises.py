"""Disguises look like what they are named after, to parsers that others wrote, and never twice the same."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from ipaddress import ip_address

import dns.flags
import dns.message
import dns.rdatatype
import pytest
from aioquic.buffer import Buffer
from aioquic.quic.packet import QuicPacketType, pull_quic_header
from hypothesis import given
from hypothesis import strategies as st

from lib import own_disguises
from lib.settings import Settings
from lib.vpn import disguises, obfuscation

seeds = st.integers(0, 2**64 - 1)
SERVER = {"Jc": "4", "Jmin": "10", "Jmax": "50", "S1": "20", "S2": "90", "H1": "5", "H2": "6", "H3": "7", "H4": "8"}


def packet(text: str, source: random.Random) -> bytes:
    """Make the packet that a client sends for an I-value."""
    tags = re.findall(r"<(\w+) ([^>]+)>", text)
    assert "".join(f"<{name} {value}>" for name, value in tags) == text
    return b"".join(bytes.fromhex(value[2:]) if name == "b" else source.randbytes(int(value)) for name, value in tags)


@given(seeds, st.sampled_from(disguises.NAMES))
def test_it_works(seed: int, name: str) -> None:
    drawn = disguises.draw(name, random=random.Random(seed)).parameters
    sent = obfuscation.for_client({**SERVER, "I1": "<r 128>", "I2": "<r 8>"}, drawn)
    obfuscation.check(obfuscation.complete(sent))
    assert set(drawn) <= {"Jc", "Jmin", "Jmax", "I1", "I2", "I3", "I4", "I5"}, "nothing that both ends must agree on"
    assert ("I2" in sent) == (name == "server")


@given(seeds)
def test_dns_is_read_as_an_answer_with_one_public_address(seed: int) -> None:
    source = random.Random(seed)
    answer = dns.message.from_wire(packet(disguises.draw("dns", random=source).parameters["I1"], source))
    assert answer.flags & dns.flags.QR
    assert len(answer.question) == len(answer.answer) == 1
    record = answer.answer[0]
    assert (record.name, record.rdtype, len(record)) == (answer.question[0].name, dns.rdatatype.A, 1)
    assert ip_address(record[0].address).is_global
    assert 60 <= record.ttl <= 3600


@given(seeds)
def test_quic_is_read_as_a_clients_first_packet_of_full_size(seed: int) -> None:
    source = random.Random(seed)
    datagram = packet(disguises.draw("quic", random=source).parameters["I1"], source)
    header = pull_quic_header(Buffer(data=datagram))
    assert (header.version, header.packet_type, header.token) == (1, QuicPacketType.INITIAL, b"")
    assert (header.packet_length, len(datagram), len(header.destination_cid)) == (1200, 1200, 8)


@pytest.mark.parametrize("name", ["dns", "quic"])
def test_no_two_are_alike(name: str) -> None:
    drawn = [disguises.draw(name) for _ in range(50)]
    assert len({str(one.parameters) for one in drawn}) > (45 if name == "dns" else 10)
    random.seed(1)
    first = disguises.draw(name)
    random.seed(1)
    assert [disguises.draw(name) for _ in range(20)] != [first] * 20, "a seed of somebody else's must not decide"


OWN = own_disguises.read(
    "Mobile: Jc = 3; Jmin = 40; Jmax = 100 | Shaped: I1 = <r 40>; port = 443 | Away: Jc = 2; port = 9"
)


def test_what_can_be_tried_depends_on_the_server_and_its_ports() -> None:
    assert disguises.ways({**SERVER, "S3": "5"}, (443, 500), OWN) == [
        "dns", "Mobile", "Shaped/443", "quic/443", "quiet", "dns/443", "dns/500", "server", "none",
    ]  # fmt: skip
    assert disguises.ways(SERVER, (500,), OWN) == ["Mobile", "quiet", "quiet/500", "server", "none"], "1.0: no packets"
    assert disguises.ways({}, (), OWN) == ["server"]
    assert disguises.ways({}, (443,), OWN) == ["server", "server/443"]


def test_what_the_owner_set_for_clients_is_part_of_what_a_disguise_is_judged_by(settings: Settings) -> None:
    (short,) = own_disguises.read("Short: Jmax = 50")
    plain, strict = (
        replace(settings, client_disguises=(short,), client_parameters=parameters)
        for parameters in ({}, {"Jmin": "60", "Jmax": "90"})
    )
    server = {**SERVER, "S3": "5"}
    assert "Short" in disguises.known(plain, server, 51820)
    assert "Short" not in disguises.known(strict, server, 51820), "60 to 50 bytes: no app would import it"


def test_each_way_can_be_drawn_stored_and_loaded() -> None:
    for key in disguises.ways({**SERVER, "S3": "5"}, (443, 500), OWN):
        drawn = disguises.draw(key, OWN)
        assert drawn.key == key
        assert disguises.load(disguises.store(drawn)) == drawn
    assert disguises.store(disguises.draw("server")) is None
    with pytest.raises(KeyError):
        disguises.draw("unheard of")


def test_the_way_back_to_the_interfaces_own_port_is_one_to_try(settings: Settings) -> None:
    server = {**SERVER, "S3": "5"}
    moved = replace(settings, second_ports=(443, 500), usual_port=443, client_disguises=OWN)
    before = disguises.known(replace(moved, usual_port=None), server, 51820)
    assert [key for key in before if "/" in key] == ["Shaped/443", "quic/443", "dns/443", "dns/500"]
    after = disguises.known(moved, server, 51820)
    assert [key for key in after if "/" in key] == ["Shaped/443", "dns/51820", "dns/500"], "the owner's own stays"


@pytest.mark.parametrize(("changes", "server", "key"), [
    ({}, {"S3": "5"}, "dns"),
    ({}, {}, "server"),  # 1.0: no app of that time knows packets of one's own
    ({}, {"S3": "5", "I1": "<r 128>"}, "server"),  # the owner's server has a shape already
    ({"client_parameters": {"Jc": "3"}}, {"S3": "5"}, "server"),  # the owner decided about clients
    ({"client_disguise": "quiet"}, {"S3": "5", "I1": "<r 128>"}, "quiet"),
    ({"client_disguise": "quic/443", "second_ports": (443,)}, {"S3": "5"}, "quic/443"),
    ({"client_disguise": "quic/443"}, {"S3": "5"}, "dns"),  # that port no longer leads here
    ({"client_disguise": "quic/443", "second_ports": (443,), "usual_port": 443}, {"S3": "5"}, "quic"),
    ({"client_disguise": "dns/51820", "second_ports": (443,), "usual_port": 443}, {"S3": "5"}, "dns/51820"),
])  # fmt: skip
def test_new_files_get_the_usual_one(
    settings: Settings, changes: dict[str, object], server: dict[str, str], key: str
) -> None:
    changed = replace(settings, **changes)  # type: ignore[arg-type]
    assert disguises.usual(changed, {**SERVER, **server}, 51820) == key
    assert disguises.load(disguises.for_new_file(changed, {**SERVER, **server}, 51820)).key == key
