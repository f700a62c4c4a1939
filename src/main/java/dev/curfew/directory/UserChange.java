package dev.curfew.directory;

import dev.curfew.auth.Role;
import dev.curfew.config.Secret;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to change of a user; the rest stays as it is. Built up from {@link #NOTHING}.
 *
 * @param setsEmail whether the e-mail address changes, be it to none
 * @param setsDisplayName whether the display name changes, be it to none
 * @param password null to leave it
 * @param roles null to leave them
 */
public record UserChange(
    boolean setsEmail,
    @Nullable String email,
    boolean setsDisplayName,
    @Nullable String displayName,
    @Nullable Secret password,
    @Nullable Set<Role> roles) {
  public static final UserChange NOTHING = new UserChange(false, null, false, null, null, null);

  public UserChange withEmail(@Nullable String to) {
    return new UserChange(true, to, setsDisplayName, displayName, password, roles);
  }

  public UserChange withDisplayName(@Nullable String to) {
    return new UserChange(setsEmail, email, true, to, password, roles);
  }

  public UserChange withPassword(Secret to) {
    return new UserChange(setsEmail, email, setsDisplayName, displayName, to, roles);
  }

  public UserChange withRoles(Set<Role> to) {
    return new UserChange(setsEmail, email, setsDisplayName, displayName, password, Set.copyOf(to));
  }
}
