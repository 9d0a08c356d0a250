"""Devices from before the bot: the bot reads their names, and they come back with the interface, as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.demo.awg.interface import SimulatedInterface
from lib.demo.backstage.old_devices import MOST, SWITCHED, OldDevices
from lib.watch.peer_names import PeerNames


@pytest.fixture
def interface(tmp_path: Path) -> SimulatedInterface:
    interface = SimulatedInterface(tmp_path, tmp_path / "peers")
    interface.up()
    interface.go_offline()
    return interface


@pytest.fixture
def devices(interface: SimulatedInterface, tmp_path: Path) -> OldDevices:
    return OldDevices(interface, tmp_path / "names.json")


def connected(interface: SimulatedInterface) -> dict[str, bool]:
    return {peer.address: peer.age is not None for peer in interface.peers() or []}


@pytest.mark.parametrize(("language", "name"), [("en", "Anna laptop"), ("ru", "Анна ноутбук"), ("de", "Anna laptop")])
def test_it_works(devices: OldDevices, interface: SimulatedInterface, tmp_path: Path, language: str, name: str) -> None:
    devices.add(language)
    (peer,) = interface.peers() or []
    assert (peer.address, peer.age is not None) == ("10.8.0.200", True)
    assert PeerNames(tmp_path / "names.json").read() == {peer.key: name}
    assert devices.show() == [{"name": name, "on": True}]


def test_the_first_ones_alone_have_names_and_switches(
    devices: OldDevices, interface: SimulatedInterface, tmp_path: Path
) -> None:
    for _ in range(len(SWITCHED) + 1):
        devices.add("en")
    assert len(PeerNames(tmp_path / "names.json").read()) == len(devices.show()) == len(SWITCHED) < MOST
    assert len(connected(interface)) == len(SWITCHED) + 1


def test_a_device_is_switched_by_itself_while_its_peer_is_there(
    devices: OldDevices, interface: SimulatedInterface
) -> None:
    devices.add("en")
    devices.add("en")
    first, second = devices.all
    keys = {first.key, second.key}
    assert [devices.can_switch(2, on, keys) for on in (True, False)] == [False, True]
    assert not devices.can_switch(2, False, {first.key}), "an admin has removed it"
    assert not devices.can_switch(3, False, keys), "there is none"
    devices.switch(2, False)
    assert [device["on"] for device in devices.show()] == [True, False]
    assert [devices.can_switch(2, on, keys) for on in (True, False)] == [True, False]


def test_a_real_interface_has_devices_that_nobody_here_can_switch(
    devices: OldDevices, interface: SimulatedInterface, monkeypatch: pytest.MonkeyPatch
) -> None:
    devices.add("en")
    keys = {devices.all[0].key}
    assert devices.can_switch(1, False, keys)
    monkeypatch.setattr(type(interface), "real", True)
    assert not devices.can_switch(1, False, keys)
    assert devices.show() == []


def test_they_come_back_with_the_interface_and_who_was_off_stays_off(
    devices: OldDevices, interface: SimulatedInterface
) -> None:
    devices.add("en")
    devices.add("en")
    keys = [peer.key for peer in interface.peers() or []]
    devices.switch(1, False)
    interface.down()
    interface.up()
    devices.bring_back()
    assert connected(interface) == {"10.8.0.200": False, "10.8.0.201": True}
    assert [peer.key for peer in interface.peers() or []] == keys


def test_what_switches_them_otherwise_is_noted(devices: OldDevices) -> None:
    devices.add("en")
    devices.add("en")
    devices.note(on=False)
    assert [device["on"] for device in devices.show()] == [False, False]
    devices.note(True, devices.all[1].key)
    assert [device["on"] for device in devices.show()] == [False, True]
