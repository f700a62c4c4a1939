-- Warning thresholds of a realm, which its policies may leave to it.

-- Descending; null: those of the configuration.
ALTER TABLE realm ADD COLUMN warn_before_ms bigint[];

-- null: those of the realm.
ALTER TABLE policy ALTER COLUMN warn_before_ms DROP NOT NULL;

-- Until now a policy that named no thresholds was given a copy of the configuration's. Whether it
-- named any is not known: those that hold what the configuration says where nobody has changed it
-- are taken for policies that did not. Live sessions keep the terms that they began with.
UPDATE policy SET warn_before_ms = NULL WHERE warn_before_ms = '{300000}';
