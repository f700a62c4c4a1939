-- While the store of raw recordings is away, a node keeps what it captures in its own spool: the
-- node that still holds a chunk there. Null for all that is in the store.
ALTER TABLE chunk ADD COLUMN spooled_on text;

CREATE INDEX chunk_spooled ON chunk (session_id, sequence) WHERE spooled_on IS NOT NULL;

-- How many times in a row the present work was put off because a store or the database was away;
-- such attempts do not count.
ALTER TABLE recording ADD COLUMN postponed integer NOT NULL DEFAULT 0;
