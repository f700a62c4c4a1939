package dev.curfew.auth;

import com.nimbusds.jwt.JWTClaimsSet;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which role the values of an issuer's claim mean. */
final class RoleMapping {
  private final String claim;
  private final Map<String, Role> roles = new HashMap<>();

  /**
   * @param claim where the values are
   * @param mappings as {@code value=ROLE}, already checked
   */
  RoleMapping(String claim, List<String> mappings) {
    this.claim = claim;
    for (String mapping : mappings) {
      int equals = mapping.lastIndexOf('=');
      Role.ofName(mapping.substring(equals + 1))
          .ifPresent(role -> roles.put(mapping.substring(0, equals), role));
    }
  }

  /** The roles that a token grants; values that mean nothing here are passed over. */
  Set<Role> of(JWTClaimsSet claims) {
    Set<Role> granted = EnumSet.noneOf(Role.class);
    Object value = claim(claims, claim);
    Collection<?> values =
        value instanceof String text
            ? List.of(text.split(" ", -1))
            : value instanceof Collection<?> list ? list : List.of();
    for (Object one : values) {
      Role role = one instanceof String name ? roles.get(name) : null;
      if (role != null) {
        granted.add(role);
      }
    }
    return granted;
  }

  /** A claim of this name, or else the one that its dots lead to. */
  static @Nullable Object claim(JWTClaimsSet claims, String name) {
    Object whole = claims.getClaim(name);
    if (whole != null) {
      return whole;
    }
    Object part = claims.getClaims();
    for (String step : name.split("\\.", -1)) {
      part = part instanceof Map<?, ?> object ? object.get(step) : null;
    }
    return part;
  }
}
