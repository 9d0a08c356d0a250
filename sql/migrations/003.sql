-- To schema 3: indexes for what a round asks; a revoked config forgets at once where its device was.

CREATE INDEX configs_with_an_end ON configs (expires_at) WHERE expires_at IS NOT NULL AND revoked_at IS NULL;
CREATE INDEX configs_undelivered ON configs (id) WHERE live_since IS NULL AND revoked_at IS NULL;

DROP TRIGGER configs_are_left_behind;
CREATE TRIGGER configs_forget_their_networks AFTER UPDATE OF revoked_at ON configs WHEN NEW.revoked_at IS NOT NULL
BEGIN
    DELETE FROM networks WHERE config_id = NEW.id;
END;
DELETE FROM networks WHERE config_id IN (SELECT id FROM configs WHERE revoked_at IS NOT NULL);

-- The interface's state is written when it changes; the time of the last sample is under 'sampled'.
UPDATE meta SET key = 'interface', value = json_remove(value, '$.sampled_at') WHERE key = 'health';
