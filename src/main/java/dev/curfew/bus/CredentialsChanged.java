package dev.curfew.bus;

/**
 * A key was revoked or a user changed: whatever is remembered of credentials is to be read anew.
 */
public record CredentialsChanged() {
  public static final CredentialsChanged INSTANCE = new CredentialsChanged();
}
