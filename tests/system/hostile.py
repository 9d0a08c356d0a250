"""What runs in the bot's place once a stranger has its process: a program under the bot's own unit.

It listens in the bot's folder. A request is a line of JSON: the name of a function below and its arguments. Each runs
in a child of its own, because the kernel may kill it for what it tries. The answer is {"got": …} or {"failed": why}.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import socket
import sqlite3
import struct
import subprocess
import termios
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

DATA = Path("/var/lib/andreyvpn")
PLACE, NODE = str(DATA / "hostile.sock"), "/run/andreyvpn-node.sock"
SPY = """
table inet spy {
    chain seen { type filter hook prerouting priority raw; log group 5; }
}
"""


# ---- files, programs, sockets ----


def read(path: str) -> str:
    """Read the beginning of a file."""
    with open(path, "rb") as file:  # noqa: PTH123
        return file.read(4000).decode(errors="replace")


def write(path: str, text: str) -> str:
    """Add a line to a file, or make one."""
    with open(path, "a") as file:  # noqa: PTH123
        file.write(text)
    return "written"


def run(*words: str, stdin: str = "") -> str:
    """Run a program that is on the machine; it must succeed."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=20, input=stdin)
    if done.returncode:
        raise OSError(f"{words[0]} ended with {done.returncode}: {done.stderr.strip()[-300:]}")
    return done.stdout


def connect(path: str) -> str:
    """Connect to a local socket."""
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(path)
    return "connected"


def query(statement: str, *values: Any) -> list[Any]:
    """Read or change the bot's own database."""
    with sqlite3.connect(DATA / "bot_data.db", timeout=10) as db:
        return db.execute(statement, values).fetchall()


# ---- the network ----


def listen_to_packets(kind: str) -> str:
    """Open a socket that hears all packets, or one for packets of one's own making."""
    family, number = (socket.AF_PACKET, 0x300) if kind == "packet" else (socket.AF_INET, socket.IPPROTO_RAW)
    with socket.socket(family, socket.SOCK_RAW, number):
        return "opened"


def talk_to_the_kernel() -> str:
    """Open a netlink socket: by one, interfaces, routes and firewalls are changed."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as link:
        link.bind((0, 0))
    return "opened"


def read_traffic(mark: str) -> str:
    """Let the firewall copy every packet to us (NFLOG), and return the first that has a word in it."""
    run("nft", "-f", "-", stdin=SPY)
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12) as link:
            link.bind((0, 0))
            bind, copies = struct.pack("=HHBxxx", 5, 1, 1), struct.pack("=HHIBB", 10, 2, 0xFFFF0000, 2, 0) + b"\0\0"
            body = struct.pack("=BBH", 0, 0, socket.htons(5)) + bind + copies
            link.send(struct.pack("=IHHII", 16 + len(body), (4 << 8) | 1, 5, 1, 0) + body)
            end = time.monotonic() + 8
            while select.select([link], [], [], max(0, end - time.monotonic()))[0]:
                packet = link.recv(65536)
                if mark.encode() in packet:
                    return packet[packet.index(mark.encode()) :][:200].decode(errors="replace")
    finally:
        run("nft", "delete", "table", "inet", "spy")
    raise OSError("nothing was heard")


def load_rules(text: str) -> str:
    """Load rules into the firewall."""
    return run("nft", "-f", "-", stdin=text)


def take_down(interface: str) -> str:
    """Set an interface down by a call that needs no netlink."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        flags = struct.unpack("16sH14x", fcntl.ioctl(link, 0x8913, struct.pack("16sH14x", interface.encode(), 0)))[1]
        fcntl.ioctl(link, 0x8914, struct.pack("16sH14x", interface.encode(), flags & ~1))
    return "down"


def ask_tunnel(interface: str) -> str:
    """Ask the program behind a userspace interface for everything, its key first."""
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(f"/run/wireguard/{interface}.sock")
        link.sendall(b"get=1\n\n")
        return link.recv(65536).decode()


# ---- other processes ----


def look_into_others(path: str) -> list[str]:
    """Return what is in a file of every process but ours and the bot's own."""
    found = []
    for number in filter(str.isdigit, os.listdir("/proc")):  # noqa: PTH208
        with suppress(OSError), open(f"/proc/{number}/{path}", "rb") as file:  # noqa: PTH123
            if os.getpgid(int(number)) != os.getpgrp():
                found.append(file.read(200).decode(errors="replace"))
    if not found:
        raise PermissionError("no process but our own is to be seen")
    return found


def reach_terminals(seconds: float) -> list[str]:
    """Look for processes at a terminal, and do to that or to them whatever is possible."""
    done, end = set[str](), time.monotonic() + seconds
    while time.monotonic() < end:
        for number in filter(str.isdigit, os.listdir("/proc")):  # noqa: PTH208
            with suppress(OSError, ValueError):
                if os.getpgid(int(number)) != os.getpgrp():
                    reach(number, done)
        time.sleep(0.02)
    if not done:
        raise PermissionError("no process at a terminal is in reach")
    return sorted(done)


def reach(number: str, done: set[str]) -> None:
    """Write to a process' terminal, type on it, and write into the memory of the process."""
    here = Path("/proc") / number
    terminals = [end for end in (here / "fd").iterdir() if str(end.readlink()).startswith(("/dev/pts", "/dev/tty"))]
    if terminals:
        done.add("saw a terminal")
        rewrite_memory(here, done)
    for end in terminals:
        file = os.open(end, os.O_RDWR)
        os.write(file, b"\x1b]52;c;ZXZpbA==\x07")
        done.add("wrote on a terminal")
        fcntl.ioctl(file, termios.TIOCSTI, b"\n")
        done.add("typed on a terminal")


def rewrite_memory(process: Path, done: set[str]) -> None:
    """Write into the code of a process: what was there already, but it might be anything."""
    with suppress(OSError), (process / "mem").open("r+b", buffering=0) as memory:
        line = next(line for line in (process / "maps").read_text().splitlines() if " r-xp " in line)
        memory.seek(int(line.split("-")[0], 16))
        code = memory.read(16)
        memory.seek(-16, os.SEEK_CUR)
        memory.write(code)
        done.add("changed the code of a process at a terminal")


# ---- the node ----


def ask_node(*requests: str) -> list[str]:
    """Send lines to the node, and return its answers; "" where it hung up."""
    with socket.socket(socket.AF_UNIX) as link, link.makefile() as answers:
        link.settimeout(20)
        link.connect(NODE)
        found = []
        for text in requests:
            with suppress(ConnectionError):
                link.sendall(text.encode("latin-1") + b"\n")
            try:
                found.append(answers.readline().strip())
            except ConnectionError:
                found.append("")
        return found


def flood_node(amount: int) -> str:
    """Send a request of many bytes, or one without an end; return what came back."""
    with socket.socket(socket.AF_UNIX) as link, link.makefile() as answers:
        link.settimeout(20)
        link.connect(NODE)
        with suppress(ConnectionError):
            for _ in range(amount >> 16):
                link.sendall(b"[" * 65536)
        try:
            return answers.readline()
        except ConnectionError:
            return ""


def hold_node(seconds: float) -> int:
    """Hold as many connections as there are, and say nothing; return how many were accepted."""
    links = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        link = socket.socket(socket.AF_UNIX)
        link.connect(NODE)
        links.append(link)
        time.sleep(0.05)
    return len(links)


def hurry_node(amount: int) -> str:
    """Connect so often that systemd gives up on the socket."""
    for _ in range(amount):
        with suppress(OSError), socket.socket(socket.AF_UNIX) as link:
            link.connect(NODE)
    return "hurried"


# ---- the program ----


def notify(text: str) -> None:
    """Tell systemd something, as the bot does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
        link.sendto(text.encode(), os.environ["NOTIFY_SOCKET"])


def answer(link: socket.socket) -> None:
    """Do what one request says."""
    with link, link.makefile() as words:
        name, arguments = json.loads(words.readline())
        try:
            said = {"got": globals()[name](*arguments)}
        except (OSError, subprocess.SubprocessError, sqlite3.Error) as exc:
            said = {"failed": f"{type(exc).__name__}: {exc}"}
        except Exception as exc:
            said = {"broken": f"{type(exc).__name__}: {exc}"}
        link.sendall(json.dumps(said).encode())


def main() -> None:
    with suppress(FileNotFoundError):
        os.unlink(PLACE)  # noqa: PTH108
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(PLACE)
        door.listen()
        door.settimeout(30)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        notify("READY=1")
        while True:
            notify("WATCHDOG=1")
            with suppress(TimeoutError):
                link = door.accept()[0]
                if os.fork() == 0:
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    answer(link)
                    os._exit(0)
                link.close()


if __name__ == "__main__":
    main()
