"""What was taken over, and how far that is: one small file of root's, replaced in one step before each deed.

It lies in /etc/andreyvpn, because what is in /var/lib/andreyvpn belongs to the bot, and root acts on this. There is no
secret in it. While friends are being moved, a file beside it, which only root can read, says where they connect from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from lib.atomic_file import replace_file
from lib.install.takeover.tools import Failed

FILE = Path("/etc/andreyvpn/taken-over.json")

PREPARING = "preparing"  # the container serves friends; files of the interface may be half made
CUTTING = "cutting"  # one of the two serves friends, or neither
TRYING = "trying"  # the interface runs; the container is stopped, but a boot would start it
FINISHING = "finishing"  # it is decided that the interface serves friends
TAKEN = "taken"  # the interface serves friends, and nothing starts the container
GIVING_BACK = "giving back"  # it is decided that the container serves friends
UNDONE = "undone"  # the container serves friends; only openings in firewalls may be left


@dataclass(frozen=True)
class Journal:
    """A take-over."""

    step: str
    container: str
    kind: str
    engine: str
    was_running: bool
    restart: str
    unit: str
    inside: str  # the interface's name in the container
    tool: str  # of the host: wg or awg
    interface: str
    port: int
    peers: tuple[str, ...]  # public keys that the container has
    watched: tuple[str, ...]  # of friends who were online directly before
    resolver: str  # an address in friends' files that only the container's network has; '' if there is none
    resolver_to: str  # where questions to it are sent; '' if it is there, and only has to be reached
    at: int  # epoch seconds
    why: str  # it is given back, for people; '' if the owner asked for it

    @property
    def service(self) -> str:
        return f"{self.tool}-quick@{self.interface}"

    @property
    def conf(self) -> Path:
        return Path("/etc/wireguard" if self.tool == "wg" else "/etc/amnezia/amneziawg") / f"{self.interface}.conf"

    @property
    def nat(self) -> Path:
        return FILE.parent / f"nat-{self.interface}.nft"


def read() -> Journal | None:
    """Return the journal; None if nothing was taken over. Raise Failed if it is damaged."""
    try:
        found = json.loads(FILE.read_text(encoding="utf-8"))
        known = {field.name for field in fields(Journal)}
        lists = {name: tuple(found[name]) for name in ("peers", "watched")}
        return Journal(**{name: found[name] for name in known} | lists)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Failed(f"{FILE} is damaged: {error!r}") from None


def write(journal: Journal) -> Journal:
    """Put a journal on the disk and return it. Raise OSError."""
    replace_file(FILE, json.dumps(asdict(journal), indent=1).encode() + b"\n", 0o644)
    if journal.step in (TAKEN, UNDONE):
        _online_file().unlink(missing_ok=True)
    return journal


def advance(journal: Journal, step: str, **more: object) -> Journal:
    """Note the next step on the disk."""
    return write(replace(journal, step=step, **more))  # type: ignore[arg-type]


def forget() -> None:
    """Remove the journal."""
    _online_file().unlink(missing_ok=True)
    FILE.unlink(missing_ok=True)


def _online_file() -> Path:
    return FILE.with_name("taken-over-online.json")


def remember_online(friends: Mapping[str, str]) -> None:
    """Note who is online, by public key, and where they connect from, until they were moved. Raise OSError."""
    replace_file(_online_file(), json.dumps(dict(friends)).encode())


def online() -> dict[str, str]:
    """Return who was noted; nobody if that can't be read: without it, friends only come back later."""
    try:
        found = json.loads(_online_file().read_text(encoding="utf-8"))
        return {key: place for key, place in found.items() if isinstance(place, str)}
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}
