"""Turn an attachment's reference into bytes at the moment of sending, so that no secret ever lies in the outbox."""

from __future__ import annotations

import sqlite3

from lib.chat.admin.audit_log import render_file
from lib.chat.admin.export import render_table
from lib.chat.admin.server_traffic import render_days, render_hours
from lib.chat.admin.status import render_backup
from lib.chat.files import Attachment
from lib.chat.friend.door import render_captcha
from lib.chat.friend.traffic import render_month, render_year
from lib.chat.notify.delivery import render_conf, render_key, render_qr, render_series
from lib.settings import Settings

_KINDS = {
    "backup": render_backup,
    "captcha": render_captcha,
    "qr": render_qr,
    "series": render_series,
    "conf": render_conf,
    "key": render_key,
    "chart": render_month,
    "year": render_year,
    "server_days": render_days,
    "server_hours": render_hours,
    "export": render_table,
    "history": render_file,
}


def render(db: sqlite3.Connection, settings: Settings, reference: str, now: int) -> Attachment | None:
    """Make the file that a reference ('kind:id', 'chart:user:month') names; None when its row no longer wants it."""
    kind, _, rest = reference.partition(":")
    return _KINDS[kind](db, settings, rest, now)
