"""Read a WireGuard or AmneziaWG server's .conf, with the names that whoever made it wrote into comments.

Understood are the forms of angristan and its descendants, Nyr, pivpn (also what it disabled), wg-easy and bivlked, and
comments by hand: on the line before or behind `[Peer]` or `PublicKey`, or at the end of these lines.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lib.install.found import checked
from lib.install.found.model import FoundPeer

MOST_PEERS = 20_000
MOST_LINE = 20_000  # letters; one I-value has some thousand
MOST_VALUES = 50_000  # letters of one section's lines of one name
DISABLED = "#[disabled] "  # pivpn, in front of each line
_ABOVE = [re.compile(pattern, re.IGNORECASE) for pattern in (
    r"###\s*Client\s+(.+)",
    r"#\s*BEGIN_PEER\s+(.+)",
    r"###\s*begin\s+(.+?)\s*###",
    r"#\s*Client:\s+(.+?)\s+\([^()]*\)",
)]  # fmt: skip
_END = re.compile(r"#\s*END_PEER\b.*|###\s*end\s.*", re.IGNORECASE)
_WITHIN = re.compile(r"#+\s*(?:_?name|friendly_name|client)\s*=\s*(.+)", re.IGNORECASE)
_LINE = re.compile(r"#*\s*(\w+)\s*=\s*(.*)")
_PACKET = re.compile(r"#\s*(I[1-5])\s*=\s*(.+)", re.IGNORECASE)
_ANCHOR = re.compile(r"(?:\[peer\]|publickey\s*=).*", re.IGNORECASE)  # a comment beside it is a name


@dataclass(frozen=True)
class Conf:
    """What a server's file says."""

    private_key: str = field(repr=False)
    port: int | None
    addresses: tuple[str, ...]
    parameters: dict[str, str]
    for_friends_files: dict[str, str]  # I1 to I5 in comments: AmneziaVPN 1.x keeps there what only clients use
    peers: tuple[FoundPeer, ...]
    leads_elsewhere: bool  # it connects this machine to others, as a VPN client or a site-to-site link
    faults: tuple[str, ...]


@dataclass
class _Section:
    """A section while it is read."""

    is_peer: bool
    enabled: bool = True
    name: str = ""  # as an installer wrote it
    guess: str = ""  # a comment that may be a name
    values: dict[str, list[str]] = field(default_factory=dict)

    def first(self, key: str) -> str:
        return self.values.get(key, [""])[0]

    def words(self, key: str) -> list[str]:
        return ",".join(self.values.get(key, ())).split(",")


def read_conf(text: str) -> Conf:
    """Read the text of a .conf, whatever it is."""
    sections, packets = _sections(text.lstrip("\ufeff").split("\n"))  # splitlines() knows ends that wg does not
    own = _Section(False)
    for section in (section for section in sections if not section.is_peer):
        own.values.update(section.values)
    given = [section for section in sections if section.is_peer]
    peers = dict[str, FoundPeer]()
    for section in given[:MOST_PEERS]:
        if peer := _peer(section):
            peers[peer.public_key] = _joined(peers.get(peer.public_key), peer)
    parameters, whole = checked.parameters({key: values[-1] for key, values in own.values.items()})
    for_clients, readable = checked.parameters(packets)
    addresses = checked.addresses(own.words("address"))
    unread = any(section.enabled and not checked.key(section.first("publickey")) for section in given)
    faults = {"bad_peers": unread or len(given) > MOST_PEERS, "bad_parameters": not (whole and readable)}
    return Conf(
        private_key=checked.key(own.first("privatekey")),
        port=checked.port(own.first("listenport")),
        addresses=addresses,
        parameters=parameters,
        for_friends_files={key: value for key, value in for_clients.items() if key not in parameters},
        peers=tuple(peers.values()),
        leads_elsewhere=leads_elsewhere(addresses) or _connects(given),
        faults=tuple(fault for fault, is_there in faults.items() if is_there),
    )


def leads_elsewhere(addresses: Sequence[str]) -> bool:
    """Return True if an interface has addresses, but no network that friends could be in."""
    sizes = [ipaddress.ip_interface(address).network.num_addresses for address in addresses]
    return bool(sizes) and max(sizes) == 1


def takes_everything(networks: Sequence[str]) -> bool:
    """Return True if all traffic goes to whoever has these networks."""
    return not {"0.0.0.0/0", "::/0"}.isdisjoint(networks)


def _connects(peers: Sequence[_Section]) -> bool:
    """Return True if this machine connects to its peers, rather than they to it."""
    reached = [peer for peer in peers if peer.first("endpoint")]
    everything = any(takes_everything(checked.networks(peer.words("allowedips"))) for peer in reached)
    return everything or (bool(reached) and len(reached) == len(peers))


def _peer(section: _Section) -> FoundPeer | None:
    """Return the peer that a section describes, if it has a key."""
    public_key = checked.key(section.first("publickey"))
    if not public_key:
        return None
    return FoundPeer(
        public_key=public_key,
        preshared_key=checked.preshared(section.first("presharedkey")),
        addresses=checked.networks(section.words("allowedips")),
        name=checked.name(section.name) or checked.name(section.guess),
        private_key=None,
        enabled=section.enabled,
        expires_at=None,
        seen_at=0,
    )


def _joined(before: FoundPeer | None, peer: FoundPeer) -> FoundPeer:
    """Return the later one of two sections with the same key, which is the one that counts; a name is kept."""
    if before is None or peer.name or not before.name:
        return peer
    return FoundPeer(**{**vars(peer), "name": before.name})


def _sections(lines: Sequence[str]) -> tuple[list[_Section], dict[str, object]]:
    """Divide a file into its sections; return also the I-values in comments of the interface."""
    sections, packets = [_Section(False)], dict[str, object]()
    above = guess = ""  # names that wait for the next peer
    for number, (line, enabled) in enumerate(rows := list(_rows(lines))):
        section, behind = sections[-1], rows[number + 1][0] if number + 1 < len(rows) else ""
        word, _, comment = line.partition("#")
        if word.strip().startswith("["):
            is_peer = word.strip().lower() == "[peer]"
            sections.append(_Section(is_peer, enabled, above, guess or _guess(comment)))
            above = guess = ""
        elif word.strip():
            _note_value(section, word.strip(), comment)
            guess = ""
        elif packet := _PACKET.fullmatch(line) if not section.is_peer else None:
            packets[packet[1]] = packet[2]
        elif _END.fullmatch(line) or not line:
            above, guess = ("" if line else above), ""
        elif found := next((match[1] for form in _ABOVE if (match := form.fullmatch(line))), ""):
            above = found
        elif found := _within(line):
            inside = section.is_peer and not behind.lower().startswith("[peer]")
            section.name, above = (found, above) if inside else (section.name, found)
        elif not _LINE.fullmatch(line):
            guess = _guess(line)
            beside = behind.lower().startswith("publickey") or (number and _ANCHOR.fullmatch(rows[number - 1][0]))
            if section.is_peer and beside and not behind.lower().startswith("[peer]"):
                section.guess, guess = section.guess or guess, ""
    return sections, packets


def _rows(lines: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Yield each line without blanks around it, and without what pivpn puts in front of what it disabled."""
    for line in (" ".join(line[:MOST_LINE].split()) for line in lines):
        enabled = not line.startswith(DISABLED)
        yield line.removeprefix(DISABLED), enabled


def _note_value(section: _Section, line: str, comment: str) -> None:
    """Note `Key = value`; a comment behind a public key may be a name."""
    key, _, value = (part.strip() for part in line.partition("="))
    values = section.values.setdefault(key.lower(), [])
    if sum(map(len, values)) + len(value) <= MOST_VALUES:
        values.append(value)
    if section.is_peer and key.lower() == "publickey":
        section.guess = section.guess or _guess(comment)


def _within(line: str) -> str:
    match = _WITHIN.fullmatch(line)
    return match[1] if match else ""


def _guess(line: str) -> str:
    """Return what a comment by hand may say, without what only decorates it."""
    text = line.strip("#-=*~ \t")
    return "" if text.startswith("[") else text
