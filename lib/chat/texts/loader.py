"""Merge a language's files. Every language has these files, with the same keys in the same order."""

from __future__ import annotations

from importlib import import_module

FILES = (
    "shared", "refusals", "languages", "apps",
    "door", "doorstep", "joining", "menu", "request", "config", "diagnosis", "another_way", "claims", "writing", "wishes", "traffic",
    "account", "telegram_path",
    "panel", "waiting", "decisions", "tickets", "people", "person", "person_config", "invitations", "without_telegram", "broadcast", "audit_log",
    "settings", "export", "status", "apps_in_use", "server_traffic", "ways", "ports", "rollout", "foreign_peers",
    "reminders", "alerts", "way_out", "removed_admins", "obfuscation", "commands", "console",
)  # fmt: skip


def load(language: str) -> dict[str, str]:
    """Return all texts of a language, given by the name of its package."""
    return {key: text for file in FILES for key, text in import_module(f"{language}.{file}").TEXTS.items()}
