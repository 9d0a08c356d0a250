"""Turn an attachment's reference into bytes at the moment of sending, so that the outbox never holds a secret."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from functools import partial

from lib.chat.admin import audit_log, export, invitations, server_traffic, status
from lib.chat.files import Attachment
from lib.chat.friend import door, traffic
from lib.chat.notify import delivery
from lib.settings import Settings

_KINDS: Mapping[str, Callable[[sqlite3.Connection, Settings, str, int], Attachment | None]] = {
    "backup": status.render_backup,
    "captcha": door.render_captcha,
    **{kind: partial(delivery.render_file, kind=kind) for kind in ("qr", "series", "conf", "key")},
    "chart": traffic.render_month,
    "year": traffic.render_year,
    "server_days": server_traffic.render_days,
    "server_hours": server_traffic.render_hours,
    "export": export.render_table,
    "history": audit_log.render_log,
    "invitation": invitations.render_qr,
}


def render(db: sqlite3.Connection, settings: Settings, reference: str, now: int) -> Attachment | None:
    """Make the file that a reference ('kind:id', 'chart:user:month') names; None if its row no longer needs it."""
    kind, _, rest = reference.partition(":")
    return _KINDS[kind](db, settings, rest, now)
