-- The event log: what clients are told and what auditors read.
--
-- Order is (xid, id). A transaction gets its xid before it commits, so a reader that stops short of
-- the oldest transaction still running (pg_snapshot_xmin) can never be overtaken from behind by a
-- late commit; a plain sequence could.

CREATE SEQUENCE event_id;

CREATE TABLE event (
  xid         xid8 NOT NULL DEFAULT pg_current_xact_id(),
  id          bigint NOT NULL DEFAULT nextval('event_id'),
  recorded_at timestamptz NOT NULL DEFAULT now(),
  type        text NOT NULL,
  realm_id    integer NOT NULL,
  session_id  uuid,
  user_id     bigint,
  at          timestamptz NOT NULL,
  data        jsonb NOT NULL
) PARTITION BY RANGE (recorded_at);

CREATE INDEX event_in_order ON event (xid, id);
CREATE INDEX event_of_session ON event (session_id, xid, id) WHERE session_id IS NOT NULL;

-- Days are partitions, made ahead of time; what falls outside them lands here rather than nowhere.
CREATE TABLE event_default PARTITION OF event DEFAULT;
