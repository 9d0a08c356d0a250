-- To schema 5: another CAPTCHA picture has a limit per hour.

ALTER TABLE users ADD COLUMN captcha_others INTEGER NOT NULL DEFAULT 0 CHECK (captcha_others >= 0);
ALTER TABLE users ADD COLUMN captcha_hour INTEGER;
