-- Logging in: what slows guessing down, who is logged in, and the keys that access tokens are
-- signed with; accounts of programs that get tokens by their client secret.

-- Somebody may log in by a name without saying in which realm.
CREATE INDEX users_by_username ON users (lower(username)) WHERE deleted_at IS NULL;

-- A leaky bucket for each subject: a name at an address, an address, a name. Subjects are hashed,
-- since what is typed for a name may be a password.
CREATE TABLE login_throttle (
  subject bytea PRIMARY KEY,
  -- what one attempt adds
  step_ms integer NOT NULL,
  -- when the bucket will be empty
  empty_at timestamptz NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX login_throttle_by_age ON login_throttle (empty_at);

-- Where a name has been logged in from: strangers who guess elsewhere do not slow it down there.
CREATE TABLE login_known_address (
  subject      bytea PRIMARY KEY,
  last_login_at timestamptz NOT NULL
);
CREATE INDEX login_known_address_by_age ON login_known_address (last_login_at);

-- One login: a family of refresh tokens, of which one at a time is good.
CREATE TABLE login (
  id         uuid PRIMARY KEY,
  user_id    integer NOT NULL REFERENCES users (numeric_id),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- however often it is refreshed
  expires_at timestamptz NOT NULL,
  ended_at   timestamptz
);
CREATE INDEX login_of_user ON login (user_id) WHERE ended_at IS NULL;
CREATE INDEX login_by_age ON login (expires_at);

CREATE TABLE refresh_token (
  hash       bytea PRIMARY KEY,
  login_id   uuid NOT NULL REFERENCES login ON DELETE CASCADE,
  expires_at timestamptz NOT NULL,
  -- A token that is used again tells that somebody else has it, too.
  used_at    timestamptz
);
CREATE INDEX refresh_token_of_login ON refresh_token (login_id);

-- Keys that access tokens are signed with. The newest whose time has come signs; a key is published
-- before that, and for as long as something it signed may be valid.
CREATE TABLE signing_key (
  id          text PRIMARY KEY,
  -- AEAD under the installation's key, with the key's id as associated data.
  sealed      bytea NOT NULL,
  signs_from  timestamptz NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Accounts of programs.
CREATE TABLE oauth_client (
  id          uuid PRIMARY KEY,
  realm_id    integer NOT NULL REFERENCES realm,
  -- who made it, and for whom it acts
  user_id     integer NOT NULL REFERENCES users (numeric_id),
  name        text NOT NULL,
  secret_hash bytea NOT NULL,
  scopes      text[] NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  revoked_at  timestamptz
);
CREATE INDEX oauth_client_of_realm ON oauth_client (realm_id) WHERE revoked_at IS NULL;

CREATE TABLE oauth_token (
  hash       bytea PRIMARY KEY,
  client_id  uuid NOT NULL REFERENCES oauth_client,
  number     bigint GENERATED ALWAYS AS IDENTITY,
  expires_at timestamptz NOT NULL
);
CREATE INDEX oauth_token_of_client ON oauth_token (client_id, number);
