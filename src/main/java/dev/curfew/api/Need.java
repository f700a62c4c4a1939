package dev.curfew.api;

import dev.curfew.auth.Scope;
import java.util.List;

/**
 * What a caller must bring to be let in. Ownership is not decided here but where the object is
 * known.
 *
 * @param open whether no credential is needed at all
 * @param anyOf scopes of which one is needed; none for any valid credential
 */
public record Need(boolean open, List<Scope> anyOf) {
  /** Nothing. */
  public static final Need NOTHING = new Need(true, List.of());

  /** Any valid credential. */
  public static final Need CREDENTIAL = new Need(false, List.of());

  /** One of these scopes. */
  public static Need scope(Scope... anyOf) {
    return new Need(false, List.of(anyOf));
  }
}
