"""Own the table configs: what friends hold. Which of them must be live is one query, wanted()."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import starmap
from typing import NamedTuple

from lib.errors import Refused
from lib.store.database import tuples
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

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses in the tunnel, IPv4 first, without prefix lengths."""
        return (self.address,) if self.address6 is None else (self.address, self.address6)

    @property
    def allowed_ips(self) -> str:
        """The addresses as the server's peer carries them, in WantedPeer's form."""
        return ",".join(f"{address}/{128 if ':' in address else 32}" for address in self.addresses)


_COLUMNS = ", ".join(f"configs.{name}" for name in Config.__dataclass_fields__)
_NETWORKS = "configs.address || '/32' || coalesce(',' || configs.address6 || '/128', '')"  # in WantedPeer's form


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
) -> int:
    """Note a new config; `keys` are public, private, preshared, the last two None where an adopted peer has none.

    SQL holds: one per request, one per address.
    """
    cursor = db.execute(
        """INSERT INTO configs (user_id, request_id, name, address, address6, public_key, private_key, preshared_key,
                                generation, created_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (user_id, request_id, name, *addresses, *keys, generation, now),
    )
    return int(cursor.lastrowid or 0)


def inherit(db: sqlite3.Connection, config_id: int, replaced: Config) -> None:
    """Let a config that takes the place of another be bound as that one was: its end, its pause, its choices."""
    db.execute(
        "UPDATE configs SET expires_at = ?, paused_at = ?, dns = ?, routes = ? WHERE id = ?",
        (replaced.expires_at, replaced.paused_at, replaced.dns, replaced.routes, config_id),
    )


class WantedPeer(NamedTuple):
    """What must be on the interface for a config. Its repr shows no secret.

    `allowed_ips` in the tool's form, but always IPv4 first: '10.8.0.2/32,fd00::2/128'.
    """

    public_key: str
    preshared_key: str | None
    allowed_ips: str

    @property
    def networks(self) -> list[str]:
        """List its addresses, with prefix lengths."""
        return self.allowed_ips.split(",")

    def __repr__(self) -> str:
        return f"WantedPeer({self.public_key}, {self.allowed_ips})"


def wanted(db: sqlite3.Connection, now: int, month: str, default_quota: int) -> list[WantedPeer]:
    """List the configs that must be live: not revoked, paused or expired, of an approved user within their quota.

    `month` 'YYYY-MM' is the present one, `default_quota` in bytes applies to users without their own (0: no limit).
    """
    rows = tuples(
        db,
        f"""SELECT configs.public_key, configs.preshared_key, {_NETWORKS}
            FROM configs
            CROSS JOIN users ON users.id = configs.user_id  -- in this order, which needs no sorting
            WHERE configs.revoked_at IS NULL
              AND configs.paused_at IS NULL
              AND (configs.expires_at IS NULL OR configs.expires_at > :now)
              AND users.state = 'approved'
              AND (coalesce(users.quota_bytes, :quota) = 0
                   OR coalesce(users.quota_bytes, :quota) > (
                       SELECT coalesce(sum(stats.received + stats.sent), 0)
                       FROM configs AS own
                       JOIN stats ON stats.config_id = own.id
                       WHERE own.user_id = users.id AND stats.day >= :first AND stats.day < :end))
            ORDER BY configs.id""",
        {"now": now, "quota": default_quota, **dict(zip(("first", "end"), month_bounds(month), strict=True))},
    )
    return list(starmap(WantedPeer, rows))


def ids_by_key(db: sqlite3.Connection, keys: Iterable[str]) -> dict[str, int]:
    """Map these public keys to their configs, revoked ones too; a key that is absent is not ours."""
    rows = tuples(
        db,
        "SELECT public_key, id FROM configs WHERE public_key IN (SELECT value FROM json_each(:keys))",
        {"keys": json.dumps(list(keys))},
    )
    return dict(rows.fetchall())


def get_config(db: sqlite3.Connection, config_id: int, owner_id: int) -> Config:
    """Read a config that its owner may use; Refused('gone') for a foreign, revoked or missing one."""
    config = find_config(db, config_id)
    if config is None or config.user_id != owner_id:
        raise Refused("gone")
    return config


def find_config(db: sqlite3.Connection, config_id: int) -> Config | None:
    """Find a config; None when it is revoked or was never there."""
    row = db.execute(f"SELECT {_COLUMNS} FROM configs WHERE id = ? AND revoked_at IS NULL", (config_id,)).fetchone()
    return None if row is None else Config(*row)


def configs_of(db: sqlite3.Connection, user_id: int) -> list[Config]:
    """List the configs a user holds, oldest first."""
    rows = db.execute(
        f"""SELECT {_COLUMNS}
            FROM configs
            WHERE user_id = ? AND revoked_at IS NULL
            ORDER BY id""",
        (user_id,),
    )
    return [Config(*row) for row in rows]


def undelivered(db: sqlite3.Connection) -> list[Config]:
    """List configs that were made but not yet seen on the interface, so not yet sent to their owner."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM configs WHERE live_since IS NULL AND revoked_at IS NULL ORDER BY id")
    return [Config(*row) for row in rows]


# Configs whose owner was last sent another description of the server than the present one. An equal one that came back
# (a port changed, and changed again) makes nobody outdated.
_OUTDATED = """
    FROM configs
    JOIN users ON users.id = configs.user_id
    JOIN server AS told ON told.generation = configs.generation
    JOIN server AS present ON present.generation = (SELECT max(generation) FROM server)
    WHERE configs.revoked_at IS NULL
      AND configs.live_since IS NOT NULL
      AND configs.private_key IS NOT NULL
      AND users.state = 'approved'
      AND users.reachable = 1
      AND (told.public_key, told.parameters, told.endpoint)
          IS NOT (present.public_key, present.parameters, present.endpoint)"""


def outdated(db: sqlite3.Connection) -> list[Config]:
    """List the configs that no longer describe the server, of friends who can be written to."""
    return [Config(*row) for row in db.execute(f"SELECT {_COLUMNS} {_OUTDATED} ORDER BY configs.id")]


def is_outdated(db: sqlite3.Connection, config: Config) -> bool:
    """Tell whether a config no longer describes the server."""
    return db.execute(f"SELECT 1 {_OUTDATED} AND configs.id = ?", (config.id,)).fetchone() is not None


def taken_networks(db: sqlite3.Connection) -> set[str]:
    """Give what the peer of each config carries, live or not, in WantedPeer's form."""
    return {networks for (networks,) in tuples(db, f"SELECT {_NETWORKS} FROM configs WHERE revoked_at IS NULL")}


def is_taken(db: sqlite3.Connection, addresses: Iterable[str]) -> bool:
    """Tell whether a config holds one of these addresses."""
    row = db.execute(
        """WITH asked AS (SELECT value FROM json_each(?))
           SELECT EXISTS (SELECT 1 FROM configs WHERE revoked_at IS NULL AND address IN asked)
               OR EXISTS (SELECT 1 FROM configs WHERE revoked_at IS NULL AND address6 IN asked)""",
        (json.dumps(list(addresses)),),
    ).fetchone()
    return bool(row[0])


def mark_live(db: sqlite3.Connection, config_ids: Iterable[int], now: int) -> None:
    """Note that configs were seen on the interface for the first time."""
    db.executemany(
        "UPDATE configs SET live_since = ? WHERE id = ? AND live_since IS NULL", [(now, id_) for id_ in config_ids]
    )


def set_dns(db: sqlite3.Connection, config_id: int, name: str | None) -> None:
    """Note which DNS was chosen for a config; None: the usual one."""
    db.execute("UPDATE configs SET dns = ? WHERE id = ?", (name, config_id))


def set_routes(db: sqlite3.Connection, config_id: int, name: str | None) -> None:
    """Note what was chosen to go through a config's tunnel; None: the usual."""
    db.execute("UPDATE configs SET routes = ? WHERE id = ?", (name, config_id))


def set_paused(db: sqlite3.Connection, config_id: int, paused_at: int | None) -> bool:
    """Switch a config off for a while, or (None) on again; False where it is so already."""
    done = db.execute(
        """UPDATE configs
           SET paused_at = ?
           WHERE id = ? AND revoked_at IS NULL AND (paused_at IS NULL) <> (? IS NULL)""",
        (paused_at, config_id, paused_at),
    )
    return done.rowcount == 1


def set_expiry(db: sqlite3.Connection, config_id: int, expires_at: int | None) -> bool:
    """Note from when on a config is off; None: never. False where it is so already."""
    done = db.execute(
        "UPDATE configs SET expires_at = ? WHERE id = ? AND revoked_at IS NULL AND expires_at IS NOT ?",
        (expires_at, config_id, expires_at),
    )
    return done.rowcount == 1


def revoke(db: sqlite3.Connection, config_id: int, now: int) -> None:
    """Give up a config for good: its peer goes, its address is free, its secrets are forgotten."""
    db.execute(
        """UPDATE configs
           SET revoked_at = ?, private_key = NULL, preshared_key = NULL
           WHERE id = ? AND revoked_at IS NULL""",
        (now, config_id),
    )


def set_name(db: sqlite3.Connection, config_id: int, name: str) -> None:
    """Call a config otherwise."""
    db.execute("UPDATE configs SET name = ? WHERE id = ?", (name, config_id))


def leave_behind(db: sqlite3.Connection, user_id: int, now: int) -> list[int]:
    """Give up every config of somebody who leaves, and forget that it was theirs; its traffic stays. Give their ids."""
    ids = [row[0] for row in db.execute("SELECT id FROM configs WHERE user_id = ? ORDER BY id", (user_id,))]
    for config_id in ids:
        revoke(db, config_id, now)
    db.execute("UPDATE configs SET user_id = NULL, request_id = NULL, name = '' WHERE user_id = ?", (user_id,))
    return ids


def set_generation(db: sqlite3.Connection, config_id: int, generation: int) -> None:
    """Note which description of the server the owner was last sent."""
    db.execute(
        "UPDATE configs SET generation = ? WHERE id = ? AND generation <> ?", (generation, config_id, generation)
    )
