-- Encoders go through one kind of chunk in the order in which it was captured, page by page; and a
-- capture that is sent again is looked for by its time.

CREATE INDEX chunk_captured ON chunk (session_id, kind, captured_at, sequence);
