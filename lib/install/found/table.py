"""Show what was found as a table of at most 80 columns, with the remarks below it."""

from __future__ import annotations

import ipaddress
import textwrap
from collections.abc import Sequence

from lib.days import DAY
from lib.install.found.model import NOT_FOR_FRIENDS, FoundServer
from lib.install.found.survey import Survey
from lib.install.found.words import maker, word

WIDTH, GAP, LEAST = 80, 2, 8  # letters: of a line, between two columns, and of the first column
SEEN_SECONDS = 30 * DAY
CAUSES = {"not_root", "no_inspect", "no_folder", "no_file", "too_large"}
CONSEQUENCES = {"no_key", "no_port", "no_address"}  # of these, so not worth a word
NUMBERS = {"port", "peers", "seen"}  # columns that are flush right
COLUMNS = ("server", "made_by", "protocol", "port", "network", "peers", "seen")


def show(survey: Survey, russian: bool, now: int) -> str:
    """Return the table, with the remarks on each server, and why something may be missing."""
    lines = _table(survey.servers, russian, now) if survey.servers else [word("nothing", russian)]
    remarks = [line for server in survey.servers for line in _remarks(server, russian)]
    if survey.servers:
        lines += ["", *_wrap(word("legend", russian))]
    notes = [line for note in survey.notes for line in _wrap(word(note, russian))]
    return "".join(f"{line}\n" for part in (lines, remarks, notes) if part for line in (*part, ""))[:-1]


def _table(servers: Sequence[FoundServer], russian: bool, now: int) -> list[str]:
    rows = [[word(column, russian) for column in COLUMNS], *(_row(server, russian, now) for server in servers)]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    room = WIDTH - sum(widths[1:]) - GAP * (len(widths) - 1)
    widths[0] = min(widths[0], max(room, LEAST))
    return [_line(row, widths) for row in rows]


def _row(server: FoundServer, russian: bool, now: int) -> list[str]:
    seen = sum(peer.seen_at > now - SEEN_SECONDS for peer in server.peers)
    return [
        server.name,
        maker(server.kind, russian),
        "WireGuard" if server.version == "plain" else f"AWG {server.version}",
        str(server.port or "—"),
        _network(server.addresses),
        str(len(server.peers)),
        str(seen) if server.running and "tool_failed" not in server.faults else "—",
    ]


def _network(addresses: Sequence[str]) -> str:
    """Return the network of the first IPv4 address, else of the first one."""
    networks = [ipaddress.ip_interface(address).network for address in addresses]
    return str(min(networks, key=lambda network: network.version, default="—"))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    fitted = []
    for column, text, width in zip(COLUMNS, cells, widths, strict=True):
        shown = text if len(text) <= width else f"{text[: width - 1]}…"
        fitted.append(shown.rjust(width) if column in NUMBERS else shown.ljust(width))
    return (" " * GAP).join(fitted).rstrip()


def _remarks(server: FoundServer, russian: bool) -> list[str]:
    faults = [NOT_FOR_FRIENDS] if NOT_FOR_FRIENDS in server.faults else server.faults
    if not CAUSES.isdisjoint(faults):
        faults = [fault for fault in faults if fault not in CONSEQUENCES]
    keys = [*([] if server.running else ["stopped"]), *faults]
    return _wrap(f"{server.name}: {'; '.join(word(key, russian) for key in keys)}") if keys else []


def _wrap(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent="  ", break_on_hyphens=False)
