"""Send bytes through a tunnel: `download.py fetch ADDRESS BYTES` gets them from `download.py serve ADDRESS`."""

from __future__ import annotations

import socket
import sys
import time
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


def _connect(address: str) -> socket.socket:
    """Connect to the other end, which may have been started a moment ago."""
    until = time.monotonic() + _TIMEOUT
    while True:
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WINDOW)
        connection.settimeout(_TIMEOUT)
        try:
            connection.connect((address, _PORT))
            return connection
        except ConnectionRefusedError:
            connection.close()
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def fetch(address: str, amount: int) -> int:
    """Fetch this many bytes and return how many were received."""
    with _connect(address) as connection:
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
