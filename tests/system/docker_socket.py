#!/usr/bin/env python3
"""Stand in for docker's daemon: what `docker exec -i` asks for through /run/docker.sock, for docker's own client too.

    docker_socket.py DOCKER   serve; DOCKER is the stand-in that does it, as root
"""

from __future__ import annotations

import grp
import json
import os
import socketserver
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

SOCKET = Path("/run/docker.sock")
EXECS: dict[str, dict[str, Any]] = {}


class Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"

    def address_string(self) -> str:
        return "client"

    def do_HEAD(self) -> None:
        self.answer(200, None)

    def do_GET(self) -> None:
        *_, kind, name, _ = ["", "", *self.path.strip("/").split("/")]
        if self.path == "/_ping":
            self.answer(200, "OK")
        elif kind == "containers":
            running = self.running(name)
            if running is not None:
                shown = {"Id": name, "Name": f"/{name}", "State": {"Running": running}, "Config": {"Tty": False}}
                self.answer(200, shown)
        else:
            self.answer(200, {"ID": name, "Running": False, "ExitCode": EXECS[name]["code"], "ContainerID": name})

    def do_POST(self) -> None:
        *_, kind, name, _ = self.path.strip("/").split("/")
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
        if kind == "containers":
            running = self.running(name)
            if running is None:
                return
            if not running:
                self.answer(409, {"message": f"container {name} is not running"})
                return
            number = f"{len(EXECS):064x}"
            EXECS[number] = {"words": [sys.argv[1], "exec", "-i", name, *body["Cmd"]], "code": None}
            self.answer(201, {"Id": number})
        else:
            self.start(EXECS[name])

    def running(self, name: str) -> bool | None:
        """Return whether a container runs; None, and an answer, if there is none."""
        words = [sys.argv[1], "inspect", "--format", "{{.State.Running}}", name]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            self.answer(404, {"message": f"No such container: {name}"})
            return None
        return done.stdout.strip() == "true"

    def answer(self, code: int, content: Any) -> None:
        data = b"" if content is None else (content if isinstance(content, str) else json.dumps(content)).encode()
        self.send_response(code)
        for name, value in (("Api-Version", "1.43"), ("Ostype", "linux"), ("Content-Type", "application/json"),
                            ("Content-Length", str(len(data)))):  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def start(self, asked: dict[str, Any]) -> None:
        """Run a command, with the connection as its stdin, stdout and stderr."""
        self.wfile.write(b"HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\n"
                         b"Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n")  # fmt: skip
        pipe = subprocess.PIPE
        process = subprocess.Popen(asked["words"], stdin=pipe, stdout=pipe, stderr=pipe)
        lock = threading.Lock()

        def feed() -> None:
            with suppress(OSError):
                while data := self.rfile.read1(65536):  # type: ignore[attr-defined]
                    process.stdin.write(data)  # type: ignore[union-attr]
            with suppress(OSError):
                process.stdin.close()  # type: ignore[union-attr]

        def tell(number: int, source: Any) -> None:
            while data := source.read1(65536):
                with lock, suppress(OSError):
                    self.wfile.write(struct.pack(">BxxxI", number, len(data)) + data)

        threading.Thread(target=feed, daemon=True).start()
        tellers = [threading.Thread(target=tell, args=args) for args in ((1, process.stdout), (2, process.stderr))]
        for teller in tellers:
            teller.start()
        for teller in tellers:
            teller.join()
        asked["code"] = process.wait()
        self.close_connection = True


class Daemon(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


def main() -> None:
    SOCKET.unlink(missing_ok=True)
    with Daemon(str(SOCKET), Handler) as daemon:
        os.chown(SOCKET, 0, grp.getgrnam("docker").gr_gid)
        SOCKET.chmod(0o660)
        daemon.serve_forever()


if __name__ == "__main__":
    main()
