-- Sessions, their heartbeats, and who decides about them.
--
-- Times are timestamptz; the program thinks in epoch milliseconds of this server's clock. The two
-- functions are the only place where one becomes the other.

CREATE FUNCTION ms(timestamptz) RETURNS bigint
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN (extract(epoch FROM $1) * 1000)::bigint;

CREATE FUNCTION at_ms(bigint) RETURNS timestamptz
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN to_timestamp($1 / 1000.0);

-- Ownership of a shard is a row. Taking over increments the epoch and starts the batches anew; a
-- batch is applied only by the owner of the current epoch, and each sequence number once.
CREATE TABLE shard_owner (
  shard    smallint PRIMARY KEY,
  node     text NOT NULL DEFAULT '',
  epoch    bigint NOT NULL DEFAULT 0,
  batch    bigint NOT NULL DEFAULT 0,
  -- What the last batch had no room for, so that sending it again gets the same answer.
  refused  uuid[] NOT NULL DEFAULT '{}',
  taken_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

-- The number of shards is fixed here, for the life of the database.
INSERT INTO shard_owner (shard) SELECT generate_series(0, 255);

-- Numeric ids are handed out to nodes in blocks.
CREATE SEQUENCE session_numeric_id;

CREATE TABLE session (
  id              uuid PRIMARY KEY,
  numeric_id      bigint NOT NULL UNIQUE,
  shard           smallint NOT NULL,
  realm_id        integer NOT NULL,
  user_id         bigint NOT NULL,
  kind            smallint NOT NULL,
  -- 1 approved, 2 active, 3 ending, 4 ended
  state           smallint NOT NULL,
  reason          smallint,
  -- The terms it was granted under; a later change of the policy leaves them alone.
  policy_id       integer NOT NULL,
  max_duration_ms bigint NOT NULL,
  max_idle_ms     bigint NOT NULL,
  stale_after_ms  bigint NOT NULL,
  warn_before_ms  bigint[] NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  started_at      timestamptz NOT NULL,
  expires_at      timestamptz NOT NULL,
  generation      integer NOT NULL DEFAULT 0,
  -- The smallest threshold warned of in this generation.
  warned_down_to_ms bigint,
  owner           text,
  effects         boolean NOT NULL DEFAULT false,
  last_seen_at    timestamptz,
  ending_at       timestamptz,
  ended_at        timestamptz,
  attributes      jsonb NOT NULL DEFAULT '{}',
  ipv4_address    text,
  ipv6_address    text,
  -- Numeric id of the user who opened it.
  created_by      bigint NOT NULL
) WITH (fillfactor = 80);

CREATE INDEX session_of_shard ON session (shard) WHERE state < 4;
CREATE INDEX session_due ON session (expires_at) WHERE state < 3;
CREATE INDEX session_ending ON session (ending_at) WHERE state = 3;
CREATE INDEX session_of_user ON session (user_id, id DESC);
CREATE INDEX session_of_realm ON session (realm_id, id DESC);

-- Heartbeats: rewritten about once a second while a session lives, so nothing but the key is
-- indexed and rows leave room for their next version on the same page.
CREATE TABLE session_pulse (
  session_id       uuid PRIMARY KEY,
  last_access_at   timestamptz NOT NULL,
  last_reported_at timestamptz NOT NULL
) WITH (fillfactor = 50);
