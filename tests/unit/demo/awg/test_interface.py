"""The simulated interface keeps what a real one would do to devices whose file names an old port."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.demo.awg.interface import SimulatedInterface, new_key

CONF = "[Interface]\nAddress = {address}/32\n\n[Peer]\nEndpoint = vpn.example.org:{port}\n"


@pytest.fixture
def interface(tmp_path: Path) -> SimulatedInterface:
    interface = SimulatedInterface(tmp_path, tmp_path / "peers")
    interface.up()
    interface.go_offline()
    for number in (2, 3):
        interface._run("awg", "set", "awg0", "peer", new_key(), "allowed-ips", f"10.8.0.{number}/32")
    return interface


def conf(number: int, port: int) -> str:
    return CONF.format(address=f"10.8.0.{number}", port=port)


def connected(interface: SimulatedInterface) -> list[str]:
    return sorted(peer.address for peer in interface.peers() or [] if peer.age is not None)


def test_it_works(interface: SimulatedInterface) -> None:
    assert connected(interface) == []
    interface.download([conf(2, 51820), conf(3, 51820)])
    assert connected(interface) == ["10.8.0.2", "10.8.0.3"]


def test_a_file_with_the_old_port_gets_no_handshake_until_there_is_a_new_one(interface: SimulatedInterface) -> None:
    interface.change_port()
    old = [conf(2, 51820), conf(3, 51820)]
    assert interface.late(old) == {"10.8.0.2", "10.8.0.3"}
    interface.download(old)
    assert connected(interface) == []
    new = [*old, conf(2, 51821)]
    assert interface.late(new) == {"10.8.0.3"}
    interface.download(new)
    assert connected(interface) == ["10.8.0.2"]


def test_a_peer_that_is_added_after_a_change_of_port_stays_off(interface: SimulatedInterface) -> None:
    interface.download([conf(2, 51820), conf(3, 51820)])
    interface.change_port()
    interface.add_stranger("10.8.0.200")
    interface._run("awg", "set", "awg0", "peer", new_key(), "allowed-ips", "10.8.0.4/32")
    interface.set_clock(60)
    assert "10.8.0.4" not in connected(interface)
