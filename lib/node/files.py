"""Keep a container's files up to date: the .conf that it starts from, and the AmneziaVPN app's clientsTable.

    {"do": "files", "peers": [[public key, preshared key or null, ["10.8.1.2/32", ...], name], ...],
     "off": [the same, ...], "deleted": [public key, ...], "others": [public key, ...]}

These are the bot's peers, those that it has switched off or deleted, and peers that it doesn't know. The answer is
{"names": the app's names of its clients, "trouble": null, or "list" if the app's list can't be parsed and is left as it
is, "revoked" and "restored": keys, see below}. The bot requests this in each round. The node does it because it has
access to the container anyway and validates everything; so admins learn of write errors at once.

We never change what the app wrote. A section of the bot's starts with a marker line that has the name the bot gave the
peer. We remove only such sections, and we rename or remove only entries that still have this name. If we are killed
between the two files, the next round completes the change. The app gives a new client the address after the last one in
the .conf, so the highest address is always last, even if it is only reserved for a peer that is switched off.

The .conf also lists which of the bot's peers it contains. A peer that is on this list, but in neither file, was revoked
in the app, and is not written again. A file that is empty, new or restored has no such list, or an older one. If many
peers disappear at once, the file is considered damaged, and they are restored.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from ipaddress import ip_address, ip_network
from typing import Any

FOLDERS = {"amnezia-awg2": "awg", "amnezia-awg": "awg", "amnezia-wireguard": "wireguard"}
MOST_PEERS, MOST_LETTERS, MOST_BYTES = 20_000, 64, 1 << 20  # letters of a name; bytes of a file, sent through a pipe
TRIES, PAUSE = 5, 2  # attempts while the app is writing; the seconds that it takes between its two files
FEW = 3  # this many peers at once, or up to half of all, count as revoked in the app; more mean a damaged file
MARK, UNNAMED = "# AndreyVPN_bot: ", "Client"
KEEPS = "# AndreyVPN_bot_keeps = "
KEPT = re.compile(rf"(?m)^{KEEPS}(.*)\n?")
LISTED = slice(35, 43)  # the part of a key that is listed: the app would mistake a whole key for the client's section
PEER = re.compile(r"(?im)^(?=[ \t]*\[[ \t]*peer[ \t]*\])")
VALUE = re.compile(r"(?im)^[ \t]*(publickey|presharedkey|allowedips)[ \t]*=[ \t]*([^#\n]*)")
READ = 'if [ -e "$1" ]; then cat "$1"; fi'
# Replace the file $1 with stdin, if the file has the checksum $2 and stdin has $3. The connection may break halfway,
# and the app may append to the file until the last moment: then its version is put back.
REPLACE = """set -eu
umask 077
new=$1.andreyvpn old=$1.andreyvpn-before
trap 'rm -f "$new" "$old"' EXIT
is() { [ "$(sha256sum <"$1")" = "$2  -" ]; }
[ -e "$1" ] || : >"$1"
cp -p "$1" "$new"
cat >"$new"
is "$new" "$3"
sync "$new"
ln -f "$1" "$old"
is "$1" "$2" && [ "$1" -ef "$old" ] || exit 75
mv "$new" "$1"
is "$old" "$2" || { mv "$old" "$1"; exit 75; }
"""
Peer = tuple[str, str, int]  # the lines of its section, its name, and its IPv4 address as a number
Peers = dict[str, Peer]


class Changed(Exception):
    """Another program has changed a file meanwhile, or is about to."""


def obey(
    node: Any, request: dict[Any, Any], peer_block: Callable[..., str], failure: type[Exception]
) -> dict[str, object]:
    """Update both files as requested; return the answer."""
    match node.prefix, request:
        case (
            ["docker", "exec", "-i", container],
            {"peers": [*on], "off": [*off], "deleted": [*deleted], "others": [*others], **rest},
        ) if container in FOLDERS and not rest:
            folder = f"/opt/amnezia/{FOLDERS[container]}"
        case _:
            raise failure("files are kept in a container of the AmneziaVPN app alone")
    if len(on) + len(off) > MOST_PEERS:
        raise failure(f"more than {MOST_PEERS} peers")
    own, taken = node.find()[2], set[str]()
    peers = [read_peer(peer, own, taken, peer_block, failure) for peer in on + off]
    files = Files(node, folder, failure, dict(peers[: len(on)]), dict(peers))
    files.deleted, files.others = set(map(str, deleted)), set(map(str, others))
    for left in reversed(range(TRIES)):
        try:
            return files.keep(patient=left > 0)
        except Changed as exc:
            time.sleep(*exc.args)
    raise failure("the app is changing the container's files all the time", "failed")


def read_peer(
    peer: object, own: Sequence[Any], taken: set[str], peer_block: Callable[..., str], failure: type[Exception]
) -> tuple[str, Peer]:
    """Return a peer's key and what to write about it. Raise `failure` if the request is invalid."""
    match peer:
        case [public, preshared, [*addresses], str(name)] if is_name(name):
            _, key, secret, allowed = peer_block([public, preshared, addresses], own, taken).splitlines()
            lines = [key, *([secret] if preshared else []), allowed.replace(",", ", ")]
            return str(public), ("".join(f"{line}\n" for line in lines), name, address_of(allowed))
    raise failure("a peer of the files is not [key, preshared key or null, [addresses], name]")


def is_name(text: object) -> bool:
    """Return True for one printable line of a sensible length."""
    return isinstance(text, str) and 0 < len(text) <= MOST_LETTERS and text.isprintable() and text == text.strip()


class Files:
    """A container's two files, the peers that should be in them, and all peers of the bot."""

    def __init__(self, node: Any, folder: str, failure: type[Exception], wanted: Peers, held: Peers) -> None:
        self.node, self.failure, self.wanted, self.held = node, failure, wanted, held
        self.deleted, self.others = set[str](), set[str]()
        self.conf, self.table = f"{folder}/{node.interface}.conf", f"{folder}/clientsTable"

    def keep(self, patient: bool) -> dict[str, object]:
        """Write what has changed and return the answer. The list comes first: the .conf still has the old names."""
        conf, table = self.read(self.conf), self.read(self.table)
        head, sections = divide(KEPT.sub("", conf))
        if "[interface]" not in head.lower():
            raise self.failure(f"{self.conf} in the container has no [Interface]", "failed")
        readable, gone = read_table(table) is not None, self.find_gone(conf, table, sections, patient)
        many = len(gone) > max(FEW, len(self.wanted) // 2)
        out = () if many else gone
        taken = {address_of(section) for section in self.theirs(sections, self.wanted)} - {0}
        written = {key: peer for key, peer in self.wanted.items() if key not in out and peer[2] not in taken}
        given = {key_of(section): mark_of(section) for section in sections if self.is_ours(section)}
        if readable:
            others = [] if read_table(table) else self.theirs(sections, written)
            self.write(self.table, table, tell(table, written, given, self.deleted, others))
        self.write(self.conf, conf, self.join(head, sections, written, [*written, *out]))
        found = {"names": names_of(table), "trouble": None if readable else "list"}
        return {**found, "revoked": [*out], "restored": gone if many else []}

    def find_gone(self, conf: str, table: str, sections: list[str], patient: bool) -> list[str]:
        """Return the keys that are only on the .conf's own list. Raise Changed if the app may be halfway through."""
        listed, there = set(" ".join(KEPT.findall(conf)).split()), set(map(key_of, sections))
        clients = {client for client, _ in pairs_of(read_table(table) or [])}
        gone = [key for key in self.wanted if key[LISTED] in listed and key not in there]
        if patient and not clients.isdisjoint(gone):
            raise Changed(PAUSE)
        return [key for key in gone if key not in clients] if table.strip() and read_table(table) is not None else []

    def is_ours(self, section: str) -> bool:
        """Return True for a section that the bot wrote and still knows, or whose peer it has deleted."""
        return key_of(section) in self.deleted or (MARK in section and key_of(section) not in self.others)

    def theirs(self, sections: list[str], ours: Container[str]) -> list[str]:
        return [section for section in sections if key_of(section) not in ours and not self.is_ours(section)]

    def join(self, head: str, sections: list[str], written: Peers, listed: list[str]) -> str:
        """Return the .conf with everything that others wrote and the bot's peers; the highest address comes last."""
        others, added = self.theirs(sections, written), {key_of(section): added_to(section) for section in sections}
        ordered = sorted(written.items(), key=lambda item: item[1][2])
        ours = [f"[Peer]\n{MARK}{marked(name)}\n{lines}{added.get(key, '')}\n" for key, (lines, name, _) in ordered]
        behind = max(map(address_of, others), default=0) > max(map(address_of, ours), default=0)
        parts = [head, *listing(sorted(key[LISTED] for key in listed)), *(ours + others if behind else others + ours)]
        last = max((number for _, _, number in self.held.values()), default=0)
        if last > max(map(address_of, others + ours), default=0):
            parts += listing(["AllowedIPs", "=", f"{ip_address(last)}/32"])
        return "".join(part if part.endswith("\n") or not part else f"{part}\n" for part in parts)

    def read(self, path: str) -> str:
        """Return a file's text; '' if it doesn't exist."""
        text = str(self.node.run("sh", "-c", READ, "sh", path))
        if "\ufffd" in text or len(text.encode()) > MOST_BYTES:
            raise self.failure(f"{path} in the container is not UTF-8, or has more than {MOST_BYTES} bytes", "failed")
        return text

    def write(self, path: str, before: str, text: str) -> None:
        """Replace a file. Raise Changed if its content is no longer `before`."""
        if text == before:
            return
        if len(text.encode(errors="replace")) > MOST_BYTES:
            raise self.failure(f"{path} would have more than {MOST_BYTES} bytes", "failed")
        sums = [sha256(content.encode()).hexdigest() for content in (before, text)]
        try:
            self.node.run("sh", "-c", REPLACE, "sh", path, *sums, stdin=text)
        except self.failure as exc:
            if "failed (75)" in str(exc):
                raise Changed(0) from None
            raise


def divide(text: str) -> tuple[str, list[str]]:
    """Return the text before the first peer, and each peer's section; other sections belong to what precedes them."""
    head, *sections = PEER.split(text)
    return head, sections


def values_of(section: str) -> dict[str, str]:
    """Return a section's values for the keys that the bot writes, by lower-case name."""
    return {name.lower(): value.strip() for name, value in VALUE.findall(section)}


def listing(words: list[str]) -> list[str]:
    """Return the comment line in which we store words in the .conf; nothing if there are none."""
    return [f"{KEEPS}{' '.join(words)}\n"] if words else []


def key_of(section: str) -> str:
    return values_of(section).get("publickey", "")


def mark_of(section: str) -> str:
    """Return the name in a section's marker line."""
    return next((line.removeprefix(MARK) for line in section.splitlines() if line.startswith(MARK)), "")


def marked(name: str) -> str:
    """Return a name that is safe in a section: the app splits sections at brackets, and searches them for keys."""
    return name.replace("[", "(").replace("]", ")").replace("=", "-")


def added_to(section: str) -> str:
    """Return the lines that others added to a peer's section."""
    lines = (line for line in section.splitlines()[1:] if line.strip() and not line.startswith(MARK))
    return "".join(f"{line}\n" for line in lines if not VALUE.match(line))


def address_of(section: str) -> int:
    """Return the first IPv4 address of a section as a number; 0 if it has none."""
    allowed = values_of(section).get("allowedips", "")
    with suppress(ValueError):
        return next((int(ip_network(word.strip(), strict=False)[0]) for word in allowed.split(",") if "." in word), 0)
    return 0


def read_table(text: str) -> Any:
    """Parse the app's list, which is a list or, in older versions, an object. Return None for anything else."""
    with suppress(ValueError, RecursionError):
        found = json.loads(text.strip() or "[]", object_pairs_hook=unique)
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()  # a lone surrogate can't be encoded
        return found if isinstance(found, (list, dict)) else None
    return None


def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return a JSON object. Raise ValueError for a duplicate name, since one of the values would be lost."""
    if len(found := dict(pairs)) < len(pairs):
        raise ValueError("a name comes twice")
    return found


def tell(text: str, written: Peers, given: dict[str, str], deleted: Container[str], others: list[str]) -> str:
    """Return the app's list with the bot's peers added, in the same format; the same text if nothing changes.

    The app fills an empty list with all clients, named like “Client 0”. We do the same for sections of others.
    """
    before, after = read_table(text), read_table(text)
    new = {key_of(section): mark_of(section) or f"{UNNAMED} {number}" for number, section in enumerate(others)}
    new |= {key: name for key, (_, name, _) in written.items()}
    for client, data in list(pairs_of(after)):
        new.pop(client, None)
        name = str(data.get("clientName"))
        same = marked(name) == given.get(client) or name.rstrip("0123456789") == f"{UNNAMED} "
        if same and client in written:
            data["clientName"] = written[client][1]
        elif client not in written and (client in deleted or (client in given and same)):
            drop(after, client)
    if isinstance(after, dict):
        after |= {key: {"clientName": name} for key, name in new.items()}
    else:
        at = time.strftime("%a %b %e %H:%M:%S %Y").replace("  ", " ")  # as Qt writes it
        after += [{"clientId": key, "userData": {"clientName": name, "creationDate": at}} for key, name in new.items()]
    return text if after == before else json.dumps(after, ensure_ascii=False, indent=4) + "\n"


def pairs_of(entries: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (public key, data) from the app's list."""
    for client, data in entries.items() if isinstance(entries, dict) else map(pair_of, entries):
        if isinstance(client, str):
            yield client, data if isinstance(data, dict) else {}


def pair_of(entry: Any) -> tuple[object, object]:
    return (entry.get("clientId"), entry.get("userData")) if isinstance(entry, dict) else (None, None)


def drop(entries: Any, client: str) -> None:
    """Remove a client from the app's list."""
    if isinstance(entries, dict):
        del entries[client]
    else:
        entries[:] = [entry for entry in entries if pair_of(entry)[0] != client]


def names_of(text: str) -> dict[str, str]:
    """Return the app's names of its clients, leaving out invalid ones."""
    found = ((client, data.get("clientName")) for client, data in pairs_of(read_table(text) or []))
    return dict([(client, str(name)) for client, name in found if is_name(name)][:MOST_PEERS])
