-- Requests for jump sessions with their answers, and what administrators granted by hand.

-- Whom an approval serves: its requestor alone, or anyone who asks for the same item meanwhile.
ALTER TABLE policy ADD COLUMN approval_scope text NOT NULL DEFAULT 'requestor'
  CHECK (approval_scope IN ('requestor', 'anyone'));

-- A request becomes the session of the same ids, which are chosen with it: however often its
-- opening is begun again, there is one session.
CREATE TABLE jump_request (
  -- The session's numeric id.
  id              bigint PRIMARY KEY,
  session_id      uuid NOT NULL UNIQUE,
  realm_id        integer NOT NULL REFERENCES realm,
  user_id         integer NOT NULL REFERENCES users (numeric_id),
  created_by      integer NOT NULL,
  state           text NOT NULL
    CHECK (state IN ('pending', 'approved', 'denied', 'cancelled', 'in_use')),
  policy_id       integer NOT NULL REFERENCES policy,
  -- What policy and tier allowed in all when it was asked for, then when it was approved.
  max_duration_ms bigint NOT NULL,
  item_type       text NOT NULL,
  item_id         bigint NOT NULL,
  starts_at       timestamptz NOT NULL,
  ends_at         timestamptz NOT NULL,
  reason          text NOT NULL,
  comments        text,
  answered_by     integer REFERENCES users (numeric_id),
  answered_at     timestamptz,
  -- The approval, for anyone, that this one was approved by.
  approved_under  bigint REFERENCES jump_request,
  -- Since when the session is known to exist.
  opened_at       timestamptz,
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX jump_request_of_user ON jump_request (user_id, id DESC);
CREATE INDEX jump_request_pending ON jump_request (ends_at) WHERE state = 'pending';
CREATE INDEX jump_request_unopened ON jump_request (answered_at)
  WHERE state = 'approved' AND opened_at IS NULL;
CREATE INDEX jump_request_standing ON jump_request (realm_id, item_type, item_id)
  WHERE state IN ('approved', 'in_use');

-- An approved request is in use from the commit that makes its session active: whichever call or
-- heartbeat does so, and in the same transaction.
CREATE FUNCTION jump_request_in_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE jump_request SET state = 'in_use' WHERE session_id = NEW.id AND state = 'approved';
  RETURN NULL;
END
$$;

CREATE TRIGGER session_in_use AFTER UPDATE OF state ON session
  FOR EACH ROW WHEN (OLD.state = 1 AND NEW.state = 2 AND NEW.kind = 1)
  EXECUTE FUNCTION jump_request_in_use();

-- What a session granted by an administrator has beside its row. Written before the session.
CREATE TABLE access_grant (
  session_id            uuid PRIMARY KEY,
  realm_id              integer NOT NULL REFERENCES realm,
  kind                  smallint NOT NULL,
  remarks               text,
  sudo_enabled          boolean NOT NULL DEFAULT false,
  sudo_without_password boolean NOT NULL DEFAULT false,
  -- How often remarks or attributes were edited.
  edits                 integer NOT NULL DEFAULT 0,
  updated_by            integer NOT NULL REFERENCES users (numeric_id),
  created_at            timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at            timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX access_grant_of_realm ON access_grant (realm_id, session_id DESC);
