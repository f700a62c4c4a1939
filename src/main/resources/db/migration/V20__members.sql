-- The nodes of a cluster, and which life of a node owns a shard.

-- A node that starts again has the same name and another id: what it owned in its life before is
-- nobody's. None when nobody owns the shard: its owner has handed it over.
ALTER TABLE shard_owner ADD COLUMN member uuid;

-- Each member says here again and again that it is alive, and with whom it is in touch. Who owns
-- the shards is agreed upon from these rows; what is heard of each other over the network only
-- makes it quicker.
CREATE TABLE cluster_member (
  id         uuid PRIMARY KEY,
  name       text NOT NULL,
  roles      text[] NOT NULL,
  -- Where it answers HTTP, for people to read.
  address    text NOT NULL DEFAULT '',
  joined_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  seen_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- It takes no shard any more and hands over those it has.
  leaving    boolean NOT NULL DEFAULT false,
  -- The members with which it is in touch, itself among them.
  touches    uuid[] NOT NULL DEFAULT '{}'
) WITH (fillfactor = 50);
