"""Turn an attachment's reference into bytes at the moment of sending, so that no secret ever lies in the outbox."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from lib import days
from lib.chat import captcha, chart, export, history, server
from lib.chat.delivery import conf_text, name_of_tunnel
from lib.chat.months import year_until
from lib.chat.screens import language_of
from lib.chat.texts import LANGUAGES, month_name, plain
from lib.errors import DatabaseError
from lib.settings import Settings
from lib.store.backup import encrypted_backup
from lib.store.configs import find_config
from lib.store.traffic import Usage, days_of_user, months_of_user
from lib.store.users import find_user
from lib.vpn import qr, share_key

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Attachment:
    """A file as Telegram takes it: the parameter's name, the file's name, its type and its bytes."""

    field: str
    file_name: str
    mime: str
    content: bytes


def render(db: sqlite3.Connection, settings: Settings, reference: str, now: int) -> Attachment | None:
    """Make the file that a reference ('kind:id', 'chart:user:month') names; None when its row no longer wants it."""
    kind, _, rest = reference.partition(":")
    return _KINDS[kind](db, settings, rest, now)


def _captcha(db: sqlite3.Connection, settings: Settings, user_id: str, now: int) -> Attachment | None:
    user = find_user(db, int(user_id))
    if user is None or user.captcha_answer is None:
        return None
    return Attachment("photo", "captcha.png", "image/png", captcha.draw(user.captcha_answer))


def _qr(db: sqlite3.Connection, settings: Settings, config_id: str, now: int) -> Attachment | None:
    text, _ = _conf_and_name(db, settings, config_id)
    return Attachment("photo", "qr.png", "image/png", qr.draw(text)) if text else None


def _series(db: sqlite3.Connection, settings: Settings, config_id: str, now: int) -> Attachment | None:
    text, name = _conf_and_name(db, settings, config_id)
    return Attachment("photo", "qr.png", "image/png", qr.draw_sheet(share_key.series(text, name))) if text else None


def _conf(db: sqlite3.Connection, settings: Settings, config_id: str, now: int) -> Attachment | None:
    text, name = _conf_and_name(db, settings, config_id)
    return _document(f"{name}.conf", text) if text else None


def _key(db: sqlite3.Connection, settings: Settings, config_id: str, now: int) -> Attachment | None:
    text, name = _conf_and_name(db, settings, config_id)
    return _document(f"{name}.vpn", share_key.share_key(text, name)) if text else None


def _document(file_name: str, text: str) -> Attachment:
    return Attachment("document", file_name, "application/octet-stream", text.encode())


def _conf_and_name(db: sqlite3.Connection, settings: Settings, config_id: str) -> tuple[str, str]:
    """Write the configuration and name its tunnel; without a text when there is none to give."""
    config = find_config(db, int(config_id))
    if config is None:
        return "", ""
    return conf_text(db, settings, config) or "", name_of_tunnel(db, config)


def _chart(db: sqlite3.Connection, settings: Settings, rest: str, now: int) -> Attachment | None:
    """Draw the days of a month; today is marked in the present one."""
    user_id, _, month = rest.partition(":")
    user, today = find_user(db, int(user_id)), days.day_of(now, settings.timezone)
    if user is None:
        return None
    usage = days_of_user(db, user.id, month)
    bars = [(str(int(day[8:])), usage.get(day, Usage())) for day in days.days_of_month(month)]
    marked = str(int(today[8:])) if today[:7] == month else None
    return _drawn(user.language, month_name(user.language, month), bars, marked, month)


def _year(db: sqlite3.Connection, settings: Settings, rest: str, now: int) -> Attachment | None:
    """Draw the twelve months that end with one, which is marked."""
    user_id, _, last = rest.partition(":")
    user, months = find_user(db, int(user_id)), year_until(last)
    if user is None:
        return None
    usage = months_of_user(db, user.id, months[0])
    bars = [(_short(user.language, month), usage.get(month, Usage())) for month in months]
    return _drawn(user.language, plain(user.language, "year_title"), bars, _short(user.language, last), f"{last}-year")


def _short(language: str, month: str) -> str:
    return month_name(language, month)[:3]


def _drawn(
    language: str, title: str, bars: Sequence[tuple[str, Usage]], marked: str | None, file_name: str
) -> Attachment:
    picture = chart.draw_days(
        [(label, usage.sent, usage.received) for label, usage in bars],
        title=title,
        today=marked,
        units=LANGUAGES[language].UNITS,
        legend=(plain(language, "chart_download"), plain(language, "chart_upload")),
    )
    return Attachment("photo", f"{file_name}.png", "image/png", picture)


def _server_days(db: sqlite3.Connection, settings: Settings, rest: str, now: int) -> Attachment | None:
    user_id, _, month = rest.partition(":")
    picture = server.draw_month(db, settings, language_of(db, settings, int(user_id)), month, now)
    return Attachment("photo", f"server-{month}.png", "image/png", picture)


def _server_hours(db: sqlite3.Connection, settings: Settings, rest: str, now: int) -> Attachment | None:
    user_id, _, last = rest.partition(":")
    picture = server.draw_hours(db, settings, language_of(db, settings, int(user_id)), int(last))
    return Attachment("photo", "server-hours.png", "image/png", picture)


def _backup(db: sqlite3.Connection, settings: Settings, stamp: str, now: int) -> Attachment | None:
    if settings.backup_recipient is None:
        return None
    try:
        content = encrypted_backup(settings.database, settings.backup_recipient)
    except DatabaseError as exc:
        log.error("%s", exc)
        return None
    return Attachment("document", f"bot_data-{stamp}.db.age", "application/octet-stream", content)


def _export(db: sqlite3.Connection, settings: Settings, rest: str, now: int) -> Attachment | None:
    language, _, kind = rest.partition(":")
    day = days.day_of(now, settings.timezone)
    return _sheet(f"{kind}-{day}.csv", export.table(db, settings, language, kind))


def _history(db: sqlite3.Connection, settings: Settings, rest: str, now: int) -> Attachment | None:
    language, _, person = rest.partition(":")
    day = days.day_of(now, settings.timezone)
    return _sheet(f"history-{day}.csv", history.table(db, settings, language, int(person)))


def _sheet(file_name: str, text: str) -> Attachment:
    return Attachment("document", file_name, "text/csv", text.encode())


_KINDS = {
    "backup": _backup,
    "captcha": _captcha,
    "qr": _qr,
    "series": _series,
    "conf": _conf,
    "key": _key,
    "chart": _chart,
    "year": _year,
    "server_days": _server_days,
    "server_hours": _server_hours,
    "export": _export,
    "history": _history,
}
