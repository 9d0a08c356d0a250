-- To schema 6: what people say while they wait for a decision, and which tickets wait for an answer;
-- what a config looks like to the networks between, and what worked where.

ALTER TABLE users ADD COLUMN said TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN said_count INTEGER NOT NULL DEFAULT 0 CHECK (said_count >= 0);

CREATE INDEX open_tickets ON tickets (sent_at) WHERE sent_at IS NOT NULL AND closed_at IS NULL;

ALTER TABLE configs ADD COLUMN disguise TEXT CHECK (disguise IS NULL OR json_valid(disguise));
ALTER TABLE counters ADD COLUMN heard_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE counters ADD COLUMN flowed_at INTEGER NOT NULL DEFAULT 0;

-- Friends whose VPN doesn't connect try one disguise after another; the config has the one that is tried.
CREATE TABLE trials (
    config_id     INTEGER PRIMARY KEY REFERENCES configs (id),
    before        TEXT CHECK (before IS NULL OR json_valid(before)), -- the config's disguise when they began, as in configs
    tried         TEXT NOT NULL CHECK (json_valid(tried)), -- JSON array of keys, the present one last
    begun_at      INTEGER NOT NULL,                     -- when the present one was sent
    heard_at      INTEGER,                              -- when the first packet since then was noticed; NULL: none yet
    ended_at      INTEGER,                              -- when it was found not to work; NULL: it is being watched
    received      INTEGER NOT NULL,                     -- the counters when it was sent, as in the table counters
    sent          INTEGER NOT NULL
) STRICT;

-- Which disguise worked where: networks, never addresses or people. Forgotten after 90 days.
CREATE TABLE disguise_days (
    day       TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    network   TEXT NOT NULL,                            -- a /16, or /32 of IPv6; '' if not known
    disguise  TEXT NOT NULL,                            -- its key, see vpn/disguises.py
    worked    INTEGER NOT NULL CHECK (worked >= 0),     -- configs that carried traffic, each once a day, and trials
    failed    INTEGER NOT NULL CHECK (failed >= 0),     -- trials
    PRIMARY KEY (day, network, disguise)
) STRICT, WITHOUT ROWID;

-- The only change allowed is to forget whose it was.
DROP TRIGGER configs_stay_revoked;
CREATE TRIGGER configs_stay_revoked BEFORE UPDATE OF
    id, address, address6, public_key, private_key, preshared_key, generation, created_at, live_since, dns, routes,
    expires_at, paused_at, revoked_at, platform, app, files_sent, connected_at, disguise
ON configs WHEN OLD.revoked_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a revoked config does not change');
END;

-- A revoked config no longer shows where its device connected from.
DROP TRIGGER configs_forget_their_networks;
CREATE TRIGGER configs_forget_their_networks AFTER UPDATE OF revoked_at ON configs WHEN NEW.revoked_at IS NOT NULL
BEGIN
    DELETE FROM networks WHERE config_id = NEW.id;
    DELETE FROM trials WHERE config_id = NEW.id;
END;
