"""The journal of a take-over: one small file that is replaced atomically before each step.

It is in /etc/andreyvpn because root acts on it, and /var/lib/andreyvpn is writable by the bot. It holds no secrets.
During the cut-over, a second file, readable by root only, holds the endpoints of the friends who were online.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from lib.atomic_file import replace_file
from lib.install.takeover.tools import Failed

FILE = Path("/etc/andreyvpn/taken-over.json")

PREPARING = "preparing"  # the container serves friends; the interface's files may be incomplete
CUTTING = "cutting"  # the container or the interface serves friends, or neither
TRYING = "trying"  # the interface is up; the container is stopped, but would start at boot
FINISHING = "finishing"  # committed to the interface
TAKEN = "taken"  # the interface serves friends; the container no longer starts by itself
GIVING_BACK = "giving back"  # committed to the container
UNDONE = "undone"  # the container serves friends; only firewall rules may be left


@dataclass(frozen=True)
class Journal:
    """The state of a take-over."""

    step: str
    container: str
    kind: str
    engine: str
    was_running: bool
    restart: str
    unit: str
    inside: str  # the interface's name in the container
    tool: str  # on the host: wg or awg
    interface: str
    port: int
    peers: tuple[str, ...]  # the public keys of the container's peers
    watched: tuple[str, ...]  # the public keys of friends who were online just before the cut-over
    resolver: str  # the resolver in friends' files if it isn't a public one; '' if there is none
    resolver_to: str  # where its queries are redirected; '' if it still answers
    at: int  # epoch seconds
    why: str  # the reason for a rollback, for people; '' if the owner asked for it

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
    """Write the journal to disk and return it. Raise OSError."""
    replace_file(FILE, json.dumps(asdict(journal), indent=1).encode() + b"\n", 0o644)
    if journal.step in (TAKEN, UNDONE):
        _online_file().unlink(missing_ok=True)
    return journal


def advance(journal: Journal, step: str, **more: object) -> Journal:
    """Write the next step to disk and return the new journal."""
    return write(replace(journal, step=step, **more))  # type: ignore[arg-type]


def forget() -> None:
    """Delete the journal."""
    _online_file().unlink(missing_ok=True)
    FILE.unlink(missing_ok=True)


def _online_file() -> Path:
    return FILE.with_name("taken-over-online.json")


def remember_online(friends: Mapping[str, str]) -> None:
    """Save the endpoints of friends who are online, by public key, until the take-over ends. Raise OSError."""
    replace_file(_online_file(), json.dumps(dict(friends)).encode())


def online() -> dict[str, str]:
    """Return the saved endpoints; empty if they can't be read: friends then merely reconnect later."""
    try:
        found = json.loads(_online_file().read_text(encoding="utf-8"))
        return {key: place for key, place in found.items() if isinstance(place, str)}
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}
