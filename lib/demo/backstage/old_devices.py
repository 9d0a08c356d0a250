"""Devices from before the bot: peers added by hand. The first few have names, which the bot reads from a file.

They behave as if they were in the interface's .conf: they come back when it restarts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from lib.demo.awg.interface import Interface, new_key

_FIRST, MOST = 200, 20  # the last byte of the first address, far from those that the bot assigns
_NAMES = {
    "en": ("Anna laptop", "Boris phone", "Vera tablet"),
    "ru": ("Анна ноутбук", "Борис телефон", "Вера планшет"),
}
SWITCHED = range(1, 1 + len(_NAMES["en"]))  # the numbers of the devices that have a switch


@dataclass
class OldDevice:
    """A device whose peer was added by hand; `name` is '' if unknown."""

    key: str
    address: str
    name: str
    on: bool = True


class OldDevices:
    """The devices on an interface, and the file with their names in the format of install.sh."""

    def __init__(self, interface: Interface, names_file: Path) -> None:
        self._interface, self._names_file = interface, names_file
        self.all: list[OldDevice] = []

    def add(self, language: str) -> None:
        """Add the next device, with a name in this language if it has one, and connect it."""
        number = len(self.all)
        names = _NAMES.get(language, _NAMES["en"])
        name = names[number] if number < len(names) else ""
        device = OldDevice(new_key(), f"10.8.0.{_FIRST + number}", name)
        self.all.append(device)
        self._write_names()
        self._connect(device)

    def _connect(self, device: OldDevice) -> None:
        self._interface.add_stranger(device.key, device.address)
        self._interface.switch(device.key, device.on)

    def _write_names(self) -> None:
        fresh = self._names_file.with_name(f"{self._names_file.name}.new")
        fresh.write_text(json.dumps({device.key: device.name for device in self.all if device.name}))
        fresh.replace(self._names_file)

    def bring_back(self) -> None:
        """Add all devices to an interface that is up again, and connect those that are switched on."""
        for device in self.all:
            self._connect(device)

    def can_switch(self, number: int, on: bool, keys: set[str]) -> bool:
        """Return True if a device can be switched on or off; `keys` are those of the interface's peers."""
        if self._interface.real or number > len(self.all):
            return False
        device = self.all[number - 1]
        return device.on != on and device.key in keys

    def switch(self, number: int, on: bool) -> None:
        """Switch a device on or off."""
        device = self.all[number - 1]
        self._interface.switch(device.key, on)
        device.on = on

    def note(self, on: bool, key: str = "") -> None:
        """Record that another action switched all devices, or the one with this key, on or off."""
        for device in self.all:
            if key in (device.key, ""):
                device.on = on

    def show(self) -> list[dict[str, object]]:
        """Return name and state of the devices that have a switch."""
        shown = [] if self._interface.real else self.all[: len(SWITCHED)]
        return [{"name": device.name, "on": device.on} for device in shown]
