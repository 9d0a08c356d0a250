"""The node: the only privileged part of the bot. It reads one interface, and changes its peers and its fence.

    node.py serve                 answer requests on stdin, where systemd (or the bot, as a parent) put a connection
    node.py load INTERFACE FILE   add the peers of the bot's file, as root, when the interface starts

A request is a line of JSON, and so is its answer. A connection may carry several, and ends after some silence.
    {"do": "look", "way_out": false}
    {"do": "change", "add": [[public key, preshared key or null, ["10.8.0.2/32", ...]], ...], "remove": [key, ...]}
    {"do": "fence" or "files", ...}: see fence.py and files.py

The answer is {"ok": what is seen} or {"error": kind, "text": words}. A request that breaks any rule changes nothing.
No answer holds the server's private key. `look` does return the peers' preshared keys: the bot compares them.
The environment, which is root's, has AWG_INTERFACE and AWG_COMMAND; its words before the tool (`ip netns exec NAME`,
`docker exec -i NAME`) are put before `ip`, `tc` and `nft` as well. Each connection pays for each import.
"""

from __future__ import annotations

import fcntl
import ipaddress
import json
import os
import re
import shlex
import signal
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module

MOST_BYTES = 4 << 20  # of a request, a file, or what a tool prints: 20,000 peers
MOST_PEERS, MOST_ADDRESSES = 20_000, 8  # of one change; of one peer
PEERS_A_CALL, PIPE_BYTES = 1000, 1 << 20  # 81 bytes each of the 128 KiB of arguments; the kernel gives no longer pipe
SILENCE, PATIENCE = 5, 10  # seconds: for a request to arrive or an answer to be read; for a tool to end
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
KEY = r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="  # 32 bytes; the unused bits of the last letter are zero
NO_KEY = "A" * 43 + "="  # 32 zero bytes: no preshared key; an older one is cleared
ADDRESS = r"[0-9.]+/32|[0-9a-f:.]+/128"  # no scope: `fd00::2%...` can carry anything
MASKED = r"[A-Za-z0-9+/]{40,}={0,2}|(?<=correct length or format: `)[^']*"
BLOCK = r"\[Peer\]\nPublicKey = (.+)\nPresharedKey = (.+)\nAllowedIPs = (.+)\n"  # as the bot writes it
KINDS = {  # of failures, by what the tools say
    "not_permitted": "Operation not permitted|Permission denied",
    "no_interface": "No such (device|container)|Protocol not s|does not exist|is (not run|restart|paus)|network names",
    "missing": r'exec of "|not found|No such file|\(127\)$',
}
WAY_OUT = ("tool {awg} --version", "forwarding ip -j netconf show", "routes ip -j route show table all",
           "firewall nft -j -t list ruleset", "iptables iptables-nft-save", "ip6tables ip6tables-nft-save",
           "table nft -j list table inet andreyvpn_{interface}")  # fmt: skip
Address = ipaddress.IPv4Interface | ipaddress.IPv6Interface


class Failure(Exception):
    """What the node won't do, or can't; `kind` is one of lib.errors.AwgError's, the text quotes no secret."""

    def __init__(self, text: str, kind: str = "refused") -> None:
        super().__init__(text)
        self.kind = kind


class Node:
    """One interface and the tools that reach it."""

    def __init__(self, interface: str, command: str) -> None:
        self.interface = interface
        *self.prefix, self.awg = shlex.split(command)

    def look(self, way_out: bool = False) -> dict[str, object]:
        """Return the interface as it is now; `way_out` adds what the tools print of its surroundings (or None)."""
        try:
            index, kind, addresses = self.find()  # before the counters, which might be those of its successor
        finally:  # if there is none, the tool's own complaint says more
            private, tab, dump = self.run(self.awg, "show", self.interface, "dump").partition("\t")
        if not (tab and (private == "(none)" or re.fullmatch(KEY, private))):
            raise Failure(f"{self.awg} show dump answered with something that does not begin with a key", "garbage")
        seen: dict[str, object] = {"dump": dump, "index": index, "kind": kind, "addresses": list(map(str, addresses))}
        for name, *words in ([word.format_map(vars(self)) for word in line.split()] for line in WAY_OUT if way_out):
            seen[name] = self.ask(*words) if seen.get("firewall", True) else None  # without nft, no more
        return seen

    def change(self, add: Sequence[object], remove: Sequence[object]) -> dict[str, object]:
        """Remove and add peers, or refuse all of it; return the interface as it is afterwards."""
        if len(add) + len(remove) > MOST_PEERS:
            raise Failure(f"more than {MOST_PEERS} peers")
        own, taken = self.find()[2], set[str]()
        self.apply([new_key(key, taken) for key in remove], [peer_block(peer, own, taken) for peer in add])
        return self.look()

    def apply(self, keys: list[str], blocks: list[str]) -> None:
        """Remove peers by their keys, then add some; one that is there already keeps its counters."""
        calls = [(["set", *(word for key in some for word in ("peer", key, "remove"))], "") for some in batches(keys)]
        calls += [(["addconf", "/dev/stdin"], "\n".join(some)) for some in batches(blocks)]
        for (command, *words), stdin in calls:
            self.find()  # in the same breath: without its interface, a change brings the kernel down (module 3.0)
            self.run(self.awg, command, self.interface, *words, stdin=stdin)

    def find(self) -> tuple[int, str, list[Address]]:
        """Return the interface's number, its kind ('-' if unknown) and its addresses, link-local ones left out."""
        try:
            (link,) = json.loads(self.run("ip", "-d", "-j", "address", "show", "dev", self.interface))
            infos = [info for info in link["addr_info"] if info["scope"] == "global"]
            addresses = [ipaddress.ip_interface(f"{info['local']}/{info['prefixlen']}") for info in infos]
            return int(link["ifindex"]), str(link.get("linkinfo", {}).get("info_kind", "-")), addresses
        except (ValueError, LookupError, TypeError, AttributeError):
            raise Failure("ip address show answered with something that is not one interface", "garbage") from None

    def ask(self, *words: str) -> str | None:
        """Return what a tool prints, or None if it is missing or fails."""
        with suppress(Failure):
            return self.run(*words)
        return None

    def run(self, *words: str, stdin: str = "") -> str:
        """Run a tool and return what it prints; if it fails, every key in its answer is masked."""
        label = " ".join((*self.prefix, *words[: 2 if words[0] == "sh" else 3]))  # the rest may contain keys
        try:
            code, out, err = spawn([*self.prefix, *words], stdin.encode())
        except OSError as exc:
            kinds = {FileNotFoundError: "missing", PermissionError: "not_permitted", TimeoutError: "timeout"}
            raise Failure(f"{label} could not be run: {exc.strerror}", kinds.get(type(exc), "failed")) from None
        if code < 0:
            raise Failure(f"{label} was killed by {signal.Signals(-code).name}", "failed")
        if code:
            answer = re.sub(MASKED, "(hidden)", "; ".join(err.split("\n"))).strip("; ") or "gave no reason"
            kind = next((kind for kind, signs in KINDS.items() if re.search(signs, f"{answer} ({code})")), "failed")
            raise Failure(f"{label} failed ({code}): {answer}", kind)
        return out


def spawn(words: list[str], stdin: bytes) -> tuple[int, str, str]:
    """Run a command, killed with its children if it lasts or prints too long; return exit code, stdout and stderr."""
    (source, feed), (out, out_end), (err, err_end) = os.pipe(), os.pipe(), os.pipe()
    with os.fdopen(out, "rb") as answer, os.fdopen(err, "rb") as complaint:
        try:
            fcntl.fcntl(feed, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
            os.write(feed, stdin)
            ends = [(os.POSIX_SPAWN_DUP2, end, number) for number, end in enumerate((source, out_end, err_end))]
            process = os.posix_spawnp(words[0], words, os.environ, file_actions=ends, setpgroup=0)
        finally:
            for end in (source, feed, out_end, err_end):
                os.close(end)
        try:
            with at_most(PATIENCE):
                if len(text := answer.read(MOST_BYTES + 1)) > MOST_BYTES:
                    raise OSError(0, "it printed too much")
                trouble = complaint.read(MOST_BYTES)
                code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
                return code, text.decode(errors="replace"), trouble.decode(errors="replace")
        except OSError:
            os.killpg(process, signal.SIGKILL)
            os.waitpid(process, 0)
            raise


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Raise TimeoutError in the block if it takes longer."""

    def stop(*_: object) -> None:
        raise TimeoutError(0, f"it gave no answer in {seconds} s")

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def batches(items: list[str]) -> Iterator[list[str]]:
    """Cut a list into pieces that fit a call."""
    return (items[start : start + PEERS_A_CALL] for start in range(0, len(items), PEERS_A_CALL))


def new_key(key: object, taken: set[str]) -> str:
    """Return a key, noted in `taken`; refuse what is not one, or comes a second time."""
    if not (isinstance(key, str) and re.fullmatch(KEY, key)):
        raise Failure("a key is not 44 characters of base64")
    if key in taken:
        raise Failure("a key comes twice")
    taken.add(key)
    return key


def new_address(text: object, own: Sequence[Address], taken: set[str]) -> str:
    """Return a device's address, noted in `taken`; refuse what is wider, or elsewhere, or comes a second time."""
    address = None
    with suppress(ValueError):
        address = ipaddress.ip_network(text) if isinstance(text, str) and re.fullmatch(ADDRESS, text) else None
    if address is None or address.num_addresses > 1 or str(address) != text:
        raise Failure("an address is not one like 10.8.0.2/32 or fd00::2/128")
    device = address.network_address
    if not any(device in ours.network for ours in own) or any(device == ours.ip for ours in own):
        raise Failure(f"{address} is not a device's address in the interface's networks")
    if text in taken:
        raise Failure(f"{address} comes twice")
    taken.add(text)
    return text


def peer_block(peer: object, own: Sequence[Address], taken: set[str]) -> str:
    """Return a peer as `addconf` reads it, its key and addresses noted in `taken`; refuse what breaks a rule."""
    match peer:
        case [public, preshared, [*addresses]] if 0 < len(addresses) <= MOST_ADDRESSES:
            public_key, allowed = new_key(public, taken), ",".join(new_address(text, own, taken) for text in addresses)
            preshared_key = NO_KEY if preshared is None else new_key(preshared, set())
            return f"[Peer]\nPublicKey = {public_key}\nPresharedKey = {preshared_key}\nAllowedIPs = {allowed}\n"
    raise Failure(f"a peer is not [key, preshared key or null, [1 to {MOST_ADDRESSES} addresses]]")


def load(node: Node, path: str) -> None:
    """Add the peers of the bot's file. A bad block cuts off one friend, not all: the good ones are added."""
    text, own, taken = read_file(path), node.find()[2], set[str]()
    good, fault = list[str](), "there is more in it than peers"
    for public, preshared, addresses in re.findall(BLOCK, text)[:MOST_PEERS]:
        try:
            good.append(peer_block([public, preshared, addresses.split(",")], own, taken))
        except Failure as exc:
            fault = str(exc)
    node.apply([], good)
    if "\n".join(good) != text:
        raise Failure(f"only {len(good)} peers of it were added; {fault}")


def read_file(path: str) -> str:
    """Return what the bot wrote, '' if there is no file; refuse anything else that was put in its place."""
    try:
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return ""
    content = os.read(number, MOST_BYTES + 1) if stat.S_ISREG(os.fstat(number).st_mode) else None
    if content is None or len(content) > MOST_BYTES:
        raise Failure(f"not an ordinary file of at most {MOST_BYTES} bytes")
    return content.decode("ascii", "replace")


def serve(node: Node) -> None:
    """Answer one request after another, until the other side closes the connection or is silent."""
    line = b"\n"
    while line.endswith(b"\n"):  # the rest of a cut one would be taken for the next
        with at_most(SILENCE):
            line = sys.stdin.buffer.readline(MOST_BYTES)
        if not line:
            return
        try:
            answer: dict[str, object] = {"ok": obey(node, line)}
        except Failure as exc:
            answer = {"error": exc.kind, "text": str(exc)}
        left = memoryview(json.dumps(answer).encode() + b"\n")
        with at_most(SILENCE):
            while left:
                left = left[os.write(1, left) :]


def obey(node: Node, line: bytes) -> dict[str, object]:
    """Do what a request says, if it is exactly one of those we know."""
    if not line.endswith(b"\n"):
        raise Failure(f"a request does not end, or has more than {MOST_BYTES} bytes")
    try:  # float is quick with a million digits
        request = json.loads(line.decode(), object_pairs_hook=unique, parse_int=float)
    except (ValueError, RecursionError):
        raise Failure("a request is not JSON") from None
    match request:
        case {"do": "look", "way_out": bool(way_out), **rest} if not rest:
            return node.look(way_out)
        case {"do": "change", "add": [*add], "remove": [*remove], **rest} if not rest:
            return node.change(add, remove)
        case {"do": "fence" | "files" as module, **rest}:
            rule = new_address if module == "fence" else peer_block
            return dict(import_module(f"lib.node.{module}").obey(node, rest, rule, Failure))
    raise Failure("a request is not one that the node knows")


def unique(pairs: list[tuple[str, object]]) -> object:
    """Return a JSON object; for one that has a name twice, something that fits nowhere."""
    return found if len(found := dict(pairs)) == len(pairs) else 0


def main(words: list[str]) -> None:
    """Serve or load. A failure to load must not fail the interface: it is said, and that is all."""
    interface, command = os.environ.get("AWG_INTERFACE", "awg0"), os.environ.get("AWG_COMMAND", "awg")
    folders = ":".join(filter(None, (os.environ.get("PATH"), SYSTEM_PATH)))
    os.environ.clear()  # the tools inherit only what follows
    os.environ.update(PATH=folders, LC_ALL="C")
    match words:
        case ["serve"]:
            sys.path.append(__file__.rpartition("/lib/node/")[0])  # for our modules; last, so that it hides nothing
            with suppress(TimeoutError, ConnectionError):  # silence, or the other side is gone
                serve(Node(interface, command))
        case ["load", interface, path]:
            try:
                load(Node(interface, command), path)
            except (Failure, OSError) as exc:
                sys.stderr.write(f"andreyvpn: {path}: {exc}\n")
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
