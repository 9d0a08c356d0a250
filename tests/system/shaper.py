"""What an AmneziaWG client does before each handshake: send the packets I1 to I5, then junk, from the same port.

`shaper.py LISTEN HOST PORT JSON` stands between a plain WireGuard client and its server; JSON has the file's Jc, Jmin,
Jmax and I1 to I5.
"""

from __future__ import annotations

import json
import os
import random
import re
import select
import socket
import string
import sys
import time
from collections.abc import Iterator

INITIATION = b"\x01\0\0\0"


def packet(text: str) -> bytes:
    """Make the packet of an I-value: bytes, random bytes, letters or digits, and the time."""
    made = b""
    for tag, value in re.findall(r"<(\w+) ?([^<>]*)>", text):
        if tag == "b":
            made += bytes.fromhex(value[2:])
        elif tag == "t":
            made += int(time.time()).to_bytes(4, "big")
        elif tag == "r":
            made += os.urandom(int(value))
        else:
            signs = string.digits if tag == "rd" else string.ascii_letters
            made += "".join(random.choices(signs, k=int(value))).encode()
    return made


def ahead(values: dict[str, str]) -> Iterator[bytes]:
    """Yield what goes ahead of a handshake."""
    for name in ("I1", "I2", "I3", "I4", "I5"):
        if name in values:
            yield packet(values[name])
    for _ in range(int(values.get("Jc", "0"))):
        yield os.urandom(random.randint(int(values["Jmin"]), int(values["Jmax"])))


def main(listen: int, host: str, port: int, values: dict[str, str]) -> None:
    near, far = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in "nf")
    near.bind(("127.0.0.1", listen))
    far.connect((host, port))
    print("ready", flush=True)
    client = ("127.0.0.1", 0)
    while True:
        for source in select.select([near, far], [], [])[0]:
            try:
                if source is far:
                    near.sendto(far.recv(65535), client)
                    continue
                data, client = near.recvfrom(65535)
                for one in ahead(values) if data.startswith(INITIATION) else ():
                    far.send(one)
                far.send(data)
            except OSError:  # the carrier refuses a packet: it is lost, as on a real network
                continue


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), json.loads(sys.argv[4]))
