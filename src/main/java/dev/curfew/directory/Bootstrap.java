package dev.curfew.directory;

import dev.curfew.auth.ApiKeyFormat;
import dev.curfew.auth.PasswordHasher;
import dev.curfew.auth.SealedSecret;
import dev.curfew.auth.SecretBox;
import dev.curfew.auth.TokenHash;
import dev.curfew.config.CurfewConfig;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.store.Database;
import dev.curfew.store.InstallationStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The first start of an installation: realm {@code root}, user {@code admin} and an API key with
 * every scope. Done at each start, by any number of nodes at once; what is there already stays, and
 * a key that the environment names is added where it is new.
 */
public final class Bootstrap {
  private static final String KNOWN_TEXT = "curfew";

  /**
   * What the start found or made.
   *
   * @param firstStart whether this call made the installation
   * @param generatedKey the administrator's key where one was generated: to be shown once, by the
   *     caller, and never again
   */
  public record Result(boolean firstStart, Optional<Secret> generatedKey) {}

  private final InstallationStore store;
  private final PasswordHasher passwords;
  private final SecretBox secrets;
  private final PolicyDefaults defaults;
  private final SortableIds ids;

  public Bootstrap(
      Vertx vertx,
      Database database,
      SecretBox secrets,
      PolicyDefaults defaults,
      LongSupplier clock) {
    this.store = new InstallationStore(database);
    this.passwords = new PasswordHasher(vertx);
    this.secrets = secrets;
    this.defaults = defaults;
    this.ids = new SortableIds(clock);
  }

  /**
   * Asks whether this node may work on the database at all, before it does anything there.
   *
   * @return fails with BAD_CONFIGURATION when the database was made with another {@code
   *     secrets.key}
   */
  public Future<Void> requireSameKey() {
    return store
        .secretCheck()
        .map(
            made -> {
              made.ifPresent(this::requireSameKey);
              return null;
            });
  }

  /**
   * @return fails with BAD_CONFIGURATION when the key that the environment names cannot be one, or
   *     when the database was made with another {@code secrets.key}
   */
  public Future<Result> run(CurfewConfig.Bootstrap settings) {
    Optional<Secret> chosen = settings.adminKey();
    chosen.ifPresent(Bootstrap::requireUsable);
    Secret key = chosen.orElseGet(ApiKeyFormat::generate);
    Future<@Nullable String> passwordHash =
        settings.adminPassword().isEmpty()
            ? Future.succeededFuture(null)
            : passwords.hash(settings.adminPassword().get()).map(hash -> hash);
    return passwordHash
        .compose(hash -> store.install(content(key, chosen.isPresent(), hash)))
        .map(
            installed -> {
              requireSameKey(installed.secretCheck());
              boolean generated = installed.keyAdded() && chosen.isEmpty();
              return new Result(installed.first(), generated ? Optional.of(key) : Optional.empty());
            });
  }

  private InstallationStore.FirstContent content(
      Secret key, boolean chosen, @Nullable String passwordHash) {
    return new InstallationStore.FirstContent(
        secrets.seal(Secret.of(KNOWN_TEXT), SecretPlaces.INSTALLATION),
        defaults.policy(),
        ids.next(),
        passwordHash,
        new InstallationStore.KeyRow(
            ids.next(), ApiKeyFormat.prefix(key), TokenHash.of(key.reveal())),
        chosen);
  }

  private void requireSameKey(SealedSecret secretCheck) {
    try {
      secrets.unseal(secretCheck, SecretPlaces.INSTALLATION);
    } catch (CurfewException another) {
      throw CurfewException.causedBy(
          ErrorCode.BAD_CONFIGURATION,
          "secrets.key is not the one that this database was made with",
          another);
    }
  }

  private static void requireUsable(Secret key) {
    String text = key.reveal();
    if (text.length() > ApiKeyFormat.LONGEST || !text.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw CurfewException.of(
          ErrorCode.BAD_CONFIGURATION,
          "bootstrap.admin-key must be at most "
              + ApiKeyFormat.LONGEST
              + " visible ASCII characters");
    }
  }
}
