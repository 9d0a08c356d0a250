"""A local Telegram on 127.0.0.1 for the demo and the tests: the Bot API, the control API and the page on one port.

It is as strict as the real one, and keeps everything in memory.
"""

from __future__ import annotations

import contextlib
import secrets
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from http.server import ThreadingHTTPServer
from typing import Any

from lib.demo.backstage.demo_handler import DemoHandler
from lib.demo.backstage.panel import Panel
from lib.demo.telegram.models import Json
from lib.demo.telegram.state import TelegramState


class TelegramServer:
    """The server and its state, which survives a stop and a restart on the same port.

    The port is bound at once, so that `url` is known before `start()`; OSError is raised if it is in use.
    """

    def __init__(
        self,
        token: str,
        port: int = 0,
        clock: Callable[[], float] = time.time,
        limits: bool = True,
        people: Sequence[Json] = (),
    ) -> None:
        self.state = TelegramState(token, clock, limits, people)
        self.stopping = threading.Event()
        self._handler: type[DemoHandler] = type(
            "Handler",
            (DemoHandler,),
            {"state": self.state, "stopping": self.stopping, "run": secrets.token_hex(8)},
        )
        self._http: _HttpServer | None = _HttpServer(("127.0.0.1", port), self._handler)
        self.port = self._handler.port = int(self._http.server_address[1])

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.port}"

    def show_panel(self, panel: Panel) -> None:
        """Show a control panel on the page."""
        self._handler.panel = panel

    def start(self) -> TelegramServer:
        """Serve in a background thread."""
        self.stopping.clear()
        self.state.updates.stopped = False
        self._http = self._http or _HttpServer(("127.0.0.1", self.port), self._handler)
        threading.Thread(target=self._http.serve_forever, args=(0.05,), name="telegram", daemon=True).start()
        return self

    def stop(self) -> None:
        """Stop serving and close all connections."""
        if self._http is None:
            return
        self.stopping.set()
        with self.state.changed:
            self.state.updates.stopped = True
            self.state.changed.notify_all()
            self.state.publish("end")
        self._http.shutdown()
        self._http.close_connections()
        self._http.server_close()
        self._http = None


class _HttpServer(ThreadingHTTPServer):
    """A threading server that keeps track of its open connections, so that it can close the idle ones too."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: type[DemoHandler]) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        """Close all open connections."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that have disconnected."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)
