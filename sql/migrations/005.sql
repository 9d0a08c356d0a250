-- To schema 5: another CAPTCHA picture has a limit per hour; friends write to the admins;
-- a config knows its device, and whether it ever connected; people without Telegram.

ALTER TABLE users ADD COLUMN captcha_others INTEGER NOT NULL DEFAULT 0 CHECK (captcha_others >= 0);
ALTER TABLE users ADD COLUMN captcha_hour INTEGER;
ALTER TABLE users ADD COLUMN granted_by INTEGER;

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

CREATE TRIGGER tickets_close_once BEFORE UPDATE OF closed_at ON tickets WHEN OLD.closed_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a ticket is closed once');
END;

CREATE TRIGGER tickets_forget_who_closed_them AFTER DELETE ON users WHEN OLD.state <> 'captcha'
BEGIN
    UPDATE tickets SET closed_by = NULL WHERE closed_by = OLD.id;
END;

-- Complaints and wishes from before have no ticket, so their cards are never edited.
DELETE FROM notices WHERE subject GLOB 'complaint:*' OR subject GLOB 'extend:*';

-- An open invitation can show its link again. The codes of those made before are not known.
ALTER TABLE invitations ADD COLUMN code TEXT CHECK (code IS NULL OR (used_at IS NULL AND revoked_at IS NULL));
-- What was delivered before is taken as connected: nobody is congratulated or asked about an old config.
ALTER TABLE config_requests ADD COLUMN platform TEXT CHECK (platform GLOB '[a-z]*');
ALTER TABLE config_requests ADD COLUMN app TEXT CHECK (app GLOB '[a-z]*');
ALTER TABLE configs ADD COLUMN platform TEXT CHECK (platform GLOB '[a-z]*');
ALTER TABLE configs ADD COLUMN app TEXT CHECK (app GLOB '[a-z]*');
ALTER TABLE configs ADD COLUMN files_sent INTEGER NOT NULL DEFAULT 0 CHECK (files_sent >= 0);
ALTER TABLE configs ADD COLUMN connected_at INTEGER;

UPDATE configs SET connected_at = live_since, files_sent = private_key IS NOT NULL
WHERE live_since IS NOT NULL AND revoked_at IS NULL;

CREATE INDEX configs_unconnected ON configs (id) WHERE connected_at IS NULL AND revoked_at IS NULL;

DROP TRIGGER configs_stay_revoked;
CREATE TRIGGER configs_stay_revoked BEFORE UPDATE OF
    id, address, address6, public_key, private_key, preshared_key, generation, created_at, live_since, dns, routes,
    expires_at, paused_at, revoked_at, platform, app, files_sent, connected_at
ON configs WHEN OLD.revoked_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a revoked config does not change');
END;

CREATE TRIGGER users_grant_nothing_when_they_leave AFTER DELETE ON users WHEN OLD.state <> 'captcha'
BEGIN
    UPDATE users SET granted_by = NULL WHERE granted_by = OLD.id;
END;

-- People without Telegram have negative ids.
ALTER TABLE users ADD COLUMN kept_by INTEGER CHECK (kept_by IS NULL OR id < 0);
ALTER TABLE invitations ADD COLUMN for_user INTEGER CHECK (for_user < 0);

-- Nothing is ever sent to them, or to a group.
CREATE TABLE new_outbox (
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

INSERT INTO new_outbox
SELECT id, chat_id, method, params, attachment, priority, subject, created_at, due_at, attempts, expires_at
FROM outbox WHERE chat_id >= 0;
DROP TABLE outbox;
ALTER TABLE new_outbox RENAME TO outbox;

CREATE INDEX outbox_by_urgency ON outbox (priority, id);
CREATE INDEX outbox_by_chat ON outbox (chat_id, priority, id);
CREATE INDEX outbox_by_subject ON outbox (subject);

-- An admin who leaves keeps nobody's files, and an invitation forgets the name of somebody without Telegram who left.
CREATE TRIGGER users_are_kept_no_longer AFTER DELETE ON users WHEN OLD.state <> 'captcha'
BEGIN
    UPDATE users SET kept_by = NULL WHERE kept_by = OLD.id;
    UPDATE invitations SET name = '—' WHERE for_user = OLD.id AND used_at IS NULL;
END;
