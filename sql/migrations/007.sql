-- To schema 7: how fast a friend is, and the path to Telegram for those whose VPN is off; names of foreign peers.

ALTER TABLE users ADD COLUMN speed_kbit INTEGER CHECK (speed_kbit >= 0);
ALTER TABLE counters ADD COLUMN port INTEGER CHECK (port BETWEEN 1 AND 65535);
ALTER TABLE foreign_peers ADD COLUMN name TEXT NOT NULL DEFAULT '';

-- Traffic of configs that could reach Telegram alone. It is in no other table and counts for no quota.
CREATE TABLE telegram_days (
    config_id  INTEGER NOT NULL REFERENCES configs (id),
    day        TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    received   INTEGER NOT NULL CHECK (received >= 0),
    sent       INTEGER NOT NULL CHECK (sent >= 0),
    PRIMARY KEY (config_id, day)
) STRICT, WITHOUT ROWID;

-- Configs that reach Telegram alone, as the keeper last left the interface.
CREATE TABLE telegram_only (
    config_id  INTEGER PRIMARY KEY REFERENCES configs (id)
) STRICT;
