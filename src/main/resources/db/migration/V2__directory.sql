-- What administrators administer: realms, users, keys, policies, credentials, resources.
-- Users and policies are referred to by sessions for as long as those are kept, so they are marked
-- deleted rather than removed.

-- One row: what tells this installation from others.
CREATE TABLE installation (
  one          boolean PRIMARY KEY DEFAULT true CHECK (one),
  -- A known text under the key of the installation's secrets: a node with another key is refused.
  secret_check bytea NOT NULL
);

-- Realm 1 is root, user 1 its first administrator; both are made at the first start.
CREATE TABLE realm (
  id         integer GENERATED ALWAYS AS IDENTITY (START WITH 2) PRIMARY KEY,
  name       text NOT NULL UNIQUE,
  tier       text NOT NULL CHECK (tier IN ('free', 'business', 'premium', 'enterprise')),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE users (
  id            uuid PRIMARY KEY,
  numeric_id    integer GENERATED ALWAYS AS IDENTITY (START WITH 2) UNIQUE,
  realm_id      integer NOT NULL REFERENCES realm,
  username      text NOT NULL,
  email         text,
  display_name  text,
  -- Argon2id in its encoded form; null for an account that cannot log in by password.
  password_hash text,
  roles         text[] NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  deleted_at    timestamptz
);
CREATE UNIQUE INDEX users_by_name ON users (realm_id, lower(username)) WHERE deleted_at IS NULL;
CREATE INDEX users_by_email ON users (lower(email)) WHERE deleted_at IS NULL;

CREATE TABLE api_key (
  id          uuid PRIMARY KEY,
  realm_id    integer NOT NULL REFERENCES realm,
  user_id     integer NOT NULL REFERENCES users (numeric_id),
  name        text NOT NULL,
  description text,
  -- The beginning of the key, to recognise it by.
  prefix      text NOT NULL,
  -- SHA-256 of the whole key, which has enough entropy of its own.
  hash        bytea NOT NULL UNIQUE,
  scopes      text[] NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at  timestamptz,
  revoked_at  timestamptz
);
CREATE INDEX api_key_of_user ON api_key (user_id);

CREATE TABLE policy (
  id                       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  realm_id                 integer NOT NULL REFERENCES realm,
  name                     text NOT NULL,
  -- The one a session gets when nothing names another.
  is_default               boolean NOT NULL DEFAULT false,
  -- null: no limit but the realm's tier
  max_duration_ms          bigint,
  -- 0: no limit
  max_idle_ms              bigint NOT NULL DEFAULT 0,
  stale_after_ms           bigint NOT NULL,
  warn_before_ms           bigint[] NOT NULL,
  quota                    integer,
  approval_required        boolean NOT NULL DEFAULT false,
  approval_max_duration_ms bigint NOT NULL DEFAULT 28800000,
  created_at               timestamptz NOT NULL DEFAULT clock_timestamp(),
  deleted_at               timestamptz
);
CREATE UNIQUE INDEX policy_by_name ON policy (realm_id, name) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX policy_default ON policy (realm_id) WHERE is_default;

CREATE TABLE jump_item (
  realm_id  integer NOT NULL REFERENCES realm,
  item_type text NOT NULL,
  item_id   bigint NOT NULL,
  name      text NOT NULL,
  policy_id integer NOT NULL REFERENCES policy,
  PRIMARY KEY (realm_id, item_type, item_id)
);

CREATE SEQUENCE credential_id AS integer;

CREATE TABLE credential (
  id                integer PRIMARY KEY,
  realm_id          integer NOT NULL REFERENCES realm,
  name              text NOT NULL,
  username          text NOT NULL,
  -- AEAD under the installation's key, with the credential's id as associated data.
  secret            bytea NOT NULL,
  rotate_on_checkin boolean NOT NULL DEFAULT false,
  created_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  rotated_at        timestamptz,
  deleted_at        timestamptz
);
CREATE UNIQUE INDEX credential_by_name ON credential (realm_id, name) WHERE deleted_at IS NULL;

CREATE SEQUENCE checkout_id;

CREATE TABLE checkout (
  id            bigint PRIMARY KEY,
  realm_id      integer NOT NULL,
  credential_id integer NOT NULL,
  user_id       bigint NOT NULL,
  session_id    uuid NOT NULL UNIQUE,
  target_host   text,
  opened_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  closed_at     timestamptz
);
CREATE INDEX checkout_open ON checkout (credential_id) WHERE closed_at IS NULL;

CREATE TABLE resource (
  id         uuid PRIMARY KEY,
  realm_id   integer NOT NULL REFERENCES realm,
  name       text NOT NULL,
  provider   text NOT NULL CHECK (provider IN ('none', 'webhook', 'aws-security-group')),
  settings   jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  deleted_at timestamptz
);
CREATE UNIQUE INDEX resource_by_name ON resource (realm_id, name) WHERE deleted_at IS NULL;

-- Who may reach a resource; a resource without any row is open to its whole realm.
CREATE TABLE resource_user (
  resource_id uuid NOT NULL REFERENCES resource,
  user_id     integer NOT NULL REFERENCES users (numeric_id),
  PRIMARY KEY (resource_id, user_id)
);

-- What a session opened at a resource's provider and must take away again.
CREATE TABLE resource_rule (
  id               uuid PRIMARY KEY,
  session_id       uuid NOT NULL,
  resource_id      uuid NOT NULL,
  resource_name    text NOT NULL,
  ip_version       smallint NOT NULL,
  ip_address       text NOT NULL,
  status           text NOT NULL
    CHECK (status IN ('PENDING', 'APPLIED', 'FAILED', 'REMOVING', 'REMOVED')),
  provider_rule_id text,
  applied_at       timestamptz,
  removed_at       timestamptz,
  error_message    text
);
CREATE UNIQUE INDEX resource_rule_of_session
  ON resource_rule (session_id, resource_id, ip_version);

-- One-time tokens by which a second person joins a live session.
CREATE TABLE join_token (
  hash       bytea PRIMARY KEY,
  session_id uuid NOT NULL,
  parameters jsonb NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at    timestamptz
);
CREATE INDEX join_token_by_age ON join_token (expires_at);

-- What users and gateways ask most: the sessions that somebody has now.
CREATE INDEX session_live_of_user ON session (user_id) WHERE state < 4;
