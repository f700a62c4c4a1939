package dev.curfew.directory;

import java.util.List;

/**
 * A resource to be made.
 *
 * @param provider wire name of a {@link dev.curfew.realm.Resource.Provider}
 * @param users who may reach it, in any form; empty for everybody of the realm
 */
public record NewResource(String name, String provider, NewSettings settings, List<String> users) {
  public NewResource {
    users = List.copyOf(users);
  }

  /** One without settings. */
  public NewResource(String name, String provider, List<String> users) {
    this(name, provider, NewSettings.NONE, users);
  }
}
