"""The owner's own disguises: CLIENT_DISGUISES in the settings. The built-in ones are in lib/vpn/disguises.py."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lib import values

DISGUISES = ("dns", "quic", "quiet", "server", "none")  # the built-in ones, see vpn/disguises.py
MAX_BYTES = 40  # of a disguise's name, which must fit into a button's data


@dataclass(frozen=True)
class OwnDisguise:
    """A disguise of the owner's: its name as people see it, parameters by .conf names, and a port, None: the usual."""

    name: str
    parameters: dict[str, str]
    port: int | None

    @property
    def key(self) -> str:
        """What it is counted under, as for a built-in one: vpn/disguises.py."""
        return self.name if self.port is None else f"{self.name}/{self.port}"


def read(text: str) -> tuple[OwnDisguise, ...]:
    """Parse `Name: Jc = 3; I1 = <r 40>; port = 443 | Other name: …`."""
    found = []
    for part in filter(str.strip, text.split("|")):
        name, _, rest = part.partition(":")
        port, kept = None, []
        for pair in rest.split(";"):
            key, _, value = map(str.strip, pair.partition("="))
            if key.lower() == "port":
                port = values.number(1, 65535)(value)
            else:
                kept.append(pair)
        found.append(OwnDisguise(name.strip(), values.parameters(";".join(kept)), port))
    names = [one.name.lower() for one in found]
    if len(set(names)) < len(names) or not set(names).isdisjoint(DISGUISES):
        raise ValueError(f"must have different names, and none of {', '.join(DISGUISES)}")
    if not all(_is_name(one.name) for one in found):
        raise ValueError(
            f"must be like Name: Jc = 3; Jmax = 60 | Other name: …, names up to {values.MAX_LETTERS} letters"
        )
    return tuple(found)


def _is_name(text: str) -> bool:
    """Return True if a disguise can have this name: it fits into a button and its data, and starts with a letter."""
    return (
        bool(re.fullmatch(r"[^\W_][^:/|<>]*", text))
        and len(text) <= values.MAX_LETTERS
        and len(text.encode()) <= MAX_BYTES
    )
