"""Move bytes through a tunnel: `parcel.py serve ADDRESS` gives as many as are asked for, `fetch ADDRESS BYTES` asks."""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence

_PORT = 8080
_PIECE = bytes(1 << 14)
_WINDOW = 1 << 16  # bytes under way: more would overrun the buffers of a tunnel without delay, and be sent twice
_PATIENCE = 20.0  # seconds


def serve(address: str) -> None:
    """Serve one after the other until killed."""
    with socket.create_server((address, _PORT)) as server:
        while True:
            client, _ = server.accept()
            with client:
                client.settimeout(_PATIENCE)
                try:
                    left = int(client.recv(20))
                    while left > 0:
                        left -= client.send(_PIECE[:left])
                except OSError:
                    continue


def fetch(address: str, amount: int) -> int:
    """Fetch this many bytes; give how many came."""
    with socket.socket() as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WINDOW)
        link.settimeout(_PATIENCE)
        link.connect((address, _PORT))
        link.sendall(b"%d" % amount)
        came = 0
        while piece := link.recv(1 << 16):
            came += len(piece)
        return came


def main(words: Sequence[str]) -> int:
    """Do the one or the other; exit code 1 when less came than was asked for."""
    if words[0] == "serve":
        serve(words[1])
    return 0 if fetch(words[1], int(words[2])) == int(words[2]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
