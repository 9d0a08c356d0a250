"""A server that was found, and its peers: plain values, the same for every maker. A repr shows no secret.

Everything in them is checked: keys are 32 bytes in base64, addresses and networks are canonical, names are one
printable line, parameters are those that AmneziaWG knows. So it may go into a file, a command or a message as it is.
`look` in survey.py finds them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NOT_FOR_FRIENDS = "not_for_friends"  # the fault of an interface that leads this server elsewhere, such as WARP


@dataclass(frozen=True)
class FoundPeer:
    """A peer of a server that was found."""

    public_key: str
    preshared_key: str | None = field(repr=False)
    addresses: tuple[str, ...]  # '10.8.1.2/32'; () if it has none that can be read
    name: str  # one printable line of at most 64 letters; '' if nobody wrote one down
    private_key: str | None = field(repr=False)  # wg-easy keeps them
    enabled: bool
    expires_at: int | None  # epoch seconds; None: never
    seen_at: int  # the latest handshake, epoch seconds; 0: never, or not known
    noted_at: int = 0  # the latest handshake in the maker's own list, which may be outdated; 0: none


@dataclass(frozen=True)
class FoundServer:
    """A server that was found: a container's or an interface of the host."""

    name: str  # the container's, or 'host:awg0'
    kind: str  # amnezia-awg2, amnezia-awg, amnezia-wireguard, wg-easy-14, wg-easy-15 or host
    interface: str
    port: int | None  # that it listens on; a container may publish it as another one
    private_key: str = field(repr=False)  # '' if it can't be read
    public_key: str  # '' if it can't be read
    parameters: Mapping[str, str]  # names as in a .conf: {'Jc': '4', …}; only those that are set
    version: str  # of the protocol that the parameters make: 'plain', '1.0', '2.0', '3.0' or '3.1'
    addresses: tuple[str, ...]  # of the interface, with prefix: '10.8.1.0/24'
    peers: tuple[FoundPeer, ...]
    running: bool
    dns: tuple[str, ...]  # what friends' files name, if that is known
    faults: tuple[str, ...]  # keys of words.py; NOT_FOR_FRIENDS among them: it is none for friends
    made_with: str = ""  # a key of words.MAKERS; '' if unknown
    published: int | None = None  # the container's port on the host; None: the same, or not published
    counts_since: int | None = None  # since when handshakes are counted, epoch seconds; None: not running, or unknown
