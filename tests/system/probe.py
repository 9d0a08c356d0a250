"""What one machine reaches of another, run inside a namespace.

probe.py answer PORT...         accept connections and echo, over TCP and UDP, at every address, until killed
probe.py ask KIND:ADDRESS:PORT  print "open", "refused" (by a firewall on the way) or "silent" for each, a line each
probe.py hold ADDRESS PORT      keep a connection for two seconds, then print "kept"
"""

from __future__ import annotations

import errno
import re
import select
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

PATIENCE = 1.0  # seconds
REFUSED = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EACCES, errno.EPERM}
KINDS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}


def answer(*ports: str) -> None:
    """Echo whatever arrives."""
    listening = [bind(kind, int(port)) for port in ports for kind in KINDS.values()]
    print("ready", flush=True)
    links: list[socket.socket] = []
    while True:
        for ready in select.select(listening + links, [], [])[0]:
            if ready in links:
                if not echo(ready):
                    links.remove(ready)
            elif ready.type == socket.SOCK_STREAM:
                links.append(ready.accept()[0])
            else:
                text, notes, _, sender = ready.recvmsg(4096, 64)
                asked = [(level, kind, note[:16] + bytes(4)) for level, kind, note in notes]
                ready.sendmsg([text], asked, 0, sender)  # from the address that was asked, on any interface


def echo(link: socket.socket) -> bool:
    """Return what arrived; return False and close the connection if the other side has."""
    with suppress(OSError):
        if text := link.recv(4096):
            link.sendall(text)
            return True
    link.close()
    return False


def bind(kind: int, port: int) -> socket.socket:
    """Listen at every address of both families."""
    own = socket.socket(socket.AF_INET6, kind)
    own.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    own.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, int(kind == socket.SOCK_DGRAM))
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    own.bind(("::", port))
    if kind == socket.SOCK_STREAM:
        own.listen()
    return own


def ask(question: str) -> str:
    """Return what comes back. A UDP port that nobody listens at is open to those who hear so."""
    kind, _, place = question.partition(":")
    if kind == "ping":
        done = subprocess.run(["ping", "-n", "-c", "1", "-W", "1", place], capture_output=True, text=True)
        refused = re.search("prohibited|filtered", done.stdout)
        return "open" if done.returncode == 0 else "refused" if refused else "silent"
    address, _, port = place.rpartition(":")
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, KINDS[kind]) as link:
        link.settimeout(PATIENCE)
        try:
            link.connect((address, int(port)))
            link.sendall(b"?")
            link.recv(1)
        except ConnectionRefusedError:
            return "refused" if kind == "tcp" else "open"
        except OSError as exc:
            return "refused" if exc.errno in REFUSED else "silent"
    return "open"


def hold(address: str, port: str) -> None:
    """Use one connection for a while."""
    with socket.create_connection((address, int(port)), timeout=PATIENCE) as link:
        print("connected", flush=True)
        end = time.monotonic() + 2
        while time.monotonic() < end:
            link.sendall(b"?")
            assert link.recv(1) == b"?"
            time.sleep(0.1)
    print("kept", flush=True)


def main(deed: str, *words: str) -> None:
    if deed == "answer":
        answer(*words)
    elif deed == "hold":
        hold(*words)
    else:
        with ThreadPoolExecutor(len(words)) as pool:
            print("\n".join(pool.map(ask, words)))


if __name__ == "__main__":
    main(*sys.argv[1:])
