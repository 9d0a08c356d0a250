"""Send bytes through a tunnel: `download.py fetch ADDRESS BYTES` gets them from `download.py serve ADDRESS`."""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence

_PORT = 8080
_CHUNK = bytes(1 << 14)
_WINDOW = 1 << 16  # bytes in flight; more would overflow the buffers of a tunnel without latency, and be sent twice
_TIMEOUT = 20.0  # seconds


def serve(address: str) -> None:
    """Serve one client at a time until killed."""
    with socket.create_server((address, _PORT)) as server:
        while True:
            client, _ = server.accept()
            with client:
                client.settimeout(_TIMEOUT)
                try:
                    left = int(client.recv(20))
                    while left > 0:
                        left -= client.send(_CHUNK[:left])
                except OSError:
                    continue


def fetch(address: str, amount: int) -> int:
    """Fetch this many bytes and return how many were received."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WINDOW)
        connection.settimeout(_TIMEOUT)
        connection.connect((address, _PORT))
        connection.sendall(b"%d" % amount)
        received = 0
        while chunk := connection.recv(1 << 16):
            received += len(chunk)
        return received


def main(words: Sequence[str]) -> int:
    """Serve or fetch; return exit code 1 if not everything was received."""
    if words[0] == "serve":
        serve(words[1])
    return 0 if fetch(words[1], int(words[2])) == int(words[2]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
