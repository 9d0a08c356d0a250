"""Sizes, times and checks for tests with a real tunnel."""

from __future__ import annotations

from tests.system.network import Client

MB = 10**6
SAMPLE = 1.0  # seconds, as the company's bot is set
ROUND = 1.5  # seconds that a round may take on a busy machine


def cut_off(client: Client) -> bool:
    """Return True if three pings get no answer."""
    return not any(client.pings() for _ in range(3))
