-- To schema 4: the schema no longer lists languages and apps. lib/values.py and lib/chat/apps.py do.

CREATE TABLE new_users (
    id              INTEGER PRIMARY KEY,                -- Telegram's id of the person, and of their private chat
    username        TEXT,                               -- without @; NULL if they have none
    full_name       TEXT NOT NULL,                      -- as they call themselves; untrusted text, escape it
    language        TEXT NOT NULL CHECK (language GLOB '[a-z][a-z]'),  -- one of lib/values.py, LANGUAGES
    state           TEXT NOT NULL DEFAULT 'captcha'
                    CHECK (state IN ('captcha', 'pending', 'approved', 'rejected', 'blocked')),
    captcha_answer  TEXT,                               -- digits on the present picture; NULL if there is none
    captcha_typed   TEXT NOT NULL DEFAULT '',           -- digits entered so far by the on-screen keypad
    captcha_tries   INTEGER NOT NULL DEFAULT 0 CHECK (captcha_tries >= 0),  -- wrong answers since the last pass
    captcha_until   INTEGER,                            -- with an answer: when it expires; without: when the pause ends
    awaiting        TEXT,                               -- the question that their next text answers; NULL: none
    app             TEXT CHECK (app GLOB '[a-z]*'),     -- the app for their files, one of lib/chat/apps.py; NULL: not chosen
    reachable       INTEGER NOT NULL DEFAULT 1 CHECK (reachable IN (0, 1)), -- 0: Telegram says they blocked the bot
    quota_bytes     INTEGER CHECK (quota_bytes >= 0),   -- monthly limit; 0: no limit, NULL: QUOTA_GB
    created_at      INTEGER NOT NULL,
    decided_at      INTEGER,                            -- when an admin last approved, rejected, blocked or unblocked
    decided_by      INTEGER,                            -- that admin's Telegram id
    config_limit    INTEGER CHECK (config_limit >= 0),  -- how many configs they may have; NULL: MAX_CONFIGS
    note            TEXT NOT NULL DEFAULT '',           -- the admins' note about them, which they never see
    helper          INTEGER NOT NULL DEFAULT 0 CHECK (helper IN (0, 1)) -- 1: they decide beside the admins
) STRICT;
INSERT INTO new_users (
    id, username, full_name, language, state, captcha_answer, captcha_typed, captcha_tries, captcha_until,
    awaiting, app, reachable, quota_bytes, created_at, decided_at, decided_by, config_limit, note, helper
)
SELECT
    id, username, full_name, language, state, captcha_answer, captcha_typed, captcha_tries, captcha_until,
    awaiting, app, reachable, quota_bytes, created_at, decided_at, decided_by, config_limit, note, helper
FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;

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

CREATE TRIGGER wanted_by_users AFTER UPDATE OF state, quota_bytes ON users
WHEN OLD.state <> NEW.state OR OLD.quota_bytes IS NOT NEW.quota_bytes
BEGIN
    UPDATE meta SET value = value + 1 WHERE key = 'wanted_version';
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
