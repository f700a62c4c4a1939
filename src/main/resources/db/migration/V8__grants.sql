-- Resource rules at real providers: what a provider needs, and where each rule stands with it.

-- The one secret of a resource's settings (a webhook's, or a secret access key): AEAD under the
-- installation's key, with the resource's id as associated data.
ALTER TABLE resource ADD COLUMN secret bytea;

ALTER TABLE resource_rule
  ADD COLUMN created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- What the provider keeps once however many sessions want it: rules of the same key are one rule
  -- there. null where every rule is its own.
  ADD COLUMN provider_key    text,
  -- When the provider was first asked to apply it: from then on it may hold there, whatever was
  -- answered. null again once the provider is known not to hold it.
  ADD COLUMN sent_at         timestamptz,
  -- While a call to the provider is under way. A node that dies leaves it behind, and it runs out.
  ADD COLUMN busy_until      timestamptz,
  -- Counts the calls, so that the result of one that was given up is recognised.
  ADD COLUMN fence           integer NOT NULL DEFAULT 0,
  -- Removals that failed, and when the next is due.
  ADD COLUMN attempts        integer NOT NULL DEFAULT 0,
  ADD COLUMN next_attempt_at timestamptz,
  -- Whether the log says already that it failed, that it is removed: each is told once.
  ADD COLUMN failure_told    boolean NOT NULL DEFAULT false,
  ADD COLUMN removal_told    boolean NOT NULL DEFAULT false;

-- What is still to be taken away, or to be applied.
CREATE INDEX resource_rule_open ON resource_rule (session_id) WHERE status <> 'REMOVED';
CREATE INDEX resource_rule_shared ON resource_rule (provider_key)
  WHERE provider_key IS NOT NULL AND status <> 'REMOVED';

-- Few at any time: what the sweep looks at.
CREATE INDEX resource_rule_unsettled ON resource_rule (session_id)
  WHERE status IN ('PENDING', 'FAILED');
