"""A web server that gives and takes any number of bytes, and its client; run as a process inside a namespace.

web.py serve ADDRESS | download ADDRESS BYTES | upload ADDRESS BYTES
"""

from __future__ import annotations

import sys
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer

PORT = 8080


class Handler(BaseHTTPRequestHandler):
    """GET /N gives N bytes; POST answers how many it was given."""

    def do_GET(self) -> None:
        self.answer(bytes(int(self.path[1:])))

    def do_POST(self) -> None:
        self.answer(b"%d" % len(self.rfile.read(int(self.headers["Content-Length"]))))

    def answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main(way: str, address: str, amount: str = "0") -> None:
    """Serve until killed, or move bytes once and print how many arrived."""
    if way == "serve":
        server = HTTPServer((address, PORT), Handler)
        print("ready", flush=True)
        server.serve_forever()
    link = HTTPConnection(address, PORT, timeout=30)
    if way == "upload":
        link.request("POST", "/", bytes(int(amount)))
        print(int(link.getresponse().read()))
    else:
        link.request("GET", f"/{amount}")
        print(len(link.getresponse().read()))


if __name__ == "__main__":
    main(*sys.argv[1:])
