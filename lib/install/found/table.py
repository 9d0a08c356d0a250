"""Show what was found as a table of at most 80 columns, with the remarks below it."""

from __future__ import annotations

import ipaddress
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from lib.days import DAY
from lib.install.found.model import NOT_FOR_FRIENDS, FoundServer
from lib.install.found.survey import Survey
from lib.install.found.words import maker, word

WIDTH, GAP = 80, 2  # of a line, and between two columns, in characters
LEAST = {"network": 18, "server": 8}  # minimum widths of the columns that shrink, in this order
SEEN_SECONDS = 30 * DAY
CAUSES = {"not_root", "no_inspect", "no_folder", "no_file", "too_large"}
SILENCE = {"not_root", "tool_failed"}  # connections are unknown
CONSEQUENCES = {"no_key", "no_port", "no_address"}  # of these, so not worth a word
NUMBERS = {"port", "peers", "seen"}  # columns that are flush right
COLUMNS = ("server", "made_with", "protocol", "port", "network", "peers", "seen")


def show(survey: Survey, russian: bool, now: int) -> str:
    """Return the table, with the remarks on each server, and why something may be missing."""
    notes = [line for note in survey.notes for line in _wrap(word(note, russian))]
    if not survey.servers:
        return _join([word("nothing", russian)], notes)
    seen = [_count_seen(server, now) for server in survey.servers]
    rows = [_row(*pair, russian) for pair in zip(survey.servers, seen, strict=True)]
    table, in_full = _table([[word(column, russian) for column in COLUMNS], *rows])
    is_any = any(server.kind != "host" for server in survey.servers)
    hint = _wrap(word("next_step", russian)) if is_any else []
    return _join(table, in_full, _legend(seen, russian), _remarks(survey.servers, russian), notes, hint)


def _join(*parts: Sequence[str]) -> str:
    """Join the parts with a blank line between them."""
    return "\n".join("".join(f"{line}\n" for line in part) for part in parts if part)


def _table(rows: Sequence[Sequence[str]]) -> tuple[list[str], list[str]]:
    """Return the lines of the table, and lines with the full text of cells that were too long."""
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    for column, least in LEAST.items():
        at = COLUMNS.index(column)
        room = WIDTH - sum(widths) + widths[at] - GAP * (len(widths) - 1)
        widths[at] = min(widths[at], max(room, least))
    fitted = [[_cut(text, width) for text, width in zip(row, widths, strict=True)] for row in rows]
    pairs = dict.fromkeys(pair for both in zip(fitted, rows, strict=True) for pair in zip(*both, strict=True))
    in_full = [line for short, text in pairs if short != text for line in _wrap(f"{short}: {text}")]
    return [_line(cells, widths) for cells in fitted], in_full


def _cut(text: str, width: int) -> str:
    """Shorten a text in the middle, because similar names often differ at the end."""
    behind = (width - 1) // 2
    return text if len(text) <= width else f"{text[: width - 1 - behind]}…{text[-behind:]}"


@dataclass(frozen=True)
class _Seen:
    """How many peers of a server connected in the last 30 days."""

    text: str
    at_least: bool  # there may be more
    by_its_list: bool  # some are only known from the maker's list


def _count_seen(server: FoundServer, now: int) -> _Seen:
    """Count the peers that connected. An interface knows only those since its start; the maker's list may know more."""
    begin = now - SEEN_SECONDS
    is_known = server.running and SILENCE.isdisjoint(server.faults)
    earliest = min((peer.seen_at for peer in server.peers if peer.seen_at), default=now)
    is_whole = is_known and min(earliest, server.counts_since or now) <= begin
    live = {peer.public_key for peer in server.peers if peer.seen_at > begin}
    noted = {peer.public_key for peer in server.peers if peer.noted_at > begin and not is_whole} - live
    if not (is_known or noted):
        return _Seen("—", at_least=False, by_its_list=False)
    more = "" if is_whole else "+"
    return _Seen(f"{len(live) + len(noted)}{more}", at_least=not is_whole, by_its_list=bool(noted))


def _row(server: FoundServer, seen: _Seen, russian: bool) -> list[str]:
    unread = not CAUSES.isdisjoint(server.faults) and not (server.peers or server.private_key or server.public_key)
    protocol = "WireGuard" if server.version == "plain" else f"AWG {server.version}"
    return [
        server.name,
        maker(server.made_with, russian),
        "—" if unread else protocol,
        str(server.published or server.port or "—"),
        _network(server.addresses),
        "—" if unread else str(len(server.peers)),
        seen.text,
    ]


def _network(addresses: Sequence[str]) -> str:
    """Return the network of the first IPv4 address, else of the first one."""
    networks = [ipaddress.ip_interface(address).network for address in addresses]
    return str(min(networks, key=lambda network: network.version, default="—"))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    fitted = [
        text.rjust(width) if column in NUMBERS else text.ljust(width)
        for column, text, width in zip(COLUMNS, cells, widths, strict=True)
    ]
    return (" " * GAP).join(fitted).rstrip()


def _legend(seen: Sequence[_Seen], russian: bool) -> list[str]:
    """Return the explanations that the last column needs."""
    keys = {
        "legend": True,
        "at_least": any(one.at_least for one in seen),
        "by_its_list": any(one.by_its_list for one in seen),
    }
    return _wrap(" ".join(word(key, russian) for key, is_needed in keys.items() if is_needed))


def _remarks(servers: Sequence[FoundServer], russian: bool) -> list[str]:
    """Return the remarks on the servers; servers with the same remarks share a line."""
    names: dict[str, list[str]] = {}
    for server in servers:
        faults = [NOT_FOR_FRIENDS] if NOT_FOR_FRIENDS in server.faults else list(server.faults)
        if not CAUSES.isdisjoint(faults):
            faults = [fault for fault in faults if fault not in CONSEQUENCES]
        if keys := [*([] if server.running else ["stopped"]), *faults]:
            names.setdefault("; ".join(word(key, russian) for key in keys), []).append(server.name)
    return [line for said, which in names.items() for line in _wrap(f"{', '.join(which)}: {said}")]


def _wrap(text: str) -> list[str]:
    """Wrap a text into lines, but keep commands whole so that they can be copied."""
    whole = re.sub("`([^`]*)`", lambda command: command[1].replace(" ", "\u00a0"), text)
    lines = textwrap.wrap(whole, WIDTH, subsequent_indent="  ", break_on_hyphens=False)
    return [line.replace("\u00a0", " ") for line in lines]
