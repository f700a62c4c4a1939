-- How long finished recordings are kept, legal hold, and what is left of those that were deleted.

-- Milliseconds from the upload on, 0 for ever. null: that of the configuration.
ALTER TABLE realm ADD COLUMN recording_retention_ms bigint CHECK (recording_retention_ms >= 0);
-- null: that of the realm.
ALTER TABLE policy ADD COLUMN recording_retention_ms bigint CHECK (recording_retention_ms >= 0);

ALTER TABLE recording
  -- The session's; whose retention holds is looked up when it is asked for.
  ADD COLUMN policy_id integer,
  -- While it is held nothing of it is deleted. Who: as an event's data names them.
  ADD COLUMN held_at timestamptz,
  ADD COLUMN held_by jsonb,
  ADD COLUMN hold_reason text,
  -- Set while the chunks of a delivered recording are being removed here, by cleared_at's rule.
  ADD COLUMN clearing_at timestamptz,
  -- That it is to be deleted is decided first; it is deleted once every object is known to be gone.
  ADD COLUMN deletion_at timestamptz,
  ADD COLUMN deletion_by jsonb,
  ADD COLUMN deletion_reason text,
  ADD COLUMN deleted_at timestamptz,
  ADD CONSTRAINT held_is_not_deleted CHECK (held_at IS NULL OR deletion_at IS NULL);

UPDATE recording r SET policy_id = s.policy_id FROM session s WHERE s.id = r.session_id;

-- What may come to the end of its retention, for each policy the longest kept first.
CREATE INDEX recording_retained ON recording (policy_id, uploaded_at)
  WHERE stage = 6 AND held_at IS NULL AND deletion_at IS NULL;

-- Deletions that are not done yet; touched by every try, so that none waits behind another for ever.
CREATE INDEX recording_deleting ON recording (updated_at)
  WHERE deletion_at IS NOT NULL AND deleted_at IS NULL;
