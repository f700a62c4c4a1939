-- What is pushed to customers' addresses: lanes, their deliveries, and webhook subscriptions.

-- A lane is an ordered stream of messages to one target. Most are fed from the event log, from a
-- cursor on; the log is the backlog, and only a bounded window of it is laid out as deliveries.
--
-- One node at a time feeds and drives a lane: it holds the lease, and every write of it names the
-- fence, which counts the takings. Once the lease has run out anybody may take the lane.
CREATE TABLE lane (
  id          uuid PRIMARY KEY,
  kind        text NOT NULL CHECK (kind IN ('webhook', 'set', 'agent')),
  realm_id    integer NOT NULL REFERENCES realm,
  -- deleted: swept away when its deliveries are
  state       text NOT NULL DEFAULT 'enabled'
              CHECK (state IN ('enabled', 'paused', 'disabled', 'deleted')),
  -- Why it is not enabled, where somebody or something said so.
  reason      text,
  -- Whether a node sends what is due. One that is not driven is emptied by those who poll it.
  driven      boolean NOT NULL DEFAULT true,
  -- Counts the changes of its settings, so that a node that has read them knows when to read again.
  revision    bigint NOT NULL DEFAULT 0,

  -- The place in the log up to which everything wanted is a delivery; null where it is not fed.
  cursor_xid         xid8,
  cursor_id          bigint,
  cursor_recorded_at timestamptz,

  -- Which events of its realm are wanted: those that satisfy every part that is not null.
  types         text[],
  kinds         text[],
  user_ids      bigint[],
  session_id    uuid,
  sessions_only boolean NOT NULL DEFAULT false,
  -- Warning thresholds of its own; null where it takes all that there are.
  thresholds_ms bigint[],

  -- Events that were wanted, and that retention took from the log before they were fed.
  lost_events   bigint NOT NULL DEFAULT 0,
  lost_until    timestamptz,

  holder       text,
  fence        bigint NOT NULL DEFAULT 0,
  leased_until timestamptz,

  CHECK ((cursor_xid IS NULL) = (cursor_id IS NULL)
    AND (cursor_xid IS NULL) = (cursor_recorded_at IS NULL))
) WITH (fillfactor = 50);

-- Whether a lane wants an event. The one place where that is decided.
CREATE FUNCTION lane_wants(l lane, e event) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN e.realm_id = l.realm_id
    AND (l.types IS NULL OR e.type = ANY (l.types))
    AND (l.user_ids IS NULL OR COALESCE(e.user_id = ANY (l.user_ids), false))
    AND (l.session_id IS NULL OR COALESCE(e.session_id = l.session_id, false))
    AND (l.kinds IS NULL OR COALESCE(e.data ->> 'kind' = ANY (l.kinds), false))
    AND (NOT l.sessions_only OR e.session_id IS NOT NULL)
    AND (l.thresholds_ms IS NULL OR e.type <> 'dev.curfew.session.expiring'
      OR COALESCE((e.data ->> 'thresholdSeconds')::bigint * 1000 = ANY (l.thresholds_ms), false));

-- Deliveries of a lane are made in the order of their numbers.
CREATE SEQUENCE delivery_number;

CREATE TABLE delivery (
  id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  lane_id     uuid NOT NULL REFERENCES lane,
  number      bigint NOT NULL DEFAULT nextval('delivery_number'),
  -- What the receiver knows it by, the same over all attempts: webhook-id, jti.
  message_id  text NOT NULL,
  type        text NOT NULL,
  -- Its place in the log, when it tells of an event; else what it says is in payload.
  event_xid         xid8,
  event_id          bigint,
  event_recorded_at timestamptz,
  payload     text,
  state       text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'dead')),
  -- All that were made, and how many of them count in the schedule of retries.
  attempts    integer NOT NULL DEFAULT 0,
  step        integer NOT NULL DEFAULT 0,
  due_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  settled_at  timestamptz,
  UNIQUE (lane_id, message_id),
  CHECK ((event_id IS NULL) <> (payload IS NULL)),
  CHECK ((state = 'pending') = (settled_at IS NULL))
) WITH (fillfactor = 80);

CREATE INDEX delivery_in_order ON delivery (lane_id, number);
CREATE INDEX delivery_pending ON delivery (lane_id, number) WHERE state = 'pending';
CREATE INDEX delivery_dead ON delivery (lane_id, number) WHERE state = 'dead';
CREATE INDEX delivery_settled ON delivery (settled_at) WHERE settled_at IS NOT NULL;

CREATE TABLE delivery_attempt (
  delivery_id uuid NOT NULL REFERENCES delivery ON DELETE CASCADE,
  number      integer NOT NULL,
  at          timestamptz NOT NULL,
  -- What the target answered; null when it did not.
  status      integer,
  -- Why it does not count as delivered; null when it does.
  error       text,
  millis      integer NOT NULL,
  PRIMARY KEY (delivery_id, number)
);

-- Queues a message that is no event of the log. In the transaction of whatever it tells; its
-- arrival is noticed by whoever listens for committed events, or else a moment later.
CREATE FUNCTION enqueue_delivery(to_lane uuid, as_message text, of_type text, says text)
  RETURNS uuid
  LANGUAGE sql
  BEGIN ATOMIC
    INSERT INTO delivery (lane_id, message_id, type, payload)
    VALUES (to_lane, as_message, of_type, says)
    RETURNING id;
  END;

-- A customer's own endpoint. Its id is its lane's.
CREATE TABLE webhook_subscription (
  id              uuid PRIMARY KEY REFERENCES lane,
  url             text NOT NULL,
  description     text,
  -- AEAD under the installation's key, with the subscription's id as associated data.
  secret          bytea NOT NULL,
  -- The one before: what is sent is signed with both until then.
  previous_secret bytea,
  previous_until  timestamptz,
  created_by      integer NOT NULL REFERENCES users (numeric_id),
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK ((previous_secret IS NULL) = (previous_until IS NULL))
);
