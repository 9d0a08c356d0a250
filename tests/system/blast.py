"""UDP that nobody asked for: `blast.py send MBIT SECONDS FIRST COUNT`, and `blast.py count SECONDS`.

It sends 1,000 bytes at a time to COUNT addresses from FIRST on, in turns, or counts what arrives, and prints Mbit/s.
"""

from __future__ import annotations

import socket
import sys
import time
from ipaddress import IPv4Address

PORT = 9000


def send(mbit: float, seconds: float, first: str, count: int) -> None:
    targets = [(str(IPv4Address(first) + n), PORT) for n in range(count)]
    begin, sent = time.monotonic(), 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        while (passed := time.monotonic() - begin) < seconds:
            while sent * 8000 < passed * mbit * 1e6:
                own.sendto(bytes(1000), targets[sent % count])
                sent += 1
            time.sleep(0.002)
    print(f"{sent * 8000 / 1e6 / seconds:.2f}")


def count(seconds: float) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        own.bind(("", PORT))
        print("ready", flush=True)
        own.settimeout(0.1)
        received, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                received += len(own.recv(2000))
            except TimeoutError:
                continue
    print(f"{received * 8 / 1e6 / seconds:.2f}")


if __name__ == "__main__":
    if sys.argv[1] == "send":
        send(float(sys.argv[2]), float(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
    else:
        count(float(sys.argv[2]))
