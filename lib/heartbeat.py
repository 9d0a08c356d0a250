"""Notice a worker that hangs: each one beats, and systemd's watchdog is fed only while all of them do."""

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
        """Give the function by which a worker says that it lives."""

        def beat() -> None:
            self._seen[worker] = self._clock()

        beat()
        return beat

    def late(self) -> list[str]:
        """Name the workers that were not seen for longer than they may be."""
        now = self._clock()
        return sorted(worker for worker, seen in list(self._seen.items()) if now - seen > ALLOWANCE)

    def feed_watchdog(self, stop: threading.Event) -> None:
        """Tell systemd every third of its interval that all workers live; fall silent when one does not."""
        interval = int(os.environ.get("WATCHDOG_USEC", "0")) / 1e6 / 3
        while interval and not stop.wait(interval):
            late = self.late()
            notify(f"STATUS=No sign of life from: {', '.join(late)}" if late else "WATCHDOG=1\nSTATUS=All workers live")


def notify(message: str) -> None:
    """Tell systemd something, as sd_notify(3) does; without systemd, or when it is out of reach, nothing happens."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.sendto(message.encode(), f"\0{address[1:]}" if address.startswith("@") else address)
