"""The simulated interface: valid parameters, and traffic that only grows."""

from __future__ import annotations

from itertools import pairwise

import pytest

from lib.demo.awg import simulation, x25519
from lib.vpn import obfuscation


def test_it_works() -> None:
    interface = simulation.new_interface()
    assert (interface.up, interface.peers) == (False, {})


@pytest.mark.parametrize("_", range(50))
def test_the_parameters_of_every_new_interface_are_valid(_: int) -> None:
    settings = simulation.new_interface().settings
    parameters = obfuscation.read([settings[key] for key in simulation.SETTINGS])
    obfuscation.check(parameters)
    sizes = [148 + int(parameters["S1"]), 92 + int(parameters["S2"]), 64 + int(parameters["S3"])]
    assert len(set(sizes)) == 3


@pytest.mark.parametrize("number", range(0, 250, 25))
def test_traffic_grows_and_handshakes_are_fresh(number: int) -> None:
    key = x25519.encode(bytes([number] * 32))
    peer = simulation.StoredPeer(online_since=1_000_000.0, received=10, sent=20)
    seen = [simulation.observe(key, peer, 1_000_000.0 + second) for second in range(0, 4000, 7)]
    for earlier, later in pairwise(seen):
        assert earlier[1] < later[1]
        assert earlier[2] < later[2]
    assert all(0 <= 1_000_000 + second - at < 125 for second, (at, *_) in zip(range(0, 4000, 7), seen, strict=True))
    assert seen == [simulation.observe(key, peer, 1_000_000.0 + second) for second in range(0, 4000, 7)], "repeatable"
    assert 1_000 < (seen[-1][2] - seen[0][2]) / 4000 < 10_000_000, "a realistic number of bytes a second"
