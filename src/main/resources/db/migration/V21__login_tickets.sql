-- The tickets of logins that were taken: any node takes any node's, and one of them does it once.
CREATE TABLE login_ticket_taken (
  id         uuid PRIMARY KEY,
  -- After this it is refused for its age, and need not be remembered.
  expires_at timestamptz NOT NULL
);
CREATE INDEX login_ticket_taken_by_age ON login_ticket_taken (expires_at);
