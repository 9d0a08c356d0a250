"""The simulated interface keeps what a real one, or a network, would do to devices whose file gets no answer."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from lib.demo.awg.interface import SimulatedInterface, new_key
from lib.vpn import disguises

CONF = "[Interface]\nAddress = {address}/32\n\n[Peer]\nEndpoint = vpn.example.org:{port}\n"


@pytest.fixture
def interface(tmp_path: Path) -> SimulatedInterface:
    interface = SimulatedInterface(tmp_path, tmp_path / "peers")
    interface.up()
    interface.go_offline()
    for number in (2, 3):
        interface._run("awg", "set", "awg0", "peer", new_key(), "allowed-ips", f"10.8.0.{number}/32")
    return interface


def conf(number: int, port: int = 51820, first_packet: str = "<b 0xc3><r 1199>") -> str:
    return f"I1 = {first_packet}\n" + CONF.format(address=f"10.8.0.{number}", port=port)


def dns(number: int) -> str:
    """Return a file whose packets are disguised as DNS answers."""
    return conf(number, first_packet=disguises.draw("dns").parameters["I1"])


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
    interface.add_stranger(new_key(), "10.8.0.200")
    interface._run("awg", "set", "awg0", "peer", new_key(), "allowed-ips", "10.8.0.4/32")
    interface.set_clock(60)
    assert "10.8.0.4" not in connected(interface)


def test_a_network_that_drops_what_looks_like_dns_lets_calls_pass_and_no_answer(interface: SimulatedInterface) -> None:
    interface.download([dns(2), conf(3)])
    interface.set_filter(True)
    before = {peer.address: peer for peer in interface.peers() or []}
    interface.set_clock(240)
    interface.download([dns(2), conf(3)])
    after = {peer.address: peer for peer in interface.peers() or []}
    assert after["10.8.0.2"].received == before["10.8.0.2"].received + 148
    assert (after["10.8.0.2"].age or 0) >= 240 > (after["10.8.0.3"].age or 0)
    interface.download([dns(2), conf(3), conf(2)])
    assert (interface.peers() or [])[0].age == 0, "another way gets through"


def test_a_lifted_filter_lets_every_file_through(interface: SimulatedInterface) -> None:
    interface.set_filter(True)
    interface.download([dns(2), dns(3)])
    assert connected(interface) == []
    interface.set_filter(False)
    interface.download([dns(2), dns(3)])
    assert connected(interface) == ["10.8.0.2", "10.8.0.3"]


def test_a_new_file_that_the_network_drops_does_not_connect_by_itself(interface: SimulatedInterface) -> None:
    interface.set_filter(True)
    interface.download([conf(2), conf(3)])
    interface._run("awg", "set", "awg0", "peer", new_key(), "allowed-ips", "10.8.0.4/32")
    interface.set_clock(60)
    assert "10.8.0.4" not in connected(interface)


def test_a_device_that_is_off_is_silent_and_comes_back_with_a_new_handshake_from_a_new_port(
    interface: SimulatedInterface,
) -> None:
    def seen() -> list[str]:
        dump = subprocess.check_output([*shlex.split(interface.command), "show", "awg0", "dump"], text=True)
        (line,) = (line for line in dump.splitlines() if line.startswith(key))
        return line.split("\t")

    key = new_key()
    interface.add_stranger(key, "10.8.0.200")
    interface.switch(key, True)
    interface.set_clock(10)
    on = seen()
    interface.set_clock(20)
    assert int(seen()[5]) > int(on[5]), "it sends bytes"
    interface.switch(key, False)
    off = seen()
    interface.set_clock(100)
    assert seen() == off, "no bytes, no handshake"
    interface.switch(key, True)
    back = seen()
    assert int(back[4]) > int(off[4])
    assert int(back[5]) > int(off[5])
    assert back[2] != off[2]
    assert back[2].partition(":")[0] == off[2].partition(":")[0]
    assert connected(interface) == ["10.8.0.200"], "one device alone"
