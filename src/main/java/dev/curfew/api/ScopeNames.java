package dev.curfew.api;

import dev.curfew.auth.Scope;
import dev.curfew.fault.CurfewException;
import io.vertx.core.json.JsonArray;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Scopes at the edge, by their names. */
public final class ScopeNames {
  private static final int MOST = 64;

  private ScopeNames() {}

  /** A field that names at least one scope. */
  public static Set<Scope> of(Fields fields, String field) {
    List<String> names = fields.texts(field, MOST);
    if (names.isEmpty()) {
      throw CurfewException.invalid(field, "is required");
    }
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (String name : names) {
      scopes.add(
          Scope.ofWireName(name)
              .orElseThrow(() -> CurfewException.invalid(field, "has an unknown scope")));
    }
    return scopes;
  }

  /** In the order of their declaration. */
  public static JsonArray json(Set<Scope> scopes) {
    JsonArray names = new JsonArray();
    scopes.stream().sorted().forEach(scope -> names.add(scope.wireName()));
    return names;
  }
}
