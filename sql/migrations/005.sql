-- To schema 5: another CAPTCHA picture has a limit per hour; a config knows its device and whether it ever connected.

ALTER TABLE users ADD COLUMN captcha_others INTEGER NOT NULL DEFAULT 0 CHECK (captcha_others >= 0);
ALTER TABLE users ADD COLUMN captcha_hour INTEGER;

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

-- So far the config that came with an invitation was asked for at once.
ALTER TABLE invitations ADD COLUMN claimed_at INTEGER;
UPDATE invitations SET claimed_at = used_at WHERE with_config = 1;
