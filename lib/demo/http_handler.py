"""One connection: Bot API calls, files, the control API, the page and its stream of events."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import socket
import struct
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from lib.demo import bot_api, control, faults
from lib.demo.people import NotPossible
from lib.demo.pictures import picture_type
from lib.demo.refusal import Refused
from lib.demo.request_body import Body, read_body, read_content

if TYPE_CHECKING:
    from lib.demo.telegram_server import TelegramServer

_FOLDER = Path(__file__).parent
_FILES = ("page.css", "stage.css", "page.js", "phone.js", "parts.js", "stage.js", "tour.js", "words.js")
_PAGE = {"/": "page.html", **{f"/{name}": name for name in _FILES}}
_KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
_BOT = re.compile(r"/bot([^/]*)/(\w+)/?")
_FILE = re.compile(r"/file/bot([^/]*)/(.+)")
_HEARTBEAT = 15.0  # seconds of silence after which a stream says something, so that a closed one is noticed


class Handler(BaseHTTPRequestHandler):
    """What the HTTP server makes for every connection; `telegram` is set on a subclass."""

    telegram: TelegramServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "nginx", ""
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer GET."""
        self._route()

    def do_POST(self) -> None:
        """Answer POST."""
        self._route()

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet: the request log is in the control API."""

    def _route(self) -> None:
        url = urlsplit(self.path)
        path = unquote(url.path)
        try:
            content = read_content(self.headers, self.rfile)
        except EOFError:
            self.close_connection = True
            return
        if content is None:
            self.close_connection = True
            self._json(413, Refused(413, "Request Entity Too Large").answer())
        elif self._is_foreign():
            self._json(403, {"error": "this page and its API are for this machine only"})
        elif bot := _BOT.fullmatch(path):
            self._bot(bot[1], bot[2], url.query, content)
        elif file := _FILE.fullmatch(path):
            self._file(file[1], file[2])
        elif path in _PAGE and self.command == "GET":
            self._page(_PAGE[path])
        elif path.startswith("/control/"):
            self._control(path[len("/control/") :], url.query, content)
        else:
            self._json(404, Refused(404, "Not Found").answer())

    def _is_foreign(self) -> bool:
        """Was this asked for under another name, or from a page of somebody else's?"""
        port = "" if self.telegram.port == 80 else f":{self.telegram.port}"  # the usual one is not named
        own = {f"{name}{port}" for name in ("127.0.0.1", "localhost")}
        origin = self.headers.get("Origin")
        return self.headers.get("Host") not in own or origin not in {None, *(f"http://{name}" for name in own)}

    def _bot(self, token: str, name: str, query: str, content: bytes) -> None:
        """Answer a call of the Bot API, or spoil it as the faults say."""
        world = self.telegram.world
        try:
            bot_api.check_token(world, token)
            body = read_body(query, self.headers.get("Content-Type", ""), content)
        except Refused as exc:
            self._json(exc.code, exc.answer())
            return
        entry = self.telegram.note(name, body)
        with world.changed:
            fault = faults.take(self.telegram.faults, name, str(body.values.get("chat_id", "")))
        if fault and fault.kind == "slow" and not fault.after_effect:
            self.telegram.stopping.wait(fault.seconds)
        status, answer = faults.spoil(fault) if fault and not fault.takes_effect() else self._perform(name, body)
        entry.update(status=status, answer=answer, fault=fault.kind if fault else None)
        if fault:
            self._spoil(fault, status, answer)
        else:
            self._json(status, answer)

    def _perform(self, name: str, body: Body) -> tuple[int, Any]:
        try:
            return 200, {"ok": True, "result": bot_api.call(self.telegram.world, name, body)}
        except Refused as exc:
            return exc.code, exc.answer()

    def _spoil(self, fault: faults.Fault, status: int, answer: Any) -> None:
        if fault.kind in ("status", "429", "html502"):
            self._json(*faults.spoil(fault))
        elif fault.kind == "reset":
            self._reset()
        elif fault.kind == "hang":
            self.telegram.stopping.wait(fault.seconds)
            self.close_connection = True
        elif fault.kind == "truncated":
            text = json.dumps(answer).encode()
            self._head(status, "application/json", len(text))
            self.wfile.write(text[: len(text) // 2])
            self.close_connection = True
        elif fault.kind == "trickle":
            self._trickle(fault.seconds, status, json.dumps(answer).encode())
        else:
            if fault.after_effect:
                self.telegram.stopping.wait(fault.seconds)
            self._json(status, answer)

    def _reset(self) -> None:
        """Close without a goodbye."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        os.close(self.connection.detach())

    def _trickle(self, seconds: float, status: int, text: bytes) -> None:
        self._head(status, "application/json", len(text))
        step = max(1, len(text) // 20)
        for at in range(0, len(text), step):
            self.wfile.write(text[at : at + step])
            self.telegram.stopping.wait(seconds * step / len(text))

    def _file(self, token: str, path: str) -> None:
        world = self.telegram.world
        try:
            bot_api.check_token(world, token)
        except Refused as exc:
            self._json(exc.code, exc.answer())
            return
        with world.changed:
            file = next((file for file in world.files.values() if file.path == path), None)
        if file is None:
            self._json(404, Refused(404, "Not Found").answer())
        else:
            self._send(200, "application/octet-stream", file.content)

    def _page(self, name: str) -> None:
        """Give a file of the page, which may use its own files only."""
        policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        policy += "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        kind = f"{_KINDS[name.rpartition('.')[2]]}; charset=utf-8"
        self._send(200, kind, (_FOLDER / name).read_bytes(), {"Content-Security-Policy": policy})

    def _control(self, what: str, query: str, content: bytes) -> None:
        args = dict(parse_qsl(query))
        world, rules = self.telegram.world, self.telegram.faults
        try:
            if what == "stage":
                self._stage(content)
            elif self.command == "POST":
                self._json(200, control.change(world, rules, what, json.loads(content or b"{}")))
            elif what == "events":
                self._stream()
            elif what == "file":
                self._download(args.get("id", ""))
            else:
                self._json(200, control.look(world, rules, what, args))
        except (NotPossible, json.JSONDecodeError) as exc:
            self._json(400, {"error": str(exc)})

    def _stage(self, content: bytes) -> None:
        """Show what stands behind the phones (null where there is nothing), or pull the lever that is named."""
        scene = self.telegram.scene
        if self.command == "GET":
            self._json(200, scene.look() if scene else None)
        elif scene is None:
            raise NotPossible("this Telegram has no stage")
        else:
            wish = json.loads(content or b"{}")
            self._json(200, scene.pull(str(wish.get("lever")) if isinstance(wish, dict) else ""))

    def _download(self, file_id: str) -> None:
        """Give a file to a person; only pictures may be shown by the browser."""
        with self.telegram.world.changed:
            file = self.telegram.world.files.get(file_id)
        if file is None:
            raise NotPossible("there is no such file")
        kind = picture_type(file.content)
        place = "inline" if kind else "attachment"
        disposition = f"{place}; filename*=UTF-8''{quote(file.name, safe='')}"
        self._send(200, kind or "application/octet-stream", file.content, {"Content-Disposition": disposition})

    def _stream(self) -> None:
        """Send events as they come, until the page goes away."""
        listener: queue.Queue[dict[str, Any]] = queue.Queue()
        world = self.telegram.world
        with world.changed:
            world.listeners.append(listener)
        self.close_connection = True
        with contextlib.suppress(OSError):
            self._head(200, "text/event-stream", None)
            self.wfile.write(b": welcome\n\n")
            while not self.telegram.stopping.is_set():
                try:
                    event = f"data: {json.dumps(listener.get(timeout=_HEARTBEAT))}\n\n"
                except queue.Empty:
                    event = ": still here\n\n"
                self.wfile.write(event.encode())
        with world.changed:
            world.listeners.remove(listener)

    def _json(self, status: int, answer: Any) -> None:
        """Send JSON, or HTML when the answer is a text."""
        wait = answer.get("parameters", {}).get("retry_after") if isinstance(answer, dict) else None
        text, kind = (answer, "text/html") if isinstance(answer, str) else (json.dumps(answer), "application/json")
        self._send(status, kind, text.encode(), {"Retry-After": str(wait)} if wait else {})

    def _send(self, status: int, kind: str, content: bytes, more: dict[str, str] | None = None) -> None:
        self._head(status, kind, len(content), more)
        if self.command != "HEAD":
            self.wfile.write(content)

    def _head(self, status: int, kind: str, length: int | None, more: dict[str, str] | None = None) -> None:
        self.send_response(status)
        headers = {"Content-Type": kind, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
                   "Referrer-Policy": "no-referrer", **(more or {})}  # fmt: skip
        if length is not None:
            headers["Content-Length"] = str(length)
        if self.close_connection or length is None:
            headers["Connection"] = "close"
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
