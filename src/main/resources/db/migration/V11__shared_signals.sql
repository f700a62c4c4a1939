-- Streams of security events to other identity systems (OpenID Shared Signals Framework 1.0). A
-- stream is a lane of kind 'set' with what its receiver said of it; its state is the lane's.

CREATE TABLE signal_stream (
  id            uuid PRIMARY KEY REFERENCES lane,
  -- Whose it is: the account of a program, else the user of whatever credential was shown.
  receiver      uuid NOT NULL,
  -- Where tokens are pushed; null for a stream that is polled.
  endpoint_url  text,
  -- What is sent there as Authorization; AEAD under the installation's key, with the stream's id as
  -- associated data.
  endpoint_authorization bytea,
  -- As the receiver asked for them; null for all that there are.
  events_requested text[],
  description   text,
  created_by    integer NOT NULL REFERENCES users (numeric_id),
  created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- When the receiver last asked for a verification event.
  verified_at   timestamptz,
  CHECK (endpoint_url IS NOT NULL OR endpoint_authorization IS NULL)
);
CREATE INDEX signal_stream_of_receiver ON signal_stream (receiver, created_at);

-- Whom a credential stands for as a receiver. Keys and logins come and go, so theirs is the user.
CREATE FUNCTION signal_receiver(credential uuid, holder uuid) RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN COALESCE((SELECT c.id FROM oauth_client c WHERE c.id = credential), holder);

-- Whether there still is such a receiver.
CREATE FUNCTION signal_receiver_lives(receiver uuid) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN EXISTS (SELECT FROM users u WHERE u.id = receiver AND u.deleted_at IS NULL)
    OR EXISTS (
      SELECT FROM oauth_client c JOIN users u ON u.numeric_id = c.user_id
      WHERE c.id = receiver AND c.revoked_at IS NULL AND u.deleted_at IS NULL);

-- What a receiver said of single subjects. Every stream begins with all subjects of its realm; a
-- row takes one out, or back in where a wider one took it out.
CREATE TABLE signal_subject (
  stream_id  uuid NOT NULL REFERENCES signal_stream ON DELETE CASCADE,
  -- null: whoever's session it is
  user_id    bigint,
  -- null: every session
  session_id uuid,
  wanted     boolean NOT NULL,
  CHECK (user_id IS NOT NULL OR session_id IS NOT NULL),
  UNIQUE NULLS NOT DISTINCT (stream_id, user_id, session_id)
);

-- Whether a stream wants events of a subject: the narrowest of what fits it decides.
CREATE FUNCTION signal_wanted(stream uuid, of_user bigint, of_session uuid) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN COALESCE(
    (SELECT s.wanted FROM signal_subject s
     WHERE s.stream_id = stream
       AND (s.user_id IS NULL OR s.user_id = of_user)
       AND (s.session_id IS NULL OR s.session_id = of_session)
     ORDER BY s.session_id IS NULL, s.user_id IS NULL
     LIMIT 1),
    true);

-- Lanes decide as before, and those of streams by the subject, too.
ALTER FUNCTION lane_wants(lane, event) RENAME TO lane_wants_by_filter;

CREATE FUNCTION lane_wants(l lane, e event) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN CASE
    WHEN NOT lane_wants_by_filter(l, e) THEN false
    WHEN l.kind = 'set' THEN signal_wanted(l.id, e.user_id, e.session_id)
    ELSE true
  END;
