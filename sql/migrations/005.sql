-- To schema 5: another CAPTCHA picture has a limit per hour.

ALTER TABLE users ADD COLUMN captcha_others INTEGER NOT NULL DEFAULT 0 CHECK (captcha_others >= 0);
ALTER TABLE users ADD COLUMN captcha_hour INTEGER;

-- An open invitation can show its link again. The codes of those made before are not known.
ALTER TABLE invitations ADD COLUMN code TEXT CHECK (code IS NULL OR (used_at IS NULL AND revoked_at IS NULL));
