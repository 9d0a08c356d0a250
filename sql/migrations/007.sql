-- To schema 7: how fast a friend is, the path to Telegram for those whose VPN is off, and foreign peers.

ALTER TABLE users ADD COLUMN speed_kbit INTEGER CHECK (speed_kbit >= 0);
ALTER TABLE counters ADD COLUMN port INTEGER CHECK (port BETWEEN 1 AND 65535);
ALTER TABLE foreign_peers ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE foreign_peers ADD COLUMN port INTEGER CHECK (port BETWEEN 1 AND 65535);
ALTER TABLE foreign_peers ADD COLUMN private_key TEXT;
ALTER TABLE foreign_peers ADD COLUMN expires_at INTEGER;
ALTER TABLE configs ADD COLUMN given INTEGER NOT NULL DEFAULT 0 CHECK (given IN (0, 1));
UPDATE configs SET given = 1 WHERE private_key IS NULL AND revoked_at IS NULL;

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

-- A change of somebody's speed wakes the keeper, too.
DROP TRIGGER wanted_by_users;
CREATE TRIGGER wanted_by_users AFTER UPDATE OF state, quota_bytes, speed_kbit ON users
WHEN OLD.state <> NEW.state OR OLD.quota_bytes IS NOT NEW.quota_bytes OR OLD.speed_kbit IS NOT NEW.speed_kbit
BEGIN
    UPDATE meta SET value = value + 1 WHERE key = 'wanted_version';
END;

-- Friends show that a peer made by hand is theirs: they switch it off and on while the keeper watches, an admin decides.
CREATE TABLE claims (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,    -- never reused: an old button can't mean another claim
    user_id       INTEGER NOT NULL REFERENCES users (id),
    peer_id       INTEGER REFERENCES foreign_peers (id) ON DELETE SET NULL, -- NULL: no foreign peer any more
    name          TEXT NOT NULL,                        -- the peer's, as the friend saw it; untrusted text
    state         TEXT NOT NULL DEFAULT 'watched'
                  CHECK (state IN ('watched', 'failed', 'stopped', 'lost', 'proven', 'approved', 'rejected')),
    created_at    INTEGER NOT NULL,
    begun_at      INTEGER NOT NULL,                     -- since when the keeper waits for the peer to go silent
    looked_at     INTEGER NOT NULL,                     -- when the keeper last compared the peer
    heard_at      INTEGER,                              -- when bytes of the device last came since begun_at; NULL: never
    off_at        INTEGER,                              -- when it had been silent for long enough; NULL: not yet
    received      INTEGER NOT NULL CHECK (received >= 0), -- the peer's counter when last compared; once off: as of then
    handshake_at  INTEGER NOT NULL,                     -- its handshake, likewise
    interface_id  TEXT NOT NULL,                        -- the life of the interface, likewise
    port          INTEGER CHECK (port BETWEEN 1 AND 65535), -- of the device, likewise; NULL: not known
    moved         INTEGER CHECK (moved IN (0, 1)),      -- 1: it came back from another port; NULL: not known
    proven_at     INTEGER,                              -- when it came back: an admin has to decide
    decided_at    INTEGER,                              -- when the claim ended, however it did
    decided_by    INTEGER                               -- which admin decided, Telegram id; NULL: nobody
) STRICT;

CREATE UNIQUE INDEX one_watch_of_person ON claims (user_id) WHERE state = 'watched';
CREATE UNIQUE INDEX one_claim_of_peer ON claims (peer_id) WHERE state IN ('watched', 'proven');
CREATE INDEX claims_of_user ON claims (user_id, id);
CREATE INDEX open_claims ON claims (state, id) WHERE state IN ('watched', 'proven');

CREATE TRIGGER claims_begin_watched BEFORE INSERT ON claims WHEN NEW.state <> 'watched'
BEGIN
    SELECT RAISE(ABORT, 'a claim begins in state watched');
END;

CREATE TRIGGER claims_change_state BEFORE UPDATE OF state ON claims
WHEN OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN (
    'watched>failed', 'watched>stopped', 'watched>lost', 'watched>proven',
    'proven>approved', 'proven>rejected', 'proven>lost'
)
BEGIN
    SELECT RAISE(ABORT, 'illegal change of claims.state');
END;

-- The keeper is woken, because it looks more often from now on.
CREATE TRIGGER claims_wake_the_keeper AFTER INSERT ON claims
BEGIN
    UPDATE meta SET value = value + 1 WHERE key = 'wanted_version';
END;

CREATE TRIGGER claims_forget_who_decided AFTER DELETE ON users WHEN OLD.state <> 'captcha'
BEGIN
    UPDATE claims SET decided_by = NULL WHERE decided_by = OLD.id;
END;
