"""Ask the node to look at the interface, to change its peers and its fence; make keys with the `awg` tool.

Keys are passed on stdin and through the node's connection only, never in an argument or an error.
"""

from __future__ import annotations

import json
import re
import shlex
import signal
import sys
from collections.abc import Iterable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from socket import AF_UNIX, SHUT_RDWR, socket

from lib.errors import AwgError
from lib.process import Child, Runner, TimedOut
from lib.store.configs import WantedPeer
from lib.vpn.interface import Interface, LivePeer, parse_look

NODE = Path(__file__).parents[1] / "node" / "node.py"
ANSWER_SECONDS = 60.0  # for the node, which gives each tool ten seconds, and may use several

_KEY = re.compile(r"[A-Za-z0-9+/]{43}=")
_SECRET = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}|(?<=correct length or format: `)[^']*")
_HINTS = {
    "not_permitted": "does the node run with CAP_NET_ADMIN?",
    "no_interface": "is the interface up?",
    "missing": "is amneziawg-tools installed?",
}


@dataclass(frozen=True)
class Keys:
    """A new set of keys, base64."""

    private: str = field(repr=False)
    public: str
    preshared: str = field(repr=False)


NamedPeer = tuple[WantedPeer, str]


@dataclass(frozen=True)
class KeptFiles:
    """The state of a container's files: the app's names of its clients, and which of the bot's peers were missing.

    `revoked` peers were revoked in the app and stay out; `restored` ones were too many for that and are back.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    revoked: Set[str] = frozenset()
    restored: Set[str] = frozenset()


class Awg:
    """The way to one interface. Every call may raise an AwgError, whose text never contains a key.

    The node is reached by its socket or, where there is none, runs as a child with our own rights. It is there while
    there is something to do: `close` ends the connection, and the next call opens another.
    """

    def __init__(self, command: Sequence[str], interface: str, node: Path | None = None, timeout: float = 10.0) -> None:
        """Take the tool's command (`AWG_COMMAND`), the interface, the node's socket, and seconds for making a key."""
        # Words before the tool need the node's privileges; `wg` on this machine generates the same keys.
        self._tool = ("wg",) if node is not None and len(command) > 1 else tuple(command)
        self._interface = interface
        self._node = node
        self._timeout = timeout
        self._known: dict[str, LivePeer] = {}
        self._runner = Runner()
        self._connection: _Connection | None = None
        self._ended = False

    def cut_off(self) -> None:
        """End what is running, permanently and from another thread: the bot is stopping."""
        self._ended = True
        self._runner.cut_off()
        if (connection := self._connection) is not None:
            connection.cut_off()

    def close(self) -> None:
        """End the connection to the node, if there is one; nothing with rights stays in memory."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def look(self, way_out: bool = False) -> Interface:
        """Look at the interface with its parameters, peers and counters; `way_out` adds its surroundings."""
        return parse_look(self._ask({"do": "look", "way_out": way_out}), self._known)

    def change(self, add: Iterable[WantedPeer] = (), remove: Iterable[str] = ()) -> Interface:
        """Remove peers and add others, or refuse all of it; return the interface as it is afterwards.

        A peer that is there already gets new addresses and a new preshared key, and keeps its counters. Removing one
        that is not there is no error.
        """
        peers = [[peer.public_key, peer.preshared_key or None, peer.networks] for peer in add]
        return parse_look(self._ask({"do": "change", "add": peers, "remove": list(remove)}), self._known)

    def fence(
        self, speeds: Sequence[object], only: Sequence[str], resolvers: Sequence[str], unless: str
    ) -> tuple[str, str | None]:
        """Put the fence right, unless what is there has a certain digest; return its digest, and why speeds failed.

        `speeds` are [down, up, addresses] in kbit/s; the addresses `only` reach Telegram and the resolvers alone.
        """
        lists = {"speed": list(speeds), "telegram": list(only), "resolvers": list(resolvers)}
        match self._ask({"do": "fence", **lists, "unless": unless}):
            case {"fence": str(digest), "speed": None | str() as trouble}:
                return digest, trouble
        raise AwgError("the node answered with something that is not a fence", "garbage")

    def files(
        self, wanted: Iterable[NamedPeer], off: Iterable[NamedPeer], deleted: Iterable[str], others: Iterable[str]
    ) -> tuple[KeptFiles, str | None]:
        """Write the bot's peers, with names, to the files in the interface's container; return their state.

        `off` are the bot's peers that are switched off, `deleted` the keys of deleted ones, `others` the keys of live
        peers that the bot doesn't know. The second value is "list" if the app's list can't be parsed, else None.
        """
        named = {
            kind: [[one.public_key, one.preshared_key or None, one.networks, name] for one, name in some]
            for kind, some in (("peers", wanted), ("off", off))
        }
        match self._ask({"do": "files", **named, "deleted": list(deleted), "others": list(others)}):
            case {"names": dict(names), "trouble": None | "list" as trouble,
                  "revoked": [*revoked], "restored": [*restored]}:  # fmt: skip
                return KeptFiles(names, {*map(str, revoked)}, {*map(str, restored)}), trouble
        raise AwgError("the node answered with something that is not the container's files", "garbage")

    def generate_keys(self) -> Keys:
        """Generate a private key, its public key and a preshared key."""
        private = self._key("genkey")
        return Keys(private, self._key("pubkey", private + "\n"), self._key("genpsk"))

    def _ask(self, request: dict[str, object]) -> dict[str, object]:
        """Send a request to the node and return its answer. A lost connection is replaced once, and asked again."""
        line = json.dumps(request).encode() + b"\n"
        answer = b""
        for _ in range(2):
            try:
                self._connection = self._connection or self._connect()
                answer = self._connection.ask(line)
            except ConnectionError:  # it ended it for our silence, or was stopped
                answer = b""
            except OSError as exc:  # TimeoutError among them
                self.close()
                kind = "timeout" if isinstance(exc, TimeoutError) else "no_node"
                raise AwgError(f"the node gave no answer: {exc}", kind) from None
            if answer.endswith(b"\n"):
                return _read_answer(answer)
            self.close()
        raise AwgError("the node ended the connection without an answer", "no_node")

    def _connect(self) -> _Connection:
        if self._ended:
            raise AwgError("the bot is stopping")
        try:
            if self._node is not None:
                return _to_socket(self._node)
            environment = {"AWG_COMMAND": shlex.join(self._tool), "AWG_INTERFACE": self._interface}
            child = Child([sys.executable, "-I", "-S", "-B", str(NODE), "serve"], environment)
            return _Connection(child.socket, child)
        except OSError as exc:
            raise AwgError(f"the node can't be reached at {self._node or NODE}: {exc.strerror}", "no_node") from None

    def _key(self, command: str, stdin: str = "") -> str:
        label = " ".join((*self._tool, command))
        try:
            result = self._runner.run((*self._tool, command), stdin, self._timeout)
        except TimedOut:
            raise AwgError(f"{label} gave no answer in {self._timeout:g} s", "timeout") from None
        except FileNotFoundError:
            raise AwgError(f"{label}: {self._tool[0]} not found — {_HINTS['missing']}", "missing") from None
        except OSError as exc:
            raise AwgError(f"{label} could not be started: {exc.strerror}", "not_permitted") from None
        if result.code:
            raise _failed(label, result.code, result.err)
        if not _KEY.fullmatch(key := result.out.strip()):
            raise AwgError(f"{label} answered with something that is not a key", "garbage")
        return key


class _Connection:
    """A connection to a node, with the child that is the node, if it is one."""

    def __init__(self, connected: socket, child: Child | None = None) -> None:
        self._socket, self._child = connected, child
        self._socket.settimeout(ANSWER_SECONDS)
        self._answers = connected.makefile("rb")

    def ask(self, line: bytes) -> bytes:
        """Send a line and return the answer's; it ends early if the connection does. May raise OSError."""
        self._socket.sendall(line)
        return self._answers.readline()

    def cut_off(self) -> None:
        """End the connection, also for a thread that waits for an answer; the node then ends by itself."""
        with suppress(OSError):
            self._socket.shutdown(SHUT_RDWR)

    def close(self) -> None:
        """End the connection, and wait for the child to end."""
        self._answers.close()
        self._socket.close()
        if self._child is not None:
            self._child.wait()


def _to_socket(path: Path) -> _Connection:
    """Connect to the socket behind which systemd starts a node; may raise OSError."""
    connected = socket(AF_UNIX)
    try:
        connected.settimeout(ANSWER_SECONDS)
        connected.connect(str(path))
    except OSError:
        connected.close()
        raise
    return _Connection(connected)


def _read_answer(line: bytes) -> dict[str, object]:
    """Return what the node saw; raise what it refused or what failed."""
    try:
        answer = json.loads(line)
    except ValueError:
        answer = None
    match answer:
        case {"ok": dict(seen)}:
            return seen
        case {"error": str(kind), "text": str(text)}:
            hint = None if "nft" in text.split() else _HINTS.get(kind)
            raise AwgError(f"{text} — {hint}" if hint else text, kind)
    raise AwgError("the node answered with something that is not an answer", "garbage")


def _failed(label: str, code: int, err: str) -> AwgError:
    """Explain why no key was made, with every key in the answer masked."""
    if code < 0:
        return AwgError(f"{label} was killed by {signal.Signals(-code).name}")
    answer = _SECRET.sub("(hidden)", "; ".join(err.split("\n"))).strip("; ") or "gave no reason"
    if code == 127 or 'exec of "' in err:
        return AwgError(f"{label}: command not found — {_HINTS['missing']}", "missing")
    return AwgError(f"{label} failed ({code}): {answer}")
