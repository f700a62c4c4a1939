-- The recording of a session: what was captured, how far it has come, who works on it.
--
-- Stages: 1 Connected, 2 Ended, 3 Encoding, 4 Done-Encoded, 5 Uploading, 6 Done-Uploaded, 7 Failed.

CREATE TABLE recording (
  session_id    uuid PRIMARY KEY,
  realm_id      integer NOT NULL,
  user_id       bigint NOT NULL,
  shard         smallint NOT NULL,
  stage         smallint NOT NULL DEFAULT 1,
  -- Whoever works on it now: instance name, fencing token, and until when it is believed.
  owner         text,
  token         bigint NOT NULL DEFAULT 0,
  lease_until   timestamptz,
  -- The owner's last sign of life.
  reported_at   timestamptz,
  attempt       integer NOT NULL DEFAULT 0,
  -- The claim under which it was encoded, to know a repeated report of it by.
  encoded_by    text,
  encoded_token bigint,
  -- Where a Failed one goes back to when it is retried.
  failed_stage  smallint,
  -- Since when it waits to be claimed; moved when it is put back, so that claims can go by it.
  ready_at      timestamptz,
  -- The gateway that owned the session when it ended.
  last_gateway  text,
  started_at    timestamptz NOT NULL,
  ended_at      timestamptz,
  -- The manifest's end: chunks, bytes, length of the raw recording, last link of the chain.
  chunk_count   bigint NOT NULL DEFAULT 0,
  chunk_bytes   bigint NOT NULL DEFAULT 0,
  raw_bytes     bigint NOT NULL DEFAULT 0,
  chain         bytea NOT NULL DEFAULT '\x',
  -- The latest time captured at, for each kind of chunk in the order of their codes.
  latest_captured_ms bigint[] NOT NULL DEFAULT '{0,0,0,0}',
  format        text,
  ssh_logs_uploaded boolean,
  destination   text,
  failure       text,
  -- When its destination was read back, and when its chunks were deleted here after that.
  uploaded_at   timestamptz,
  cleared_at    timestamptz,
  updated_at    timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 70);

CREATE INDEX recording_ready ON recording (stage, ready_at) WHERE stage IN (2, 4);
CREATE INDEX recording_leased ON recording (lease_until) WHERE stage IN (3, 5);
CREATE INDEX recording_to_clear ON recording (uploaded_at)
  WHERE uploaded_at IS NOT NULL AND cleared_at IS NULL;
CREATE INDEX recording_of_realm ON recording (realm_id, session_id DESC);

-- One row a chunk. Text is kept in the row; images and raw bytes lie in the chunk store.
CREATE TABLE chunk (
  session_id  uuid NOT NULL,
  sequence    bigint NOT NULL,
  -- 1 screenshot, 2 keystrokes, 3 clipboard, 4 raw
  kind        smallint NOT NULL,
  captured_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  size        bigint NOT NULL,
  sha256      bytea NOT NULL,
  -- SHA-256 over the previous link and this row's own fields.
  chain       bytea NOT NULL,
  content     text,
  -- Of its name in the chunk store, which is made of the session, the sequence and the hash.
  extension   text,
  raw_offset  bigint,
  PRIMARY KEY (session_id, sequence)
);

CREATE TABLE artefact (
  session_id   uuid NOT NULL,
  -- video, captions, timeline, thumbnail, raw
  kind         text NOT NULL,
  content_type text NOT NULL,
  size         bigint NOT NULL,
  sha256       bytea NOT NULL,
  -- Where the finished file lies before and after the upload.
  location     text NOT NULL,
  destination  text,
  PRIMARY KEY (session_id, kind)
);
