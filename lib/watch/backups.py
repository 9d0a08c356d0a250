"""The nightly copies of the database: made once a day, and cleaned of who was deleted since."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from functools import partial

from lib import days
from lib.errors import DatabaseError
from lib.settings import Settings
from lib.store import audit, backup, tickets
from lib.store.database import transaction
from lib.store.keeper_notes import Backup, read_fact, write_fact
from lib.store.users import clear_gone, read_gone

log = logging.getLogger(__name__)


def back_up(db: sqlite3.Connection, settings: Settings, now: int, troubles: dict[str, str]) -> None:
    """Back the database up once a day; after a failure every round tries again, and a lasting one is a trouble."""
    day = days.day_of(now, settings.timezone)
    last, new = read_fact(db, Backup), Backup(now, day)
    if last and last.day == day:
        return
    try:
        backup.make_nightly(settings.database, settings.backups, day)
    except DatabaseError as exc:
        log.error("%s", exc)
        if last and now - last.at > backup.OVERDUE_SECONDS:
            troubles["backup"] = str(exc)
        new = last or Backup(now, "")
    with transaction(db):
        write_fact(db, new)
        audit.forget_old(db, now)
        tickets.forget_old(db, now)


def clean(db: sqlite3.Connection, settings: Settings, forget: Callable[..., None], now: int) -> None:
    """Forget in the nightly backups, too, who was deleted since; a failure is tried again in the next round.

    `forget` takes a copy, and by their names settings, user_id, and now: when the person was deleted.
    """
    gone = read_gone(db)
    try:
        for user_id, at in gone:
            change = partial(forget, settings=settings, user_id=user_id, now=at)
            backup.change_nightly(settings.backups, at, change, now)
    except DatabaseError as exc:
        log.error("%s", exc)
    else:
        if gone:
            with transaction(db):
                clear_gone(db)
