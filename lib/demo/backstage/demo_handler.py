"""The HTTP side of the whole demo: besides the Bot API, the page, its stream of events and the control API."""

from __future__ import annotations

import contextlib
import json
import queue
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

from lib.demo.backstage import control_api, people
from lib.demo.backstage.panel import Panel
from lib.demo.backstage.people import NotPossible
from lib.demo.telegram.http_handler import BotApiHandler
from lib.demo.telegram.images import image_type

_PAGE = Path(__file__).parents[1] / "page"
_PAGE_FILE = re.compile(r"/(\w+\.(css|js))")
_MIME_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
LANGUAGES = ("en", "ru")  # of the page
_HEARTBEAT = 15.0  # seconds without an event after which a stream sends a comment, to notice a closed connection


def spoken_language(accepted: str) -> str:
    """Return the page's language that an Accept-Language header prefers; '' if it names none."""
    languages = [word.strip() for word in accepted.split(",")]
    found = sorted((-_weight(word), at, word[:2].lower()) for at, word in enumerate(languages))
    return next((code for _, _, code in found if code in LANGUAGES), "")


def _weight(word: str) -> float:
    try:
        return float(word.partition("q=")[2] or 1)
    except ValueError:
        return 0.0


class DemoHandler(BotApiHandler):
    """One connection. Without a `panel`, the page shows the phones only.

    `run` identifies this server, so that a page left open from another run on the same port can't change anything here.
    """

    panel: Panel | None = None
    run: str

    def route(self, path: str, query: str, content: bytes) -> None:
        """Answer a request for the page or the control API, and leave the rest to the Bot API."""
        found = _PAGE_FILE.fullmatch(path)
        name = "page.html" if path == "/" else found[1] if found else ""
        if name and self.command == "GET" and (_PAGE / name).is_file():
            self._send_page_file(name)
        elif path.startswith("/control/"):
            self._control(path[len("/control/") :], query, content)
        else:
            super().route(path, query, content)

    def _send_page_file(self, name: str) -> None:
        """Send a file of the page, which may load only its own files; the page is in the visitor's language."""
        mime = f"{_MIME_TYPES[name.rpartition('.')[2]]}; charset=utf-8"
        content = (_PAGE / name).read_bytes()
        content = content.replace(b'data-run=""', f'data-run="{self.run}"'.encode()) if name == "page.html" else content
        if name == "page.html" and (language := spoken_language(self.headers.get("Accept-Language", ""))):
            content = content.replace(b'<html lang="en">', f'<html lang="{language}">'.encode())
            with self.state.changed:
                if not any(person.started for person in self.state.people.values()):
                    people.speak(self.state, language)
        self.send_content(200, mime, content, {"Content-Security-Policy": _POLICY, "Vary": "Accept-Language"})

    def _control(self, name: str, query: str, content: bytes) -> None:
        args = dict(parse_qsl(query))
        if args.pop("run", self.headers.get("X-Run", self.run)) != self.run:
            self.send_json(409, {"error": "this page belongs to another run: reload it"})
            return
        try:
            if name == "panel":
                self._use_panel(content)
            elif self.command == "POST":
                self.send_json(200, control_api.run_command(self.state, name, json.loads(content or b"{}")))
            elif name == "events":
                self._stream_events()
            elif name == "file":
                self._download(args.get("id", ""))
            else:
                self.send_json(200, control_api.read_view(self.state, name, args))
        except (NotPossible, json.JSONDecodeError) as exc:
            self.send_json(400, {"error": str(exc)})

    def _use_panel(self, content: bytes) -> None:
        """Send a snapshot of the control panel (null if there is none), or perform the action that is asked for."""
        if self.command == "GET":
            self.send_json(200, self.panel.snapshot() if self.panel else None)
        elif self.panel is None:
            raise NotPossible("this Telegram has no control panel")
        else:
            args = json.loads(content or b"{}")
            self.send_json(200, self.panel.perform(str(args.get("action")) if isinstance(args, dict) else ""))

    def _download(self, file_id: str) -> None:
        """Send a file to a person; the browser may show images only."""
        with self.state.changed:
            file = self.state.files.get(file_id)
        if file is None:
            raise NotPossible("there is no such file")
        mime = image_type(file.content)
        disposition = f"{'inline' if mime else 'attachment'}; filename*=UTF-8''{quote(file.name, safe='')}"
        self.send_content(200, mime or "application/octet-stream", file.content, {"Content-Disposition": disposition})

    def _stream_events(self) -> None:
        """Send events as they happen, until the page is closed."""
        listener: queue.Queue[dict[str, Any]] = queue.Queue()
        with self.state.changed:
            self.state.listeners.append(listener)
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.send_head(200, "text/event-stream", None)
            self.wfile.write(b": welcome\n\n")
            while not self.stopping.is_set():
                try:
                    event = f"data: {json.dumps(listener.get(timeout=_HEARTBEAT))}\n\n"
                except queue.Empty:
                    event = ": still here\n\n"
                self.wfile.write(event.encode())
        with self.state.changed:
            self.state.listeners.remove(listener)
