package dev.curfew.directory;

import dev.curfew.auth.AccessTokens;
import dev.curfew.auth.CredentialLookup;
import dev.curfew.auth.ExternalIdentity;
import dev.curfew.auth.OpaqueToken;
import dev.curfew.auth.Principal;
import dev.curfew.auth.TokenHash;
import dev.curfew.auth.TokenReader;
import dev.curfew.store.LoginStore;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * Every kind of credential, told apart by its form: signed tokens, tokens of programs' accounts,
 * API keys.
 */
final class CredentialKinds implements CredentialLookup {
  private final TokenReader signed;
  private final LoginStore logins;
  private final CredentialLookup accounts;
  private final CredentialLookup apiKeys;

  CredentialKinds(
      TokenReader signed, LoginStore logins, CredentialLookup accounts, CredentialLookup apiKeys) {
    this.signed = signed;
    this.logins = logins;
    this.accounts = accounts;
    this.apiKeys = apiKeys;
  }

  @Override
  public Future<Optional<Principal>> find(String credential, TokenHash hash) {
    if (TokenReader.isToken(credential)) {
      return signed.read(credential).compose(this::holder);
    }
    return OpaqueToken.ACCESS.is(credential)
        ? accounts.find(credential, hash)
        : apiKeys.find(credential, hash);
  }

  private Future<Optional<Principal>> holder(Optional<TokenReader.Reading> reading) {
    if (reading.isEmpty()) {
      return Future.succeededFuture(Optional.empty());
    }
    AccessTokens.Claims own = reading.get().own();
    if (own != null) {
      return logins.holder(own.loginId(), own.userId(), own.expiresAt());
    }
    ExternalIdentity external = reading.get().external();
    return external == null ? Future.succeededFuture(Optional.empty()) : logins.holder(external);
  }
}
