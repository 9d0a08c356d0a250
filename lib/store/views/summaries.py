"""A person's configs, when each was last seen, and what they carried in a month: one query. Read-only."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from lib.errors import Refused
from lib.store.configs import Config
from lib.store.counters import Reading
from lib.store.database import columns
from lib.store.traffic import Usage, month_bounds


@dataclass(frozen=True)
class ConfigSummary:
    """A config, its counters as last read (zeros if it was never seen), and its traffic in the month."""

    config: Config
    reading: Reading
    used: Usage


@dataclass(frozen=True)
class Summary:
    """The configs that a person has, oldest first, and the month's traffic of those that were deleted."""

    configs: list[ConfigSummary]
    deleted: Usage

    @property
    def used(self) -> Usage:
        """All traffic of the month. Deleted configs count towards a quota, too."""
        return sum((one.used for one in self.configs), self.deleted)

    def get(self, config_id: int) -> ConfigSummary:
        """Return one of the configs; Refused('gone') if the person doesn't have it."""
        for one in self.configs:
            if one.config.id == config_id:
                return one
        raise Refused("gone")


def summarize_configs(db: sqlite3.Connection, user_id: int, month: str) -> Summary:
    """Summarize a person's configs in a month ('YYYY-MM')."""
    query = f"""SELECT coalesce(sum(stats.received), 0), coalesce(sum(stats.sent), 0), coalesce(counters.received, 0),
                       coalesce(counters.sent, 0), coalesce(counters.handshake_at, 0), {columns(Config)}
                FROM configs
                LEFT JOIN counters ON counters.config_id = configs.id
                LEFT JOIN stats ON stats.config_id = configs.id AND stats.day >= ? AND stats.day < ?
                WHERE configs.user_id = ?
                GROUP BY configs.id ORDER BY configs.id"""
    configs, deleted = list[ConfigSummary](), Usage()
    for received, sent, *more in db.execute(query, (*month_bounds(month), user_id)):
        config, used = Config(*more[3:]), Usage(received, sent)
        if config.revoked_at is None:
            configs.append(ConfigSummary(config, Reading(config.id, *more[:3]), used))
        else:
            deleted += used
    return Summary(configs, deleted)
