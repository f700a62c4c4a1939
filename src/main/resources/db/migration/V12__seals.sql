-- Seals over the event log: hashes that say what the log held, chained, each with an authenticator
-- under a key that the database does not have.
--
-- The log is sealed in its own order, batch after batch. A batch holds everything after the last
-- place of the one before, up to its own last place, and only events recorded on one day, since
-- days are what retention drops. In a batch each realm that has events has a seal of its own.

CREATE TABLE seal_batch (
  -- From 1, without a gap. Two who seal at once would write the same number.
  number           bigint PRIMARY KEY,
  -- When its events were recorded, in days since 1970-01-01 in UTC.
  day              bigint NOT NULL,
  last_xid         xid8 NOT NULL,
  last_id          bigint NOT NULL,
  last_recorded_at bigint NOT NULL,
  events           bigint NOT NULL,
  sealed_at        timestamptz NOT NULL,
  -- SHA-256 over the hash of the batch before, this row, and the batch's seals.
  hash             bytea NOT NULL,
  -- HMAC-SHA256 under a key that follows from the installation's.
  mac              bytea NOT NULL
);
CREATE INDEX seal_batch_by_time ON seal_batch (sealed_at);
CREATE INDEX seal_batch_by_day ON seal_batch (day);

CREATE TABLE seal (
  realm_id          integer NOT NULL,
  -- From 1 in each realm, without a gap.
  number            bigint NOT NULL,
  batch             bigint NOT NULL,
  events            bigint NOT NULL,
  first_xid         xid8 NOT NULL,
  first_id          bigint NOT NULL,
  first_recorded_at bigint NOT NULL,
  last_xid          xid8 NOT NULL,
  last_id           bigint NOT NULL,
  last_recorded_at  bigint NOT NULL,
  -- The first 8 bytes of each event's digest, to find out which event is not as it was. Empty once
  -- the events have been dropped.
  marks             bytea NOT NULL,
  -- SHA-256 over the hash of the realm's seal before, this row, and the digests of the events.
  hash              bytea NOT NULL,
  mac               bytea NOT NULL,
  PRIMARY KEY (realm_id, number)
);
CREATE INDEX seal_of_batch ON seal (batch);

-- What retention has dropped: every event recorded before that day. One row, once there is any.
CREATE TABLE seal_floor (
  one  boolean PRIMARY KEY DEFAULT true CHECK (one),
  day  bigint NOT NULL,
  mac  bytea NOT NULL
);
