"""A Telegram Bot API on 127.0.0.1, as strict as the real one, for the demo and the tests.

`python3 -m lib.demo.telegram_server --port 8081` prints its address; a bot finds it by its base URL. /control/ lets one
play the people, / is a page to do so by hand. Everything is kept in memory.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from http.server import ThreadingHTTPServer
from typing import Any, Protocol

from lib.demo.bot_api import describe
from lib.demo.faults import Fault
from lib.demo.http_handler import Handler
from lib.demo.request_body import Body
from lib.demo.signatures import METHODS
from lib.demo.world import Json, World

TOKEN = "100001:AAStand-not-a-secret-0123456789abcdef"
CAST: tuple[Json, ...] = (
    {"id": 2001, "first_name": "Аня", "username": "anya", "language_code": "ru", "role": "friend"},
    {"id": 1001, "first_name": "Андрей", "username": "andrey", "language_code": "ru", "role": "admin"},
)


class Backstage(Protocol):
    """What stands behind the phones, if the page shall show that too: views and levers of the demo."""

    def look(self) -> Json:
        """Show what there is."""

    def pull(self, lever: str) -> Json:
        """Let something happen, and show what there is then; raises NotPossible."""


class TelegramServer:
    """The server and its world; it can be stopped and started again on the same port, and remembers everything.

    The constructor takes the port, so `url` is known before `start()`; it raises OSError when the port is in use.
    """

    def __init__(
        self,
        token: str = TOKEN,
        port: int = 0,
        clock: Callable[[], float] = time.time,
        limits: bool = True,
        cast: Sequence[Json] = (),
    ) -> None:
        self.world = World(token, clock, limits, [dict(person) for person in cast])
        self.faults: list[Fault] = []
        self.scene: Backstage | None = None
        self.stopping = threading.Event()
        self._requests = 0
        self._http: _Http | None = self._bind(port)
        self.port = int(self._http.server_address[1])

    @property
    def token(self) -> str:
        """Give the token that a bot needs."""
        return self.world.token

    @property
    def url(self) -> str:
        """Give the base address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> TelegramServer:
        """Serve, in threads of its own."""
        self.stopping.clear()
        self.world.updates.stopped = False
        self._http = self._http or self._bind(self.port)
        threading.Thread(target=self._http.serve_forever, args=(0.05,), name="telegram", daemon=True).start()
        return self

    def _bind(self, port: int) -> _Http:
        return _Http(("127.0.0.1", port), type("BoundHandler", (Handler,), {"telegram": self}))

    def stop(self) -> None:
        """Hang up on everybody."""
        if self._http is None:
            return
        self.stopping.set()
        with self.world.changed:
            self.world.updates.stopped = True
            self.world.changed.notify_all()
            for listener in self.world.listeners:
                listener.put({"event": "end"})
        self._http.shutdown()
        self._http.hang_up()
        self._http.server_close()
        self._http = None

    def note(self, name: str, body: Body) -> Json:
        """Open an entry of the request log; whoever answers fills in status and answer."""
        with self.world.changed:
            self._requests += 1
            entry: Json = {
                "id": self._requests, "time": self.world.now(), "method": METHODS.get(name.lower(), name),
                **describe(body), "status": None, "answer": None, "fault": None,
            }  # fmt: skip
            self.world.requests.append(entry)
            return entry


class _Http(ThreadingHTTPServer):
    """A threading server that knows its open connections, so that keep-alive ones end with it."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Close what clients keep open."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing about clients that went away."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="telegram_server", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--port", type=int, default=0, help="0 chooses a free one")
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--no-limits", action="store_true", help="no rate limits")
    parser.add_argument("--state-less", action="store_true", help="begin without the two people of the demo")
    options = parser.parse_args(argv)
    cast = () if options.state_less else CAST
    server = TelegramServer(options.token, options.port, limits=not options.no_limits, cast=cast).start()
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    done.wait()
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
