-- What lies in the object stores may be encrypted. The id of the key, the first 8 hexadecimal digits
-- of its SHA-256, says under which; null for what is plain.

ALTER TABLE chunk ADD COLUMN encryption_key text;

-- Of an encrypted artefact, size and sha256 are those of the plain content; these are those of what
-- lies at location and destination. Null where that is the plain content itself.
ALTER TABLE artefact
  ADD COLUMN encryption_key text,
  ADD COLUMN stored_size bigint,
  ADD COLUMN stored_sha256 bytea,
  ADD CONSTRAINT artefact_encrypted CHECK (
    num_nulls(encryption_key, stored_size, stored_sha256) IN (0, 3));
