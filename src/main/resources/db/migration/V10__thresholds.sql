-- Warning thresholds of a realm, which its policies may leave to it; and the lanes of policy agents.

-- Descending; null: those of the configuration.
ALTER TABLE realm ADD COLUMN warn_before_ms bigint[];

-- null: those of the realm.
ALTER TABLE policy ALTER COLUMN warn_before_ms DROP NOT NULL;

-- Until now a policy that named no thresholds was given a copy of the configuration's. Whether it
-- named any is not known: those that hold what the configuration says where nobody has changed it
-- are taken for policies that did not. Live sessions keep the terms that they began with.
UPDATE policy SET warn_before_ms = NULL WHERE warn_before_ms = '{300000}';

-- Notifications of policy agents are deliveries, one lane for each URL of a realm, so that an agent
-- that is away delays no other.
--
-- The lane of a URL is there as long as somebody listens there or something was sent there; its id
-- is made of what it stands for, so that whoever needs it finds it.
CREATE FUNCTION agent_lane(of_realm integer, url text) RETURNS uuid
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN md5(of_realm || ' ' || url)::uuid;

ALTER TABLE session_listener ADD COLUMN lane_id uuid REFERENCES lane;
CREATE INDEX session_listener_of_lane ON session_listener (lane_id);

INSERT INTO lane (id, kind, realm_id)
SELECT DISTINCT agent_lane(s.realm_id, l.url), 'agent', s.realm_id
FROM session_listener l JOIN session s ON s.id = l.session_id;

UPDATE session_listener l SET lane_id = agent_lane(s.realm_id, l.url)
FROM session s WHERE s.id = l.session_id;

DELETE FROM session_listener WHERE lane_id IS NULL;
ALTER TABLE session_listener ALTER COLUMN lane_id SET NOT NULL;

-- The end of a token session turns its listeners into deliveries, in the same transaction, by
-- whatever path it came. A trigger rather than a part of the commit statement: it sees listeners
-- that were committed since that statement began, and whoever registers one holds the session's
-- row, so that none is missed. The token stays encrypted until it is sent.
CREATE OR REPLACE FUNCTION notify_session_listeners() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  WITH told AS (
    DELETE FROM session_listener WHERE session_id = NEW.id RETURNING *
  )
  INSERT INTO delivery (lane_id, message_id, type, payload)
  SELECT lane_id, 'logout_' || id, 'logout', json_build_object(
    'notification', id, 'sessionId', session_id, 'url', url, 'token', encode(token, 'hex'),
    'reason', NEW.reason, 'endedAt', ms(NEW.ended_at))
  FROM told
  ORDER BY id;
  RETURN NULL;
END
$$;

-- What was due already.
WITH told AS (
  DELETE FROM session_listener l USING session s
  WHERE s.id = l.session_id AND l.due_at IS NOT NULL
  RETURNING l.*, s.reason, s.ended_at
)
INSERT INTO delivery (lane_id, message_id, type, payload)
SELECT lane_id, 'logout_' || id, 'logout', json_build_object(
  'notification', id, 'sessionId', session_id, 'url', url, 'token', encode(token, 'hex'),
  'reason', reason, 'endedAt', ms(ended_at))
FROM told
ORDER BY due_at, id;

ALTER TABLE session_listener DROP COLUMN due_at, DROP COLUMN attempts;
