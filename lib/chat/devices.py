"""The kinds of devices that a config can be for, and the names configs get from them."""

from __future__ import annotations

from collections.abc import Collection

from lib.chat.texts import plain

PLATFORMS = ("iphone", "android", "windows", "mac", "linux", "router")
"""What is stored in configs.platform. Each has a button, a name, and the steps of every app that runs on it."""
CAMERAS = frozenset({"iphone", "android"})  # what can scan a QR code
COMPUTERS = frozenset({"windows", "mac", "linux"})


def new_name(language: str, platform: str, taken: Collection[str]) -> str:
    """Return a config name based on its device and not in `taken`: iPhone, iPhone 2, …"""
    return numbered(plain(language, f"name_{platform}"), taken)


def numbered(name: str, taken: Collection[str]) -> str:
    """Return a name with a number behind it if it is in `taken`."""
    number = 1
    while (counted := name if number == 1 else f"{name} {number}") in taken:
        number += 1
    return counted
