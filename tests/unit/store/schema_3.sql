-- The whole database of the bot. Times are epoch seconds in UTC, sizes are bytes, days are 'YYYY-MM-DD' in TIMEZONE.
-- Rules that SQL can hold stand here; Python only adds the kind words.

-- A friend (or an admin) as the bot knows them. A row appears at their first /start.
CREATE TABLE users (
    id              INTEGER PRIMARY KEY,                -- Telegram's id of the person, and of their private chat
    username        TEXT,                               -- without @; NULL where they have none
    full_name       TEXT NOT NULL,                      -- as they call themselves: hostile text, escape it
    language        TEXT NOT NULL CHECK (language IN ('ru', 'en')),
    state           TEXT NOT NULL DEFAULT 'captcha'
                    CHECK (state IN ('captcha', 'pending', 'approved', 'rejected', 'blocked')),
    captcha_answer  TEXT,                               -- digits on the picture now shown; NULL while none is
    captcha_typed   TEXT NOT NULL DEFAULT '',           -- digits entered so far by the on-screen keypad
    captcha_tries   INTEGER NOT NULL DEFAULT 0 CHECK (captcha_tries >= 0),  -- wrong answers since the last pass
    captcha_until   INTEGER,                            -- with an answer: its end of validity; without: end of the pause
    awaiting        TEXT,                               -- what their next plain text answers; NULL: nothing
    app             TEXT CHECK (app IN ('amneziawg', 'amneziavpn')), -- which one their files are for; NULL: not chosen
    reachable       INTEGER NOT NULL DEFAULT 1 CHECK (reachable IN (0, 1)), -- 0: Telegram says they blocked the bot
    quota_bytes     INTEGER CHECK (quota_bytes >= 0),   -- a month's limit; 0 none; NULL as QUOTA_GB says
    created_at      INTEGER NOT NULL,
    decided_at      INTEGER,                            -- when an admin last approved, rejected, blocked or unblocked
    decided_by      INTEGER,                            -- that admin's Telegram id
    config_limit    INTEGER CHECK (config_limit >= 0),  -- how many configs they may hold; NULL as MAX_CONFIGS says
    note            TEXT NOT NULL DEFAULT '',           -- the admins' words about them, which they never see
    helper          INTEGER NOT NULL DEFAULT 0 CHECK (helper IN (0, 1)) -- 1: decides beside the admins
) STRICT;

CREATE INDEX users_by_state ON users (state, id);
CREATE INDEX users_by_name ON users (state, full_name COLLATE NOCASE, id);

CREATE TRIGGER users_begin_at_the_captcha BEFORE INSERT ON users WHEN NEW.state <> 'captcha'
BEGIN
    SELECT RAISE(ABORT, 'a user begins in state captcha');
END;

CREATE TRIGGER users_change_state BEFORE UPDATE OF state ON users
WHEN OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN (
    'captcha>pending', 'pending>approved', 'pending>rejected', 'pending>blocked', 'rejected>captcha',
    'rejected>approved', 'approved>blocked', 'blocked>approved', 'captcha>approved'
)
BEGIN
    SELECT RAISE(ABORT, 'illegal change of users.state');
END;

-- An admin's last list and draft go with them, and a draft goes with whom it was for.
CREATE TRIGGER users_take_what_they_looked_at AFTER DELETE ON users
BEGIN
    DELETE FROM meta WHERE key IN ('people:' || OLD.id, 'draft:' || OLD.id);
    DELETE FROM meta WHERE key GLOB 'draft:*' AND json_extract(value, '$[0]') = OLD.id;
END;

-- A wish for a config, decided by an admin. At most one is open per user.
CREATE TABLE config_requests (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,      -- never given twice: an old button decides on no other request
    user_id     INTEGER NOT NULL REFERENCES users (id),
    name        TEXT NOT NULL,                          -- the device, in the friend's words
    state       TEXT NOT NULL DEFAULT 'pending'
                CHECK (state IN ('pending', 'approved', 'issued', 'rejected', 'cancelled')),
    replaces    INTEGER REFERENCES configs (id),        -- the config that the new one takes the place of; NULL: none
    created_at  INTEGER NOT NULL,
    decided_at  INTEGER,                                -- approved, rejected or cancelled
    decided_by  INTEGER                                 -- who did that, Telegram id
) STRICT;

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

-- The server as its configs must describe it. A new row when the live interface differs from the newest one.
CREATE TABLE server (
    generation  INTEGER PRIMARY KEY,                    -- 1, 2, 3 …; the greatest is the present
    public_key  TEXT NOT NULL,
    parameters  TEXT NOT NULL,                          -- JSON object: obfuscation parameters by their .conf names
    endpoint    TEXT NOT NULL,                          -- host:port that friends connect to
    seen_at     INTEGER NOT NULL                        -- when it was first read from the interface
) STRICT;

-- What a friend holds. Whether it is live is derived, never stored: see store/configs.py, wanted().
CREATE TABLE configs (
    id             INTEGER PRIMARY KEY,
    user_id        INTEGER REFERENCES users (id),       -- NULL: the friend left, and only the sums of traffic stay
    request_id     INTEGER UNIQUE REFERENCES config_requests (id),  -- one request gives at most one config
    name           TEXT NOT NULL,                       -- the device, in the friend's words
    address        TEXT NOT NULL,                       -- IPv4 in the tunnel, no prefix length
    address6       TEXT,                                -- IPv6 in the tunnel; NULL where the interface has none
    public_key     TEXT NOT NULL UNIQUE,
    private_key    TEXT,                                -- forgotten when revoked; an adopted peer's was never known
    preshared_key  TEXT,                                -- forgotten when revoked; NULL: the peer has none
    generation     INTEGER NOT NULL REFERENCES server (generation), -- of the file that the friend was last sent
    created_at     INTEGER NOT NULL,
    live_since     INTEGER,                             -- first seen on the interface; NULL: not yet delivered
    dns            TEXT,                                -- name of the choice in CLIENT_DNS_CHOICES; NULL: CLIENT_DNS
    routes         TEXT,                                -- the same of CLIENT_ROUTE_CHOICES; NULL: CLIENT_ALLOWED_IPS
    expires_at     INTEGER,                             -- off from then on; NULL: never
    paused_at      INTEGER,                             -- off since then; NULL: not paused
    revoked_at     INTEGER,                             -- final: address and secrets are given up
    CHECK (revoked_at IS NULL OR (private_key IS NULL AND preshared_key IS NULL)),
    CHECK (user_id IS NOT NULL OR revoked_at IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX one_holder_of_address ON configs (address) WHERE revoked_at IS NULL;
CREATE UNIQUE INDEX one_holder_of_address6 ON configs (address6) WHERE revoked_at IS NULL;
CREATE INDEX configs_of_user ON configs (user_id, id);
CREATE INDEX configs_with_an_end ON configs (expires_at) WHERE expires_at IS NOT NULL AND revoked_at IS NULL;
CREATE INDEX configs_undelivered ON configs (id) WHERE live_since IS NULL AND revoked_at IS NULL;

-- Only whose it was may be forgotten.
CREATE TRIGGER configs_stay_revoked BEFORE UPDATE OF
    id, address, address6, public_key, private_key, preshared_key, generation, created_at, live_since, dns, routes,
    expires_at, paused_at, revoked_at
ON configs WHEN OLD.revoked_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a revoked config does not change');
END;

-- Traffic by day. received and sent are the server's view: received is what the friend uploaded.
CREATE TABLE stats (
    config_id  INTEGER NOT NULL REFERENCES configs (id),
    day        TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    received   INTEGER NOT NULL CHECK (received >= 0),
    sent       INTEGER NOT NULL CHECK (sent >= 0),
    PRIMARY KEY (config_id, day)
) STRICT, WITHOUT ROWID;

CREATE INDEX stats_by_day ON stats (day, config_id, received, sent);

-- The whole server by the hour, for five weeks: how busy it is, and when friends are normally online.
CREATE TABLE hours (
    hour      INTEGER PRIMARY KEY,                      -- its first second
    received  INTEGER NOT NULL CHECK (received >= 0),   -- over all configs, as in stats
    sent      INTEGER NOT NULL CHECK (sent >= 0),
    online    INTEGER NOT NULL CHECK (online >= 0)      -- the most configs that were online at once
) STRICT;

-- Where a config's device connects from: networks, never whole addresses, to notice one that two people share.
CREATE TABLE networks (
    config_id   INTEGER PRIMARY KEY REFERENCES configs (id),
    network     TEXT NOT NULL,                          -- the present one, such as 203.0.113.0/24
    previous    TEXT,                                   -- the one before
    changed_at  INTEGER NOT NULL,
    day         TEXT NOT NULL,                          -- of the returns, as in stats
    returns     INTEGER NOT NULL DEFAULT 0 CHECK (returns >= 0) -- on that day: back to the previous one within minutes
) STRICT;

-- The interface's counters as last read, the base of the next difference.
CREATE TABLE counters (
    config_id     INTEGER PRIMARY KEY REFERENCES configs (id),
    received      INTEGER NOT NULL CHECK (received >= 0),
    sent          INTEGER NOT NULL CHECK (sent >= 0),
    handshake_at  INTEGER NOT NULL,                     -- newest handshake ever seen; 0: never
    interface_id  TEXT NOT NULL                         -- which life of the interface they were read from
) STRICT;

-- Peers on the interface that the bot did not make. They are shown, and left alone until an admin decides otherwise.
CREATE TABLE foreign_peers (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,   -- never given twice: an old button speaks of no other peer
    public_key     TEXT NOT NULL UNIQUE,
    preshared_key  TEXT,                                -- as found; NULL: none
    allowed_ips    TEXT NOT NULL CHECK (json_valid(allowed_ips)),  -- JSON array of addresses with prefix lengths
    received       INTEGER NOT NULL CHECK (received >= 0),  -- counters as last read, as in the table counters
    sent           INTEGER NOT NULL CHECK (sent >= 0),
    handshake_at   INTEGER NOT NULL,                    -- newest handshake; 0: never
    interface_id   TEXT NOT NULL,                       -- which life of the interface they were read from
    live           INTEGER NOT NULL DEFAULT 1 CHECK (live IN (0, 1)),  -- 1: on the interface at the last look
    seen_at        INTEGER NOT NULL,                    -- last look at which it was there
    evicted_at     INTEGER                              -- an admin had it removed, and again whenever it returns
) STRICT;

-- Messages on their way to Telegram; a row leaves when its fate is known.
CREATE TABLE outbox (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    chat_id     INTEGER NOT NULL,                       -- 0: concerns no chat
    method      TEXT NOT NULL,                          -- of the Bot API
    params      TEXT NOT NULL CHECK (json_valid(params)), -- without chat_id and without file contents
    attachment  TEXT,                                   -- 'qr:7', 'conf:7': made from the rows when it is sent
    priority    INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 3), -- taps, dialogue, the street, broadcasts
    subject     TEXT,                                   -- sends note their message under it, edits find it there
    created_at  INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,                       -- not before
    attempts    INTEGER NOT NULL DEFAULT 0,
    expires_at  INTEGER                                 -- dropped unsent from then on; NULL: never
) STRICT;

CREATE INDEX outbox_by_urgency ON outbox (priority, id);
CREATE INDEX outbox_by_chat ON outbox (chat_id, priority, id);
CREATE INDEX outbox_by_subject ON outbox (subject);

-- Messages that will be edited when their subject is decided.
CREATE TABLE notices (
    subject     TEXT NOT NULL,                          -- 'user:42', 'request:7', 'captcha:42'
    chat_id     INTEGER NOT NULL,
    message_id  INTEGER NOT NULL,
    PRIMARY KEY (subject, chat_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX notices_by_message ON notices (chat_id, message_id);

-- What was told once and is not told again: a config's expiry, a used-up quota, a reminder.
CREATE TABLE told (
    subject  TEXT NOT NULL,                             -- 'config:7', 'user:42', 'requests'
    what     TEXT NOT NULL,                             -- 'expires:7', 'quota:80:2026-11'
    told_at  INTEGER NOT NULL,
    PRIMARY KEY (subject, what)
) STRICT, WITHOUT ROWID;

-- Links by which a friend comes in without a CAPTCHA, each once.
CREATE TABLE invitations (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    digest       TEXT NOT NULL UNIQUE,                  -- SHA-256 of the code, hex; the code itself goes with its one message
    name         TEXT NOT NULL,                         -- for whom, in the admin's words
    with_config  INTEGER NOT NULL CHECK (with_config IN (0, 1)), -- 1: a config is approved along with it
    created_at   INTEGER NOT NULL,
    created_by   INTEGER NOT NULL,                      -- an admin's Telegram id
    expires_at   INTEGER NOT NULL,
    used_at      INTEGER,                               -- final; NULL: not yet
    used_by      INTEGER,                               -- Telegram id; NULL also where they left since
    revoked_at   INTEGER,                               -- final; NULL: not taken back
    CHECK (used_at IS NULL OR revoked_at IS NULL)
) STRICT;

CREATE TRIGGER invitations_end_once BEFORE UPDATE OF used_at, revoked_at ON invitations
WHEN OLD.used_at IS NOT NULL OR OLD.revoked_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'an invitation is used or taken back once');
END;

-- Messages of an admin to many. The rows on their way stand in outbox, what arrived in notices: 'broadcast:7'.
CREATE TABLE broadcasts (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    text         TEXT NOT NULL,                         -- as typed
    audience     TEXT NOT NULL,                         -- a filter of the list of people
    created_at   INTEGER NOT NULL,
    created_by   INTEGER NOT NULL,
    total        INTEGER NOT NULL DEFAULT 0,            -- to how many it goes
    sent         INTEGER NOT NULL DEFAULT 0,            -- how many have it, once it is finished
    begun_at     INTEGER,                               -- NULL: a draft
    stopped_at   INTEGER,                               -- an admin took back what had not gone yet; NULL: nobody did
    finished_at  INTEGER                                -- everybody has it or can't be reached
) STRICT;

-- What admins set in the chat; it stands above the settings file.
CREATE TABLE preferences (
    name   TEXT PRIMARY KEY,                            -- as in the settings file
    value  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Who did what. Never holds a secret.
CREATE TABLE audit (
    id        INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    actor_id  INTEGER,                                  -- Telegram id; NULL: the bot itself; 0: who left since
    action    TEXT NOT NULL,
    subject   TEXT NOT NULL,                            -- 'user:42', 'config:7' …
    detail    TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX audit_by_subject ON audit (subject, id);
CREATE INDEX audit_by_actor ON audit (actor_id, id);

-- Single facts of the bot, each named and described where it is used.
CREATE TABLE meta (
    key    TEXT PRIMARY KEY,
    value  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- 'wanted_version' counts whatever may change the set of wanted peers, so that the keeper is woken by the fact itself.
INSERT INTO meta (key, value) VALUES ('wanted_version', '0');

CREATE TRIGGER wanted_by_users AFTER UPDATE OF state, quota_bytes ON users
WHEN OLD.state <> NEW.state OR OLD.quota_bytes IS NOT NEW.quota_bytes
BEGIN
    UPDATE meta SET value = value + 1 WHERE key = 'wanted_version';
END;

CREATE TRIGGER wanted_by_requests AFTER UPDATE OF state ON config_requests WHEN NEW.state = 'approved'
BEGIN
    UPDATE meta SET value = value + 1 WHERE key = 'wanted_version';
END;

CREATE TRIGGER wanted_by_configs AFTER UPDATE OF paused_at, revoked_at, expires_at ON configs
BEGIN
    UPDATE meta SET value = value + 1 WHERE key = 'wanted_version';
END;

CREATE TRIGGER wanted_by_preferences AFTER INSERT ON preferences
BEGIN
    UPDATE meta SET value = value + 1 WHERE key = 'wanted_version';
END;

CREATE TRIGGER wanted_by_preferences_gone AFTER DELETE ON preferences
BEGIN
    UPDATE meta SET value = value + 1 WHERE key = 'wanted_version';
END;

CREATE TRIGGER wanted_by_foreign_peers AFTER UPDATE OF evicted_at ON foreign_peers
WHEN OLD.evicted_at IS NOT NEW.evicted_at
BEGIN
    UPDATE meta SET value = value + 1 WHERE key = 'wanted_version';
END;

-- What was given up says nothing of where its device connected from.
CREATE TRIGGER configs_forget_their_networks AFTER UPDATE OF revoked_at ON configs WHEN NEW.revoked_at IS NOT NULL
BEGIN
    DELETE FROM networks WHERE config_id = NEW.id;
END;

-- Who goes is named nowhere: where their id stood beside what others did, it goes with their row.
CREATE TRIGGER users_go_without_a_trace AFTER DELETE ON users WHEN OLD.state <> 'captcha'
BEGIN
    UPDATE users SET decided_by = NULL WHERE decided_by = OLD.id;
    UPDATE config_requests SET decided_by = NULL WHERE decided_by = OLD.id;
    UPDATE invitations SET used_by = NULL, name = '—' WHERE used_by = OLD.id;
    UPDATE invitations SET created_by = 0 WHERE created_by = OLD.id;
    UPDATE broadcasts SET created_by = 0 WHERE created_by = OLD.id;
END;
