"""Notice a worker that hangs: every worker beats, and systemd's watchdog is fed only while all of them do."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

ALLOWANCE = 120.0  # seconds that a worker may spend on one thing: longer than any single timeout


class Heartbeat:
    """When each worker was last seen alive."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[str, float] = {}

    def of(self, worker: str) -> Callable[[], None]:
        """Return the function that a worker calls to show that it is alive."""

        def beat() -> None:
            self._seen[worker] = self._clock()

        beat()
        return beat

    def late(self) -> list[str]:
        """List the workers that were last seen too long ago."""
        now = self._clock()
        return sorted(worker for worker, seen in list(self._seen.items()) if now - seen > ALLOWANCE)

    def feed_watchdog(self, stop: threading.Event) -> None:
        """Notify systemd three times per interval that all workers are alive; stay silent while one is not."""
        interval = int(os.environ.get("WATCHDOG_USEC", "0")) / 1e6 / 3
        while interval and not stop.wait(interval):
            late = self.late()
            notify(f"STATUS=No sign of life from: {', '.join(late)}" if late else "WATCHDOG=1\nSTATUS=All workers live")


def notify(message: str) -> None:
    """Send systemd a message as sd_notify(3) does; do nothing without systemd or when it can't be reached."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.sendto(message.encode(), f"\0{address[1:]}" if address.startswith("@") else address)
