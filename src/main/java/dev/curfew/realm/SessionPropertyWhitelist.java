package dev.curfew.realm;

import java.util.List;

/**
 * Which session properties of a realm may be read and written from outside.
 *
 * @param names without repetition, in the order they were given
 * @param revision another one with each change; empty where nothing is stored
 */
public record SessionPropertyWhitelist(List<String> names, String revision) {
  public SessionPropertyWhitelist {
    names = List.copyOf(names);
  }

  /** A list that is not stored yet. */
  public static SessionPropertyWhitelist of(List<String> names) {
    return new SessionPropertyWhitelist(names, "");
  }
}
