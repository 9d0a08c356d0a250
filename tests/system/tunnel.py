"""How a real tunnel is judged: sizes, times, and whether it carries anything."""

from __future__ import annotations

from tests.system.network import Client

MB = 10**6
SAMPLE = 1.0  # seconds, as the company's bot is set
ROUND = 1.5  # seconds that a round may take on a busy machine


def cut_off(client: Client) -> bool:
    """Tell whether a client gets no answer in three tries."""
    return not any(client.pings() for _ in range(3))
