package dev.curfew.grant;

import dev.curfew.auth.SealedSecret;
import dev.curfew.auth.SecretBox;
import dev.curfew.config.Secret;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The secrets of resources' settings, sealed for the resource that they belong to. */
public final class ProviderSecrets {
  private final SecretBox box;

  public ProviderSecrets(SecretBox box) {
    this.box = box;
  }

  public SealedSecret seal(Secret secret, UUID resourceId) {
    return box.seal(secret, place(resourceId));
  }

  Optional<Secret> open(@Nullable SealedSecret sealed, UUID resourceId) {
    return sealed == null ? Optional.empty() : Optional.of(box.unseal(sealed, place(resourceId)));
  }

  private static String place(UUID resourceId) {
    return "resource/" + resourceId;
  }
}
