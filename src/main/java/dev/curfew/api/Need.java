package dev.curfew.api;

import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.auth.Scope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a caller must bring to be let in. Ownership is not decided here but where the object is
 * known.
 *
 * @param anyOf scopes of which one is needed; none for any valid credential
 * @param role the least role of the caller; null for any
 * @param why how the route authenticates by itself; null for a route that does not
 */
public record Need(Kind kind, List<Scope> anyOf, @Nullable Role role, @Nullable String why) {
  private static final Scope[] NO_SCOPE = new Scope[0];

  public enum Kind {
    /** Anybody may call it. */
    NOTHING,
    /** A credential, which is checked before the route is asked. */
    CREDENTIAL,
    /** The route checks by itself who calls. */
    OWN
  }

  /** Nothing. */
  public static final Need NOTHING = new Need(Kind.NOTHING, List.of(), null, null);

  /** Any valid credential. */
  public static final Need CREDENTIAL = new Need(Kind.CREDENTIAL, List.of(), null, null);

  public Need {
    anyOf = List.copyOf(anyOf);
  }

  /** One of these scopes. */
  public static Need scope(Scope... anyOf) {
    return new Need(Kind.CREDENTIAL, List.of(anyOf), null, null);
  }

  /** This role or one above it, and one of these scopes where there are any. */
  public static Need role(Role role, Scope... anyOf) {
    return new Need(Kind.CREDENTIAL, List.of(anyOf), role, null);
  }

  /**
   * Something else than the usual credentials, or nothing at all in some cases.
   *
   * @param why what the route checks by itself, for whoever reviews the list of such routes
   */
  public static Need own(String why) {
    return new Need(Kind.OWN, List.of(), null, why);
  }

  /** Whether the caller is let in without a look at the usual credentials. */
  public boolean open() {
    return kind != Kind.CREDENTIAL;
  }

  /** Fails with FORBIDDEN unless the principal has what is needed. */
  void require(Principal principal) {
    if (role != null) {
      Authorisation.requireRole(principal, role);
    }
    if (anyOf.size() == 1) {
      Authorisation.requireScope(principal, anyOf.get(0));
    } else if (!anyOf.isEmpty()) {
      Authorisation.requireAnyScope(principal, anyOf.toArray(NO_SCOPE));
    }
  }
}
