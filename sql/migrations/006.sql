-- To schema 6: what people say while they wait for a decision, and which tickets wait for an answer.

ALTER TABLE users ADD COLUMN said TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN said_count INTEGER NOT NULL DEFAULT 0 CHECK (said_count >= 0);

CREATE INDEX open_tickets ON tickets (sent_at) WHERE sent_at IS NOT NULL AND closed_at IS NULL;
