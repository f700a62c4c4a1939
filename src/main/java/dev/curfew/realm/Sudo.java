package dev.curfew.realm;

/** What administrator rights on a device include. */
public record Sudo(boolean enabled, boolean withoutPassword) {
  public static final Sudo NONE = new Sudo(false, false);
}
