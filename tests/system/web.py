"""A web server that sends and receives any number of bytes, and its client, run inside a namespace.

web.py serve ADDRESS | download ADDRESS BYTES | upload ADDRESS BYTES
"""

from __future__ import annotations

import socket
import sys
import time
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = 8080
WINDOW = 1 << 16  # bytes under way: more would overrun the UDP buffers of a tunnel without delay, and be sent twice


class Handler(BaseHTTPRequestHandler):
    """GET /N returns N bytes; POST returns how many bytes it received."""

    def do_GET(self) -> None:
        self.answer(bytes(int(self.path[1:])))

    def do_POST(self) -> None:
        self.answer(b"%d" % len(self.rfile.read(int(self.headers["Content-Length"]))))

    def answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def connect(address: str) -> socket.socket:
    """Connect with a small receive window, which must be set before connecting."""
    link = socket.socket()
    link.settimeout(30)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WINDOW)
    link.connect((address, PORT))
    return link


def main(way: str, address: str, amount: str = "0") -> None:
    """Serve until killed, or transfer bytes once and print how many arrived, and how many seconds that took."""
    if way == "serve":
        server = ThreadingHTTPServer((address, PORT), Handler)
        server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WINDOW)  # those that it accepts inherit it
        print("ready", flush=True)
        server.serve_forever()
    link = HTTPConnection(address, PORT)
    link.sock = connect(address)
    begin = time.monotonic()
    if way == "upload":
        link.request("POST", "/", bytes(int(amount)))
        arrived = int(link.getresponse().read())
    else:
        link.request("GET", f"/{amount}")
        arrived = len(link.getresponse().read())
    print(arrived, time.monotonic() - begin)


if __name__ == "__main__":
    main(*sys.argv[1:])
