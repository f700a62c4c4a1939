-- The number of the last batch that was refused for its content. It is used up like any other, so
-- that an earlier sending of the same batch, whose answer was lost, can never be applied late.
ALTER TABLE shard_owner ADD COLUMN voided bigint NOT NULL DEFAULT 0;
