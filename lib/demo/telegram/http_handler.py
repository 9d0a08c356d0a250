"""The HTTP side of the Bot API: method calls, file downloads and simulated faults."""

from __future__ import annotations

import json
import os
import re
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import unquote, urlsplit

from lib.demo.telegram import bot_api
from lib.demo.telegram.api_error import ApiError
from lib.demo.telegram.faults import Fault, error_response, take_fault
from lib.demo.telegram.request_body import Body, parse_body, read_raw_body
from lib.demo.telegram.state import TelegramState

_BOT = re.compile(r"/bot([^/]*)/(\w+)/?")
_FILE = re.compile(r"/file/bot([^/]*)/(.+)")


class BotApiHandler(BaseHTTPRequestHandler):
    """One connection. The server makes a subclass that has its own `state`, `port` and `stopping`."""

    state: TelegramState
    port: int
    stopping: threading.Event
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "nginx", ""
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Handle a GET request."""
        self._handle()

    def do_POST(self) -> None:
        """Handle a POST request."""
        self._handle()

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing: calls are logged in the state."""

    def _handle(self) -> None:
        """Read a whole request, reject it if it is foreign, and route it."""
        url = urlsplit(self.path)
        try:
            content = read_raw_body(self.headers, self.rfile)
        except EOFError:
            self.close_connection = True
            return
        if content is None:
            self.close_connection = True
            self.send_json(413, ApiError(413, "Request Entity Too Large").body())
        elif self._is_foreign():
            self.send_json(403, {"error": "this page and its API are for this machine only"})
        else:
            self.route(unquote(url.path), url.query, content)

    def _is_foreign(self) -> bool:
        """Return True if the request is addressed to another host or comes from another site's page."""
        port = "" if self.port == 80 else f":{self.port}"  # browsers leave out the default port
        own = {f"{name}{port}" for name in ("127.0.0.1", "localhost")}
        origin = self.headers.get("Origin")
        return self.headers.get("Host") not in own or origin not in {None, *(f"http://{name}" for name in own)}

    def route(self, path: str, query: str, content: bytes) -> None:
        """Answer a method call or a file download; anything else is not found."""
        if call := _BOT.fullmatch(path):
            self._call_method(call[1], call[2], query, content)
        elif file := _FILE.fullmatch(path):
            self._send_file(file[1], file[2])
        else:
            self.send_json(404, ApiError(404, "Not Found").body())

    def _call_method(self, token: str, name: str, query: str, content: bytes) -> None:
        """Call a method and send the response, unless a fault says otherwise."""
        try:
            bot_api.check_token(self.state, token)
            body = parse_body(query, self.headers.get("Content-Type", ""), content)
        except ApiError as exc:
            self.send_json(exc.code, exc.body())
            return
        entry = bot_api.log_call(self.state, name, body)
        with self.state.changed:
            fault = take_fault(self.state.faults, name, str(body.values.get("chat_id", "")))
        if fault and fault.kind == "slow" and not fault.after_effect:
            self.stopping.wait(fault.seconds)
        status, answer = error_response(fault) if fault and not fault.takes_effect() else self._perform(name, body)
        entry.update(status=status, answer=answer, fault=fault.kind if fault else None)
        if fault:
            self._send_with_fault(fault, status, answer)
        else:
            self.send_json(status, answer)

    def _perform(self, name: str, body: Body) -> tuple[int, Any]:
        try:
            return 200, {"ok": True, "result": bot_api.call(self.state, name, body)}
        except ApiError as exc:
            return exc.code, exc.body()

    def _send_with_fault(self, fault: Fault, status: int, answer: Any) -> None:
        if fault.kind in ("status", "429", "html502"):
            self.send_json(*error_response(fault))
        elif fault.kind == "reset":
            self._reset()
        elif fault.kind == "hang":
            self.stopping.wait(fault.seconds)
            self.close_connection = True
        elif fault.kind == "truncated":
            text = json.dumps(answer).encode()
            self.send_head(status, "application/json", len(text))
            self.wfile.write(text[: len(text) // 2])
            self.close_connection = True
        elif fault.kind == "trickle":
            self._trickle(fault.seconds, status, json.dumps(answer).encode())
        else:
            if fault.after_effect:
                self.stopping.wait(fault.seconds)
            self.send_json(status, answer)

    def _reset(self) -> None:
        """Close the connection with a TCP reset."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        os.close(self.connection.detach())

    def _trickle(self, seconds: float, status: int, text: bytes) -> None:
        """Send a response in small pieces, spread over some seconds."""
        self.send_head(status, "application/json", len(text))
        step = max(1, len(text) // 20)
        for start in range(0, len(text), step):
            self.wfile.write(text[start : start + step])
            self.stopping.wait(seconds * step / len(text))

    def _send_file(self, token: str, path: str) -> None:
        try:
            bot_api.check_token(self.state, token)
        except ApiError as exc:
            self.send_json(exc.code, exc.body())
            return
        with self.state.changed:
            file = next((file for file in self.state.files.values() if file.path == path), None)
        if file is None:
            self.send_json(404, ApiError(404, "Not Found").body())
        else:
            self.send_content(200, "application/octet-stream", file.content)

    def send_json(self, status: int, answer: Any) -> None:
        """Send JSON, or HTML if the answer is a string."""
        wait = answer.get("parameters", {}).get("retry_after") if isinstance(answer, dict) else None
        text, mime = (answer, "text/html") if isinstance(answer, str) else (json.dumps(answer), "application/json")
        self.send_content(status, mime, text.encode(), {"Retry-After": str(wait)} if wait else {})

    def send_content(self, status: int, mime: str, content: bytes, more: dict[str, str] | None = None) -> None:
        """Send a whole response; `more` are additional headers."""
        self.send_head(status, mime, len(content), more)
        self.wfile.write(content)

    def send_head(self, status: int, mime: str, length: int | None, more: dict[str, str] | None = None) -> None:
        """Send the status line and the headers; with length None, the response lasts until the connection ends."""
        self.send_response(status)
        headers = {"Content-Type": mime, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
                   "Referrer-Policy": "no-referrer", **(more or {})}  # fmt: skip
        if length is not None:
            headers["Content-Length"] = str(length)
        if self.close_connection or length is None:
            headers["Connection"] = "close"
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
