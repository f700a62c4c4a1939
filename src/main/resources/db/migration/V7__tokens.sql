-- Session tokens: what opens a session, what its realm allows, who wants to hear of its end.

-- Beside the session, which stays narrow; written in the commit that creates it.
CREATE TABLE session_token (
  session_id uuid PRIMARY KEY,
  -- SHA-256 of the whole token, which has enough entropy of its own.
  hash       bytea NOT NULL,
  properties jsonb NOT NULL DEFAULT '{}'
);

-- A place that somebody holds in a quota between the decision that there is one and the commit of
-- the session, which uses it up. One that was left behind is taken away by the next who asks after
-- its time, and then the session it was meant for can no longer begin.
CREATE TABLE session_reservation (
  session_id  uuid PRIMARY KEY,
  user_id     bigint NOT NULL,
  -- Sessions under a policy share one quota, session tokens, which have 0 here, another.
  policy_id   integer NOT NULL,
  reserved_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX session_reservation_of_user ON session_reservation (user_id, policy_id);

-- Asks for one more place in a user's quota. What counts is the sessions that live, never a counter
-- that could outlive them, and the places that are held.
--
-- Those who ask for the same quota do so one after the other, however many nodes they are on: the
-- lock is held until this statement has been committed, and each query in here sees what was
-- committed before it. A session and its reservation change places in one commit, so that exactly
-- one of them is seen.
--
-- granted: a place is held. displaced must then have ended before the session is created.
-- waits: there will be room once others who hold places have used them; ask again.
CREATE FUNCTION reserve_session(
  opening uuid, asker bigint, of_policy integer, quota integer, action text, patience_ms bigint,
  OUT granted boolean, OUT waits boolean, OUT displaced uuid[])
LANGUAGE plpgsql AS $$
DECLARE
  living bigint;
  held bigint;
  excess bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(asker::integer, of_policy);
  DELETE FROM session_reservation r
  WHERE r.user_id = asker AND r.policy_id = of_policy
    AND r.reserved_at < clock_timestamp() - patience_ms * interval '1 millisecond';
  SELECT
    (SELECT count(*) FROM session s
     WHERE s.user_id = asker AND s.state < 3
       AND CASE WHEN of_policy = 0 THEN s.kind = 6 ELSE s.kind <> 6 AND s.policy_id = of_policy END),
    (SELECT count(*) FROM session_reservation r WHERE r.user_id = asker AND r.policy_id = of_policy)
  INTO living, held;
  excess := living + held + 1 - quota;
  displaced := '{}';
  waits := excess > living AND excess > 0 AND action <> 'DENY_ACCESS';
  granted := excess <= 0 OR (action <> 'DENY_ACCESS' AND NOT waits);
  IF NOT granted THEN
    RETURN;
  END IF;
  IF excess > 0 THEN
    displaced := ARRAY(
      SELECT s.id FROM session s
      WHERE s.user_id = asker AND s.state < 3
        AND CASE WHEN of_policy = 0 THEN s.kind = 6 ELSE s.kind <> 6 AND s.policy_id = of_policy END
      ORDER BY CASE action WHEN 'DESTROY_OLDEST' THEN s.started_at ELSE s.expires_at END, s.id
      LIMIT CASE action WHEN 'DESTROY_ALL' THEN NULL ELSE excess END);
  END IF;
  INSERT INTO session_reservation (session_id, user_id, policy_id)
  VALUES (opening, asker, of_policy);
END
$$;

-- Services that a realm's administrators have added: session, amSessionPropertyWhitelist.
CREATE TABLE realm_service (
  realm_id integer NOT NULL REFERENCES realm,
  service  text NOT NULL,
  settings jsonb NOT NULL,
  revision bigint NOT NULL,
  PRIMARY KEY (realm_id, service)
);

-- Never given out twice, so that what was deleted and made anew is not taken for the same.
CREATE SEQUENCE realm_service_revision;

-- Who is to be told when a token session ends.
CREATE TABLE session_listener (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  session_id uuid NOT NULL,
  url        text NOT NULL,
  -- The token, which a notification names: AEAD under the installation's key, with the session's id
  -- as associated data.
  token      bytea NOT NULL,
  -- When to notify next; null while the session lives.
  due_at     timestamptz,
  attempts   integer NOT NULL DEFAULT 0,
  UNIQUE (session_id, url)
);
CREATE INDEX session_listener_due ON session_listener (due_at) WHERE due_at IS NOT NULL;

-- The end of a token session makes its notifications due, in the same transaction, by whatever path
-- it came. A trigger rather than a part of the commit statement: it sees listeners that were
-- committed since that statement began, and whoever registers one holds the session's row, so that
-- none is missed.
CREATE FUNCTION notify_session_listeners() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE session_listener SET due_at = clock_timestamp() WHERE session_id = NEW.id;
  RETURN NULL;
END
$$;

CREATE TRIGGER session_ended AFTER UPDATE OF state ON session
  FOR EACH ROW WHEN (NEW.kind = 6 AND NEW.state = 4 AND OLD.state < 4)
  EXECUTE FUNCTION notify_session_listeners();
