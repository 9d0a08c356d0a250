"""The settings of the bot under test."""

from __future__ import annotations

from pathlib import Path

from lib.settings import Settings, read_settings

TOKEN = "123456:AAAA-test-token-that-is-long-enough"


def make_settings(folder: Path) -> Settings:
    """Return the settings of a bot with two admins, 1 and 2, that keeps its database in a folder."""
    return read_settings(
        {
            "BOT_TOKEN": TOKEN,
            "ADMIN_IDS": "1, 2",
            "SERVER_ENDPOINT": "vpn.example.org",
            "DATABASE": str(folder / "bot_data.db"),
            "TIMEZONE": "Europe/Moscow",
            "LANGUAGE": "ru",
            "CLIENT_DNS_CHOICES": "Family = 1.1.1.3, 1.0.0.3",
            "CLIENT_ROUTE_CHOICES": "Home = 192.168.0.0/16, fd00::/8",
        }
    )
