-- To schema 5: another CAPTCHA picture has a limit per hour; friends write to the admins.

ALTER TABLE users ADD COLUMN captcha_others INTEGER NOT NULL DEFAULT 0 CHECK (captcha_others >= 0);
ALTER TABLE users ADD COLUMN captcha_hour INTEGER;

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

CREATE UNIQUE INDEX one_draft ON tickets (user_id) WHERE sent_at IS NULL;
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
