-- To schema 2: limits, notes and helpers; configs of friends who left; what daily work needs.
-- Foreign keys are checked at the end.

ALTER TABLE users ADD COLUMN config_limit INTEGER CHECK (config_limit >= 0);
ALTER TABLE users ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN helper INTEGER NOT NULL DEFAULT 0 CHECK (helper IN (0, 1));
CREATE INDEX users_by_name ON users (state, full_name COLLATE NOCASE, id);

-- An admin's last list and draft are deleted with the admin, and a draft with the person whom it was for.
CREATE TRIGGER users_take_what_they_looked_at AFTER DELETE ON users
BEGIN
    DELETE FROM meta WHERE key IN ('people:' || OLD.id, 'draft:' || OLD.id);
    DELETE FROM meta WHERE key GLOB 'draft:*' AND json_extract(value, '$[0]') = OLD.id;
END;

CREATE TABLE new_configs (
    id             INTEGER PRIMARY KEY,
    user_id        INTEGER REFERENCES users (id),       -- NULL: the friend left, and only the traffic stays
    request_id     INTEGER UNIQUE REFERENCES config_requests (id),  -- a request results in at most one config
    name           TEXT NOT NULL,                       -- the device, in the friend's words
    address        TEXT NOT NULL,                       -- IPv4 in the tunnel, no prefix length
    address6       TEXT,                                -- IPv6 in the tunnel; NULL if the interface has none
    public_key     TEXT NOT NULL UNIQUE,
    private_key    TEXT,                                -- deleted when revoked; an adopted peer's was never known
    preshared_key  TEXT,                                -- deleted when revoked; NULL: the peer has none
    generation     INTEGER NOT NULL REFERENCES server (generation), -- of the file that the friend was last sent
    created_at     INTEGER NOT NULL,
    live_since     INTEGER,                             -- first seen on the interface; NULL: not yet delivered
    dns            TEXT,                                -- name of the choice in CLIENT_DNS_CHOICES; NULL: CLIENT_DNS
    routes         TEXT,                                -- the same of CLIENT_ROUTE_CHOICES; NULL: CLIENT_ALLOWED_IPS
    expires_at     INTEGER,                             -- off from then on; NULL: never
    paused_at      INTEGER,                             -- off since then; NULL: not paused
    revoked_at     INTEGER,                             -- for good: address and secrets are given up
    CHECK (revoked_at IS NULL OR (private_key IS NULL AND preshared_key IS NULL)),
    CHECK (user_id IS NOT NULL OR revoked_at IS NOT NULL)
) STRICT;
INSERT INTO new_configs
SELECT id, user_id, request_id, name, address, address6, public_key, private_key, preshared_key, generation, created_at,
       live_since, dns, routes, expires_at, paused_at, revoked_at
FROM configs;
DROP TABLE configs;
ALTER TABLE new_configs RENAME TO configs;

CREATE UNIQUE INDEX one_holder_of_address ON configs (address) WHERE revoked_at IS NULL;
CREATE UNIQUE INDEX one_holder_of_address6 ON configs (address6) WHERE revoked_at IS NULL;
CREATE INDEX configs_of_user ON configs (user_id, id);

CREATE TRIGGER configs_stay_revoked BEFORE UPDATE OF
    id, address, address6, public_key, private_key, preshared_key, generation, created_at, live_since, dns, routes,
    expires_at, paused_at, revoked_at
ON configs WHEN OLD.revoked_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a revoked config does not change');
END;

CREATE TRIGGER wanted_by_configs AFTER UPDATE OF paused_at, revoked_at, expires_at ON configs
BEGIN
    UPDATE meta SET value = value + 1 WHERE key = 'wanted_version';
END;

-- The whole server by the hour, for five weeks: how busy it is, and when friends are usually online.
CREATE TABLE hours (
    hour      INTEGER PRIMARY KEY,                      -- its first second
    received  INTEGER NOT NULL CHECK (received >= 0),   -- over all configs, as in stats
    sent      INTEGER NOT NULL CHECK (sent >= 0),
    online    INTEGER NOT NULL CHECK (online >= 0)      -- the highest number of configs online at once
) STRICT;

-- Where a config's device connects from, to notice a config that two people share: networks, never full addresses.
CREATE TABLE networks (
    config_id   INTEGER PRIMARY KEY REFERENCES configs (id),
    network     TEXT NOT NULL,                          -- the present one, such as 203.0.113.0/24
    previous    TEXT,                                   -- the one before
    changed_at  INTEGER NOT NULL,
    day         TEXT NOT NULL,                          -- the day of the returns, as in stats
    returns     INTEGER NOT NULL DEFAULT 0 CHECK (returns >= 0) -- to the previous network within minutes
) STRICT;

-- Messages that are sent only once: about a config's expiry, a used-up quota, a reminder.
CREATE TABLE told (
    subject  TEXT NOT NULL,                             -- 'config:7', 'user:42', 'requests'
    what     TEXT NOT NULL,                             -- 'expires:7', 'quota:80:2026-11'
    told_at  INTEGER NOT NULL,
    PRIMARY KEY (subject, what)
) STRICT, WITHOUT ROWID;

-- Links that let a friend in without a CAPTCHA, each once.
CREATE TABLE invitations (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    digest       TEXT NOT NULL UNIQUE,                  -- SHA-256 of the code in hex; only the link has the code
    name         TEXT NOT NULL,                         -- for whom, in the admin's words
    with_config  INTEGER NOT NULL CHECK (with_config IN (0, 1)), -- 1: it comes with an approved config
    created_at   INTEGER NOT NULL,
    created_by   INTEGER NOT NULL,                      -- an admin's Telegram id
    expires_at   INTEGER NOT NULL,
    used_at      INTEGER,                               -- for good; NULL: not yet
    used_by      INTEGER,                               -- Telegram id; NULL also if they have left
    revoked_at   INTEGER,                               -- for good; NULL: not revoked
    CHECK (used_at IS NULL OR revoked_at IS NULL)
) STRICT;

CREATE TRIGGER invitations_end_once BEFORE UPDATE OF used_at, revoked_at ON invitations
WHEN OLD.used_at IS NOT NULL OR OLD.revoked_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'an invitation is used or taken back once');
END;

-- Announcements of an admin to many. Waiting messages are in outbox, sent ones in notices, under 'broadcast:7'.
CREATE TABLE broadcasts (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    text         TEXT NOT NULL,                         -- as typed
    audience     TEXT NOT NULL,                         -- the filter that chooses the people
    created_at   INTEGER NOT NULL,
    created_by   INTEGER NOT NULL,
    total        INTEGER NOT NULL DEFAULT 0,            -- how many people it goes to
    sent         INTEGER NOT NULL DEFAULT 0,            -- how many have got it, once it is finished
    begun_at     INTEGER,                               -- NULL: a draft
    stopped_at   INTEGER,                               -- when an admin dropped what was still unsent; NULL: nobody did
    finished_at  INTEGER                                -- when everybody had got it or could not be reached
) STRICT;

-- What admins set in the chat; it overrides the settings file.
CREATE TABLE preferences (
    name   TEXT PRIMARY KEY,                            -- as in the settings file
    value  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE new_config_requests (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,      -- never reused: an old button can't mean another request
    user_id     INTEGER NOT NULL REFERENCES users (id),
    name        TEXT NOT NULL,                          -- the device, in the friend's words
    state       TEXT NOT NULL DEFAULT 'pending'
                CHECK (state IN ('pending', 'approved', 'issued', 'rejected', 'cancelled')),
    replaces    INTEGER REFERENCES configs (id),        -- the config that the new one replaces; NULL: none
    created_at  INTEGER NOT NULL,
    decided_at  INTEGER,                                -- when it was approved, rejected or cancelled
    decided_by  INTEGER                                 -- by whom, Telegram id
) STRICT;
INSERT INTO new_config_requests
SELECT id, user_id, name, state, replaces, created_at, decided_at, decided_by FROM config_requests;
DROP TABLE config_requests;
ALTER TABLE new_config_requests RENAME TO config_requests;

CREATE UNIQUE INDEX one_open_request ON config_requests (user_id) WHERE state IN ('pending', 'approved');
CREATE INDEX open_requests ON config_requests (state, id) WHERE state IN ('pending', 'approved');

CREATE TRIGGER config_requests_begin_pending BEFORE INSERT ON config_requests WHEN NEW.state <> 'pending'
BEGIN
    SELECT RAISE(ABORT, 'a request begins in state pending');
END;

CREATE TRIGGER config_requests_change_state BEFORE UPDATE OF state ON config_requests
WHEN OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN (
    'pending>approved', 'pending>rejected', 'pending>cancelled', 'approved>issued'
)
BEGIN
    SELECT RAISE(ABORT, 'illegal change of config_requests.state');
END;

CREATE TRIGGER wanted_by_requests AFTER UPDATE OF state ON config_requests WHEN NEW.state = 'approved'
BEGIN
    UPDATE meta SET value = value + 1 WHERE key = 'wanted_version';
END;

CREATE TABLE new_outbox (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    chat_id     INTEGER NOT NULL,                       -- 0: not about a chat
    method      TEXT NOT NULL,                          -- of the Bot API
    params      TEXT NOT NULL CHECK (json_valid(params)), -- without chat_id and without file contents
    attachment  TEXT,                                   -- 'qr:7', 'conf:7': made when it is sent
    priority    INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 3), -- taps, dialogue, outsiders, broadcasts
    subject     TEXT,                                   -- what is sent is remembered under it, edits find it there
    created_at  INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,                       -- not before
    attempts    INTEGER NOT NULL DEFAULT 0,
    expires_at  INTEGER                                 -- after that it is dropped unsent; NULL: never
) STRICT;
INSERT INTO new_outbox
SELECT id, chat_id, method, params, attachment, iif(priority = 2, 3, priority), subject, created_at, due_at, attempts,
       expires_at
FROM outbox;
DROP TABLE outbox;
ALTER TABLE new_outbox RENAME TO outbox;

CREATE INDEX outbox_by_urgency ON outbox (priority, id);
CREATE INDEX outbox_by_chat ON outbox (chat_id, priority, id);
CREATE INDEX outbox_by_subject ON outbox (subject);
CREATE INDEX audit_by_subject ON audit (subject, id);
CREATE INDEX audit_by_actor ON audit (actor_id, id);
CREATE INDEX notices_by_message ON notices (chat_id, message_id);

CREATE TRIGGER wanted_by_preferences AFTER INSERT ON preferences
BEGIN
    UPDATE meta SET value = value + 1 WHERE key = 'wanted_version';
END;

CREATE TRIGGER wanted_by_preferences_gone AFTER DELETE ON preferences
BEGIN
    UPDATE meta SET value = value + 1 WHERE key = 'wanted_version';
END;

-- The configs of a friend who left no longer show where they connected from.
CREATE TRIGGER configs_are_left_behind AFTER UPDATE OF user_id ON configs WHEN NEW.user_id IS NULL
BEGIN
    DELETE FROM networks WHERE config_id = NEW.id;
END;

-- The id of a deleted person is removed from all other rows.
CREATE TRIGGER users_go_without_a_trace AFTER DELETE ON users WHEN OLD.state <> 'captcha'
BEGIN
    UPDATE users SET decided_by = NULL WHERE decided_by = OLD.id;
    UPDATE config_requests SET decided_by = NULL WHERE decided_by = OLD.id;
    UPDATE invitations SET used_by = NULL, name = '—' WHERE used_by = OLD.id;
    UPDATE invitations SET created_by = 0 WHERE created_by = OLD.id;
    UPDATE broadcasts SET created_by = 0 WHERE created_by = OLD.id;
END;
-- From now on troubles are kept with their times, under another key.
DELETE FROM meta WHERE key = 'troubles';

-- The last sample's time is stored once for all configs; a row of counters is written when it changes.
INSERT INTO meta (key, value)
SELECT 'sampled', json_array(sampled_at, interface_id) FROM counters ORDER BY sampled_at DESC LIMIT 1;
ALTER TABLE counters DROP COLUMN sampled_at;
