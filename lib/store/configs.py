"""The table configs: what friends have. Which of them must be live is decided by one query, wanted()."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import starmap
from typing import NamedTuple

from lib.errors import Refused
from lib.store.counters import ONLINE_SECONDS
from lib.store.database import columns, find_row, insert, list_rows, note_erased, number, setter, tuples
from lib.store.traffic import month_bounds


@dataclass(frozen=True)
class Config:
    """A row of configs; see sql/schema.sql for each column. Its repr shows no secret."""

    id: int
    user_id: int
    request_id: int | None
    name: str
    address: str
    address6: str | None
    public_key: str
    private_key: str | None = field(repr=False)
    preshared_key: str | None = field(repr=False)
    generation: int
    created_at: int
    live_since: int | None
    dns: str | None
    routes: str | None
    expires_at: int | None
    paused_at: int | None
    revoked_at: int | None
    platform: str | None
    app: str | None
    files_sent: int
    connected_at: int | None
    disguise: str | None
    given: int

    @property
    def addresses(self) -> tuple[str, ...]:
        """Its addresses in the tunnel, IPv4 first, without prefix lengths."""
        return (self.address,) if self.address6 is None else (self.address, self.address6)

    @property
    def allowed_ips(self) -> str:
        """Its addresses as the server's peer has them, in WantedPeer's form."""
        return ",".join(f"{address}/{128 if ':' in address else 32}" for address in self.addresses)


HELD = f"SELECT {columns(Config)} FROM configs WHERE revoked_at IS NULL"
ALLOWED_IPS = "configs.address || '/32' || coalesce(',' || configs.address6 || '/128', '')"  # in WantedPeer's form


def add_config(
    db: sqlite3.Connection,
    *,
    user_id: int,
    request_id: int | None,
    name: str,
    addresses: tuple[str, str | None],
    keys: tuple[str, str | None, str | None],
    generation: int,
    now: int,
    platform: str | None = None,
    app: str | None = None,
    disguise: str | None = None,
    given: bool = False,
) -> int:
    """Add a config and return its id; `keys` are public, private and preshared, the last two None if unknown."""
    row: dict[str, object] = {"user_id": user_id, "request_id": request_id, "name": name, "platform": platform}
    row |= {"app": app, "disguise": disguise, "given": int(given)}
    row |= zip(("address", "address6", "public_key", "private_key", "preshared_key"), (*addresses, *keys), strict=True)
    return insert(db, "configs", **row, generation=generation, created_at=now)


def inherit(db: sqlite3.Connection, config_id: int, replaced: Config) -> None:
    """Copy the end date, the pause and the options of a config to the one that replaces it."""
    kept = ("expires_at", "paused_at", "dns", "routes", "disguise")
    query = f"UPDATE configs SET {', '.join(f'{name} = ?' for name in kept)} WHERE id = ?"
    db.execute(query, (*(getattr(replaced, name) for name in kept), config_id))


class WantedPeer(NamedTuple):
    """What must be on the interface for a config. Its repr shows no secret.

    `allowed_ips` is in the tool's form, but always IPv4 first: '10.8.0.2/32,fd00::2/128'.
    """

    public_key: str
    preshared_key: str | None
    allowed_ips: str

    @property
    def networks(self) -> list[str]:
        """Its addresses, with prefix lengths."""
        return self.allowed_ips.split(",")

    def __repr__(self) -> str:
        return f"WantedPeer({self.public_key}, {self.allowed_ips})"


# Configs that must be live: a config that is not revoked, paused or expired, of an approved user within quota.
WANTED = """configs.revoked_at IS NULL AND configs.paused_at IS NULL
          AND (configs.expires_at IS NULL OR configs.expires_at > :now) AND users.state = 'approved'
          AND (coalesce(users.quota_bytes, :quota) = 0
               OR coalesce(users.quota_bytes, :quota) > (
                   SELECT coalesce(sum(stats.received + stats.sent), 0)
                   FROM configs AS own JOIN stats ON stats.config_id = own.id
                   WHERE own.user_id = users.id AND stats.day >= :first AND stats.day < :end))"""


def wanted(db: sqlite3.Connection, now: int, month: str, default_quota: int) -> list[WantedPeer]:
    """List the peers that must be live.

    `month` is the present one, 'YYYY-MM'; `default_quota`, in bytes, is for users without their own (0: no limit).
    """
    query = f"""
        SELECT configs.public_key, configs.preshared_key, {ALLOWED_IPS}
        FROM configs CROSS JOIN users ON users.id = configs.user_id  -- in this order, so that nothing must be sorted
        WHERE {WANTED}
        ORDER BY configs.id"""
    return list(starmap(WantedPeer, tuples(db, query, wanted_values(now, month, default_quota))))


def held_peers(db: sqlite3.Connection) -> list[WantedPeer]:
    """List the peers of all configs that aren't revoked, on or off, without their preshared keys."""
    query = f"SELECT public_key, NULL, {ALLOWED_IPS} FROM configs WHERE revoked_at IS NULL ORDER BY id"
    return list(starmap(WantedPeer, tuples(db, query)))


def wanted_values(now: int, month: str, default_quota: int) -> dict[str, int | str]:
    """Return the values for the parameters of WANTED."""
    first, end = month_bounds(month)
    return {"now": now, "quota": default_quota, "first": first, "end": end}


def count_online(db: sqlite3.Connection, now: int, month: str, default_quota: int) -> int:
    """Count the configs whose device is connected now: with a fresh handshake, and not switched off since."""
    query = f"""
        SELECT count(*)
        FROM counters JOIN configs ON configs.id = counters.config_id JOIN users ON users.id = configs.user_id
        WHERE counters.handshake_at > :since AND {WANTED}"""
    return number(db, query, {**wanted_values(now, month, default_quota), "since": now - ONLINE_SECONDS})


def ids_by_key(db: sqlite3.Connection, keys: Iterable[str]) -> dict[str, int]:
    """Map public keys to their configs, revoked ones too; keys that are not ours are left out."""
    query = "SELECT public_key, id FROM configs WHERE public_key IN (SELECT value FROM json_each(?))"
    return dict(tuples(db, query, (json.dumps(list(keys)),)).fetchall())


def get_config(db: sqlite3.Connection, config_id: int, owner_id: int) -> Config:
    """Return a config that its owner may use; raise Refused('gone') if it is another's, revoked or missing."""
    config = find_config(db, config_id)
    if config is None or config.user_id != owner_id:
        raise Refused("gone")
    return config


def find_config(db: sqlite3.Connection, config_id: int) -> Config | None:
    """Return a config; None if it is revoked or never existed."""
    return find_row(db, Config, f"{HELD} AND id = ?", (config_id,))


def configs_of(db: sqlite3.Connection, user_id: int) -> list[Config]:
    """List the configs a user has, oldest first."""
    return list_rows(db, Config, f"{HELD} AND user_id = ? ORDER BY id", (user_id,))


class NamedFile(NamedTuple):
    """A config's name, and how many files have been made of it, each with a name of its own."""

    id: int
    name: str
    files_sent: int


def named_files(db: sqlite3.Connection, user_id: int) -> list[NamedFile]:
    """List what a user's files were named after, oldest first, including deleted configs: files may still exist."""
    query = "SELECT id, name, files_sent FROM configs WHERE user_id = ? ORDER BY id"
    return list_rows(db, NamedFile, query, (user_id,))


def unconnected(db: sqlite3.Connection, before: int) -> list[tuple[Config, int]]:
    """List delivered configs with news, and their newest handshake: connected for the first time, or (0) not yet,
    although they were delivered before a given time and no help has been offered.
    """
    query = f"""
        SELECT coalesce(counters.handshake_at, 0) AS seen, {columns(Config)}
        FROM configs LEFT JOIN counters ON counters.config_id = configs.id
        WHERE connected_at IS NULL AND revoked_at IS NULL AND live_since IS NOT NULL
          AND (seen > 0 OR live_since <= ? AND NOT EXISTS (
              SELECT 1 FROM told WHERE subject = 'config:' || configs.id AND what = 'help'))
        ORDER BY id"""
    return [(Config(*rest), handshake_at) for handshake_at, *rest in tuples(db, query, (before,))]


def is_connected(db: sqlite3.Connection, request_id: int) -> bool:
    """Return True if the config that was made for a request has had a handshake."""
    query = "SELECT EXISTS (SELECT 1 FROM configs WHERE request_id = ? AND connected_at IS NOT NULL)"
    return bool(number(db, query, (request_id,)))


def undelivered(db: sqlite3.Connection) -> list[Config]:
    """List the configs that were made but not yet seen on the interface, so not yet sent to their owner."""
    return list_rows(db, Config, f"{HELD} AND live_since IS NULL ORDER BY id")


def taken_networks(db: sqlite3.Connection) -> set[str]:
    """Return the addresses of each config, live or not, in WantedPeer's form."""
    return {networks for (networks,) in tuples(db, f"SELECT {ALLOWED_IPS} FROM configs WHERE revoked_at IS NULL")}


def is_taken(db: sqlite3.Connection, addresses: Iterable[str]) -> bool:
    """Return True if a config has one of these addresses."""
    query = """WITH asked AS (SELECT value FROM json_each(?))
               SELECT EXISTS (SELECT 1 FROM configs WHERE revoked_at IS NULL AND address IN asked)
                   OR EXISTS (SELECT 1 FROM configs WHERE revoked_at IS NULL AND address6 IN asked)"""
    return bool(number(db, query, (json.dumps(list(addresses)),)))


def mark_live(db: sqlite3.Connection, config_ids: Iterable[int], now: int) -> None:
    """Record that configs were seen on the interface for the first time."""
    query = "UPDATE configs SET live_since = ? WHERE id = ? AND live_since IS NULL"
    db.executemany(query, [(now, config_id) for config_id in config_ids])


def mark_connected(db: sqlite3.Connection, config_id: int, now: int) -> None:
    """Record that a config has had its first handshake or, if it worked before the bot, needs no such notice."""
    db.execute("UPDATE configs SET connected_at = ? WHERE id = ? AND connected_at IS NULL", (now, config_id))


set_name = setter("configs", "name")
set_platform = setter("configs", "platform")  # the kind of device it is on
set_app = setter("configs", "app")  # that its files are for
set_files_sent = setter("configs", "files_sent")
set_disguise = setter("configs", "disguise")  # as vpn/disguises.py stores one; None: the server's own values
set_dns = setter("configs", "dns")  # name of the chosen DNS; None: the default
set_routes = setter("configs", "routes")  # name of what goes through the tunnel; None: the default


def set_paused(db: sqlite3.Connection, config_id: int, paused_at: int | None) -> bool:
    """Pause a config, or (None) resume it; return False if nothing changed."""
    changing = "id = ? AND revoked_at IS NULL AND (paused_at IS NULL) <> (? IS NULL)"
    query = f"UPDATE configs SET paused_at = ? WHERE {changing}"
    return db.execute(query, (paused_at, config_id, paused_at)).rowcount == 1


def set_expiry(db: sqlite3.Connection, config_id: int, expires_at: int | None) -> bool:
    """Set the expiry time, None means never; return False if nothing changed."""
    query = "UPDATE configs SET expires_at = ? WHERE id = ? AND revoked_at IS NULL AND expires_at IS NOT ?"
    return db.execute(query, (expires_at, config_id, expires_at)).rowcount == 1


def set_generation(db: sqlite3.Connection, config_id: int, generation: int) -> None:
    """Set the description of the server that the owner was last sent."""
    query = "UPDATE configs SET generation = ? WHERE id = ? AND generation <> ?"
    db.execute(query, (generation, config_id, generation))


_REVOKE = "UPDATE configs SET revoked_at = ?, private_key = NULL, preshared_key = NULL WHERE revoked_at IS NULL"


def revoke(db: sqlite3.Connection, config_id: int, now: int) -> None:
    """Revoke a config permanently: its peer goes, its address is free, its secrets are deleted."""
    db.execute(f"{_REVOKE} AND id = ?", (now, config_id))
    note_erased(db)


def given_at(db: sqlite3.Connection, moment: int) -> list[Config]:
    """List the configs that were peers added by hand and were given to friends at `moment`, oldest first."""
    query = f"{HELD} AND created_at = ? AND given = 1 ORDER BY id"
    return list_rows(db, Config, query, (moment,))


def release(db: sqlite3.Connection, config_id: int, now: int) -> None:
    """Revoke a config, but erase its key first, so that its peer no longer counts as the bot's and isn't removed."""
    db.execute("UPDATE configs SET public_key = 'released:' || id WHERE id = ? AND revoked_at IS NULL", (config_id,))
    revoke(db, config_id, now)


def change_owner(db: sqlite3.Connection, old_id: int, new_id: int) -> None:
    """Move all configs of a person to another, including deleted ones: their traffic counts."""
    db.execute("UPDATE configs SET user_id = ? WHERE user_id = ?", (new_id, old_id))


def disown_configs(db: sqlite3.Connection, user_id: int, now: int) -> list[int]:
    """Revoke all configs of a user who leaves and forget whose they were; their traffic stays. Return their ids."""
    ids = list_rows(db, int, "SELECT id FROM configs WHERE user_id = ? ORDER BY id", (user_id,))
    db.execute(f"{_REVOKE} AND user_id = ?", (now, user_id))
    db.execute("UPDATE configs SET user_id = NULL, request_id = NULL, name = '' WHERE user_id = ?", (user_id,))
    note_erased(db)
    return ids
