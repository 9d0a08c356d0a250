"""An interface whose tool can be told to misbehave."""

from __future__ import annotations

from pathlib import Path

from tests.company import StandInInterface


class TroubledInterface(StandInInterface):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._deed = folder / "deed.sh"
        self._deed.write_text("")
        wrapper = folder / "tool.sh"
        wrapper.write_text(
            f'#!/bin/sh\n[ "$1" = ip ] || . {self._deed}\nexec {self.command.removesuffix(" awg")} "$@"\n'
        )
        wrapper.chmod(0o755)
        self.command = f"{wrapper} awg"

    def misbehave(self, deed: str) -> None:
        """Make the tool run these shell commands instead of its work; an empty string repairs it."""
        self._deed.write_text(f"{deed}; exit 0\n" if deed else "")
