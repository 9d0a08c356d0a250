"""Disguises look like what they are named after, to parsers that others wrote, and never twice the same."""

from __future__ import annotations

import random
import re
from ipaddress import ip_address

import dns.flags
import dns.message
import dns.rdatatype
import pytest
from aioquic.buffer import Buffer
from aioquic.quic.packet import QuicPacketType, pull_quic_header
from hypothesis import given
from hypothesis import strategies as st

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
    drawn = disguises.draw(name, random.Random(seed))
    sent = obfuscation.for_client({**SERVER, "I1": "<r 128>", "I2": "<r 8>"}, drawn)
    obfuscation.check(obfuscation.complete(sent))
    assert set(drawn) <= {"Jc", "Jmin", "Jmax", "I1", "I2", "I3", "I4", "I5"}, "nothing that both ends must agree on"
    assert ("I2" in sent) == (name == "server")


@given(seeds)
def test_dns_is_read_as_an_answer_with_one_public_address(seed: int) -> None:
    source = random.Random(seed)
    answer = dns.message.from_wire(packet(disguises.draw("dns", source)["I1"], source))
    assert answer.flags & dns.flags.QR
    assert len(answer.question) == len(answer.answer) == 1
    record = answer.answer[0]
    assert (record.name, record.rdtype, len(record)) == (answer.question[0].name, dns.rdatatype.A, 1)
    assert ip_address(record[0].address).is_global
    assert 60 <= record.ttl <= 3600


@given(seeds)
def test_quic_is_read_as_a_clients_first_packet_of_full_size(seed: int) -> None:
    source = random.Random(seed)
    datagram = packet(disguises.draw("quic", source)["I1"], source)
    header = pull_quic_header(Buffer(data=datagram))
    assert (header.version, header.packet_type, header.token) == (1, QuicPacketType.INITIAL, b"")
    assert (header.packet_length, len(datagram), len(header.destination_cid)) == (1200, 1200, 8)


@pytest.mark.parametrize("name", ["dns", "quic"])
def test_no_two_are_alike(name: str) -> None:
    drawn = [disguises.draw(name) for _ in range(50)]
    assert len({str(one) for one in drawn}) > (45 if name == "dns" else 10)
    random.seed(1)
    first = disguises.draw(name)
    random.seed(1)
    assert [disguises.draw(name) for _ in range(20)] != [first] * 20, "a seed of somebody else's must not decide"
