-- The whole database of the bot. Times are epoch seconds in UTC, sizes are bytes, days are 'YYYY-MM-DD' in TIMEZONE.
-- Every rule that SQL can enforce is enforced here; Python only adds the kind messages.

-- A friend (or an admin) as the bot knows them. The row is added at their first /start.
CREATE TABLE users (
    id              INTEGER PRIMARY KEY,                -- Telegram's id of the person, and of their private chat;
                                                        -- negative: they have no Telegram, see store/users.py, add_offline
    username        TEXT,                               -- without @; NULL if they have none
    full_name       TEXT NOT NULL,                      -- as they call themselves; untrusted text, escape it
    language        TEXT NOT NULL CHECK (language GLOB '[a-z][a-z]'),  -- one of lib/values.py, LANGUAGES
    state           TEXT NOT NULL DEFAULT 'captcha'
                    CHECK (state IN ('captcha', 'pending', 'approved', 'rejected', 'blocked')),
    captcha_answer  TEXT,                               -- digits on the present picture; NULL if there is none
    captcha_typed   TEXT NOT NULL DEFAULT '',           -- digits entered so far by the on-screen keypad
    captcha_tries   INTEGER NOT NULL DEFAULT 0 CHECK (captcha_tries >= 0),  -- wrong answers since the last pass
    captcha_until   INTEGER,                            -- with an answer: when it expires; without: when the pause ends
    captcha_others  INTEGER NOT NULL DEFAULT 0 CHECK (captcha_others >= 0), -- other pictures asked for in the present hour
    captcha_hour    INTEGER,                            -- when that hour began; NULL: no other picture asked for yet
    awaiting        TEXT,                               -- the question that their next text answers; NULL: none
    app             TEXT CHECK (app GLOB '[a-z]*'),     -- the app for their files, one of lib/chat/apps.py; NULL: not chosen
    reachable       INTEGER NOT NULL DEFAULT 1 CHECK (reachable IN (0, 1)), -- 0: they blocked the bot, or have no Telegram
    quota_bytes     INTEGER CHECK (quota_bytes >= 0),   -- monthly limit; 0: no limit, NULL: QUOTA_GB
    created_at      INTEGER NOT NULL,
    decided_at      INTEGER,                            -- when an admin last approved, rejected, blocked or unblocked
    decided_by      INTEGER,                            -- that admin's Telegram id
    config_limit    INTEGER CHECK (config_limit >= 0),  -- how many configs they may have; NULL: MAX_CONFIGS
    note            TEXT NOT NULL DEFAULT '',           -- the admins' note about them, which they never see
    helper          INTEGER NOT NULL DEFAULT 0 CHECK (helper IN (0, 1)), -- 1: they decide beside the admins
    granted_by      INTEGER,                            -- who approved their next config in advance, Telegram id; NULL: nobody
    kept_by         INTEGER CHECK (kept_by IS NULL OR id < 0), -- who gets the files of somebody without Telegram
    said            TEXT NOT NULL DEFAULT '',           -- what they last told the admins while waiting for a decision
    said_count      INTEGER NOT NULL DEFAULT 0 CHECK (said_count >= 0), -- how often they did
    speed_kbit      INTEGER CHECK (speed_kbit >= 0)     -- both ways, kbit/s; 0: no limit, NULL: SPEED_MBIT
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

-- An admin's last list and draft are deleted with the admin, and a draft with the person whom it was for.
CREATE TRIGGER users_take_what_they_looked_at AFTER DELETE ON users
BEGIN
    DELETE FROM meta WHERE key IN ('people:' || OLD.id, 'draft:' || OLD.id);
    DELETE FROM meta WHERE key GLOB 'draft:*' AND json_extract(value, '$[0]') = OLD.id;
END;

-- A friend asks for a config, an admin decides. At most one request per user is open.
CREATE TABLE config_requests (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,      -- never reused: an old button can't mean another request
    user_id     INTEGER NOT NULL REFERENCES users (id),
    name        TEXT NOT NULL,                          -- the device, in the friend's words
    state       TEXT NOT NULL DEFAULT 'pending'
                CHECK (state IN ('pending', 'approved', 'issued', 'rejected', 'cancelled')),
    replaces    INTEGER REFERENCES configs (id),        -- the config that the new one replaces; NULL: none
    created_at  INTEGER NOT NULL,
    decided_at  INTEGER,                                -- when it was approved, rejected or cancelled
    decided_by  INTEGER,                                -- by whom, Telegram id
    platform    TEXT CHECK (platform GLOB '[a-z]*'),    -- one of lib/chat/devices.py; NULL: made before we asked
    app         TEXT CHECK (app GLOB '[a-z]*')          -- one of lib/chat/apps.py; NULL: the owner's, or the usual one
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

-- The server as its configs must describe it. A row is added when the live interface differs from the newest one.
CREATE TABLE server (
    generation  INTEGER PRIMARY KEY,                    -- 1, 2, 3 …; the greatest is the present one
    public_key  TEXT NOT NULL,
    parameters  TEXT NOT NULL,                          -- JSON object: obfuscation parameters by their .conf names
    endpoint    TEXT NOT NULL,                          -- host:port that friends connect to
    seen_at     INTEGER NOT NULL                        -- when it was first read from the interface
) STRICT;

-- What friends have. Whether a config should be live is computed, never stored: see store/configs.py, wanted().
CREATE TABLE configs (
    id             INTEGER PRIMARY KEY,
    user_id        INTEGER REFERENCES users (id),       -- NULL: the friend left, and only the traffic stays
    request_id     INTEGER UNIQUE REFERENCES config_requests (id),  -- a request results in at most one config
    name           TEXT NOT NULL,                       -- the device, in the friend's words
    address        TEXT NOT NULL,                       -- IPv4 in the tunnel, no prefix length
    address6       TEXT,                                -- IPv6 in the tunnel; NULL if the interface has none
    public_key     TEXT NOT NULL UNIQUE,
    private_key    TEXT,                                -- deleted when revoked; NULL: a given peer's, if it isn't known
    preshared_key  TEXT,                                -- deleted when revoked; NULL: the peer has none
    generation     INTEGER NOT NULL REFERENCES server (generation), -- of the file that the friend was last sent
    created_at     INTEGER NOT NULL,
    live_since     INTEGER,                             -- first seen on the interface; NULL: not yet delivered
    dns            TEXT,                                -- name of the choice in CLIENT_DNS_CHOICES; NULL: CLIENT_DNS
    routes         TEXT,                                -- the same of CLIENT_ROUTE_CHOICES; NULL: CLIENT_ALLOWED_IPS
    expires_at     INTEGER,                             -- off from then on; NULL: never
    paused_at      INTEGER,                             -- off since then; NULL: not paused
    revoked_at     INTEGER,                             -- for good: address and secrets are given up
    platform       TEXT CHECK (platform GLOB '[a-z]*'), -- as in config_requests; NULL: not known, to be asked
    app            TEXT CHECK (app GLOB '[a-z]*'),      -- as in config_requests
    files_sent     INTEGER NOT NULL DEFAULT 0 CHECK (files_sent >= 0), -- each had a name of its own
    connected_at   INTEGER,                             -- when its first handshake was noticed; NULL: none yet
    disguise       TEXT CHECK (disguise IS NULL OR json_valid(disguise)), -- as drawn, see vpn/disguises.py; NULL: the server's own values
    given          INTEGER NOT NULL DEFAULT 0 CHECK (given IN (0, 1)), -- 1: a peer made by hand, given to its owner
    CHECK (revoked_at IS NULL OR (private_key IS NULL AND preshared_key IS NULL)),
    CHECK (user_id IS NOT NULL OR revoked_at IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX one_holder_of_address ON configs (address) WHERE revoked_at IS NULL;
CREATE UNIQUE INDEX one_holder_of_address6 ON configs (address6) WHERE revoked_at IS NULL;
CREATE INDEX configs_of_user ON configs (user_id, id);
CREATE INDEX configs_with_an_end ON configs (expires_at) WHERE expires_at IS NOT NULL AND revoked_at IS NULL;
CREATE INDEX configs_undelivered ON configs (id) WHERE live_since IS NULL AND revoked_at IS NULL;
CREATE INDEX configs_unconnected ON configs (id) WHERE connected_at IS NULL AND revoked_at IS NULL;

-- The only change allowed is to forget whose it was.
CREATE TRIGGER configs_stay_revoked BEFORE UPDATE OF
    id, address, address6, public_key, private_key, preshared_key, generation, created_at, live_since, dns, routes,
    expires_at, paused_at, revoked_at, platform, app, files_sent, connected_at, disguise
ON configs WHEN OLD.revoked_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a revoked config does not change');
END;

-- Traffic by day, as the server sees it: received is what the friend uploaded.
CREATE TABLE stats (
    config_id  INTEGER NOT NULL REFERENCES configs (id),
    day        TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    received   INTEGER NOT NULL CHECK (received >= 0),
    sent       INTEGER NOT NULL CHECK (sent >= 0),
    PRIMARY KEY (config_id, day)
) STRICT, WITHOUT ROWID;

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

CREATE INDEX stats_by_day ON stats (day, config_id, received, sent);

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

-- The interface's counters as last read, from which the next difference is computed.
CREATE TABLE counters (
    config_id     INTEGER PRIMARY KEY REFERENCES configs (id),
    received      INTEGER NOT NULL CHECK (received >= 0),
    sent          INTEGER NOT NULL CHECK (sent >= 0),
    handshake_at  INTEGER NOT NULL,                     -- the newest one ever seen; 0: never
    interface_id  TEXT NOT NULL,                        -- the life of the interface in which they were read
    heard_at      INTEGER NOT NULL DEFAULT 0,           -- the newest sample in which bytes of the device had come
    flowed_at     INTEGER NOT NULL DEFAULT 0,           -- the newest one in which more than keepalives went to it
    port          INTEGER CHECK (port BETWEEN 1 AND 65535) -- of the server, to which the device last sent; NULL: not known
) STRICT;

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

-- Peers on the interface that the bot did not make. They are listed, and left alone unless an admin decides otherwise.
CREATE TABLE foreign_peers (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,   -- never reused: an old button can't mean another peer
    public_key     TEXT NOT NULL UNIQUE,
    preshared_key  TEXT,                                -- as found; NULL: none
    allowed_ips    TEXT NOT NULL CHECK (json_valid(allowed_ips)),  -- JSON array of addresses with prefix lengths
    received       INTEGER NOT NULL CHECK (received >= 0),  -- counters as last read, as in the table counters
    sent           INTEGER NOT NULL CHECK (sent >= 0),
    handshake_at   INTEGER NOT NULL,                    -- 0: never
    interface_id   TEXT NOT NULL,                       -- the life of the interface in which they were read
    live           INTEGER NOT NULL DEFAULT 1 CHECK (live IN (0, 1)),  -- 1: on the interface at the last look
    seen_at        INTEGER NOT NULL,                    -- when it was last on the interface
    evicted_at     INTEGER,                             -- removed by an admin, and again whenever it returns
    name           TEXT NOT NULL DEFAULT '',            -- as the files of whoever made it call it; untrusted text
    port           INTEGER CHECK (port BETWEEN 1 AND 65535), -- from which its device last sent; NULL: not known
    private_key    TEXT,                                -- if whoever made it has kept it; NULL: not known
    expires_at     INTEGER                              -- as whoever made it has noted; NULL: never
) STRICT;

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

-- Messages on their way to Telegram; a row is deleted once its fate is known.
CREATE TABLE outbox (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    chat_id     INTEGER NOT NULL CHECK (chat_id >= 0),  -- 0: not about a chat; nothing goes to people without Telegram
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

CREATE INDEX outbox_by_urgency ON outbox (priority, id);
CREATE INDEX outbox_by_chat ON outbox (chat_id, priority, id);
CREATE INDEX outbox_by_subject ON outbox (subject);

-- Messages that are edited once their subject is decided.
CREATE TABLE notices (
    subject     TEXT NOT NULL,                          -- 'user:42', 'request:7', 'captcha:42'
    chat_id     INTEGER NOT NULL,
    message_id  INTEGER NOT NULL,
    PRIMARY KEY (subject, chat_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX notices_by_message ON notices (chat_id, message_id);

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
    digest       TEXT NOT NULL UNIQUE,                  -- SHA-256 of the code in hex, by which a link is found
    code         TEXT,                                  -- a secret, to show the link again; deleted once it opens nothing
    name         TEXT NOT NULL,                         -- for whom, in the admin's words
    with_config  INTEGER NOT NULL CHECK (with_config IN (0, 1)), -- 1: it comes with an approved config
    created_at   INTEGER NOT NULL,
    created_by   INTEGER NOT NULL,                      -- an admin's Telegram id
    expires_at   INTEGER NOT NULL,
    used_at      INTEGER,                               -- for good; NULL: not yet
    used_by      INTEGER,                               -- Telegram id; NULL also if they have left
    revoked_at   INTEGER,                               -- for good; NULL: not revoked
    for_user     INTEGER CHECK (for_user < 0),          -- who comes to Telegram by it, and opens nothing once they are
                                                        -- gone: such an id is never given again; NULL: a new friend
    CHECK (used_at IS NULL OR revoked_at IS NULL),
    CHECK (code IS NULL OR (used_at IS NULL AND revoked_at IS NULL))
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

-- What friends want from the admins beside configs. An admin closes it once, and its text is forgotten.
CREATE TABLE tickets (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,      -- never reused: an old button can't mean another ticket
    user_id     INTEGER NOT NULL REFERENCES users (id),
    kind        TEXT NOT NULL CHECK (kind IN ('message', 'complaint', 'traffic', 'time')),
    config_id   INTEGER REFERENCES configs (id),        -- what a complaint or a wish for more time is about
    text        TEXT NOT NULL DEFAULT '',               -- a message in the friend's words; '' once it is closed
    finding     TEXT NOT NULL DEFAULT '',               -- what the diagnosis found, for a complaint
    present     INTEGER,                                -- what they want more of, at that time: limit, expires_at
    created_at  INTEGER NOT NULL,
    sent_at     INTEGER,                                -- NULL: a draft that the friend has not sent
    closed_at   INTEGER,                                -- when an admin answered or decided; NULL: nobody did
    closed_by   INTEGER,                                -- that admin's Telegram id
    outcome     TEXT NOT NULL DEFAULT ''                -- what became of it: 'answer', 'more', 'never' …
) STRICT;

CREATE INDEX drafts ON tickets (user_id, id) WHERE sent_at IS NULL;
CREATE INDEX tickets_of_user ON tickets (user_id, id);
CREATE INDEX open_tickets ON tickets (sent_at) WHERE sent_at IS NOT NULL AND closed_at IS NULL;

CREATE TRIGGER tickets_close_once BEFORE UPDATE OF closed_at ON tickets WHEN OLD.closed_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a ticket is closed once');
END;

CREATE TRIGGER tickets_forget_who_closed_them AFTER DELETE ON users WHEN OLD.state <> 'captcha'
BEGIN
    UPDATE tickets SET closed_by = NULL WHERE closed_by = OLD.id;
END;

-- What admins set in the chat; it overrides the settings file.
CREATE TABLE preferences (
    name   TEXT PRIMARY KEY,                            -- as in the settings file
    value  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Who did what. It never contains a secret.
CREATE TABLE audit (
    id        INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    actor_id  INTEGER,                                  -- Telegram id; NULL: the bot itself, 0: somebody who has left
    action    TEXT NOT NULL,
    subject   TEXT NOT NULL,                            -- 'user:42', 'config:7' …
    detail    TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX audit_by_subject ON audit (subject, id);
CREATE INDEX audit_by_actor ON audit (actor_id, id);

-- Single facts, each described where it is used.
CREATE TABLE meta (
    key    TEXT PRIMARY KEY,
    value  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- 'wanted_version' counts every change that may affect the set of wanted peers, so that none fails to wake the keeper.
INSERT INTO meta (key, value) VALUES ('wanted_version', '0');

CREATE TRIGGER wanted_by_users AFTER UPDATE OF state, quota_bytes, speed_kbit ON users
WHEN OLD.state <> NEW.state OR OLD.quota_bytes IS NOT NEW.quota_bytes OR OLD.speed_kbit IS NOT NEW.speed_kbit
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

-- A revoked config no longer shows where its device connected from.
CREATE TRIGGER configs_forget_their_networks AFTER UPDATE OF revoked_at ON configs WHEN NEW.revoked_at IS NOT NULL
BEGIN
    DELETE FROM networks WHERE config_id = NEW.id;
    DELETE FROM trials WHERE config_id = NEW.id;
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

-- Who approved a config in advance and has left does so no longer.
CREATE TRIGGER users_grant_nothing_when_they_leave AFTER DELETE ON users WHEN OLD.state <> 'captcha'
BEGIN
    UPDATE users SET granted_by = NULL WHERE granted_by = OLD.id;
END;

-- An admin who leaves keeps nobody's files, and an invitation forgets the name of somebody without Telegram who left.
CREATE TRIGGER users_are_kept_no_longer AFTER DELETE ON users WHEN OLD.state <> 'captcha'
BEGIN
    UPDATE users SET kept_by = NULL WHERE kept_by = OLD.id;
    UPDATE invitations SET name = '—' WHERE for_user = OLD.id AND used_at IS NULL;
END;
