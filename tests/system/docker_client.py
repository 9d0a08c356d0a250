#!/usr/bin/env python3
"""Stand in for docker's own program, as far as `docker exec -i NAME WORD...` goes: ask the daemon by its socket."""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
import threading
from typing import Any, BinaryIO

SOCKET = "/var/run/docker.sock"


def send(method: str, path: str, content: Any) -> tuple[socket.socket, BinaryIO, int]:
    """Send a request; return the connection, what comes by it behind the headers, and the status."""
    connected = socket.socket(socket.AF_UNIX)
    try:
        connected.connect(SOCKET)
    except OSError as error:
        sys.exit(f"Cannot connect to the Docker daemon at unix://{SOCKET}: {error.strerror}")
    body = json.dumps(content).encode() if content else b""
    head = f"{method} /v1.43{path} HTTP/1.1\r\nHost: docker\r\nContent-Length: {len(body)}\r\n\r\n"
    connected.sendall(head.encode() + body)
    answer = connected.makefile("rb")
    status = int(answer.readline().split()[1])
    while answer.readline() not in (b"\r\n", b""):
        pass
    return connected, answer, status


def ask(method: str, path: str, content: Any) -> Any:
    connected, answer, status = send(method, path, content)
    connected.shutdown(socket.SHUT_WR)
    found = json.loads(answer.read())
    if status >= 400:
        sys.exit(f"Error response from daemon: {found['message']}")
    return found


def main(words: list[str]) -> None:
    assert words[:2] == ["exec", "-i"]
    number = ask("POST", f"/containers/{words[2]}/exec", {"AttachStdin": True, "Cmd": words[3:]})["Id"]
    connected, answer, _ = send("POST", f"/exec/{number}/start", {"Detach": False})

    def feed() -> None:
        while data := os.read(0, 65536):
            connected.sendall(data)
        connected.shutdown(socket.SHUT_WR)

    threading.Thread(target=feed, daemon=True).start()
    while header := answer.read(8):
        kind, length = struct.unpack(">BxxxI", header)
        (sys.stdout if kind == 1 else sys.stderr).buffer.write(answer.read(length))
    sys.stdout.flush()
    sys.exit(ask("GET", f"/exec/{number}/json", {})["ExitCode"])


if __name__ == "__main__":
    main(sys.argv[1:])
