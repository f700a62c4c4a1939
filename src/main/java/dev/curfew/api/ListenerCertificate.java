package dev.curfew.api;

import dev.curfew.config.CurfewConfig;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listener's certificate and private key, from PEM files that may be replaced while it serves. A
 * pair that cannot be used stops the start; later it leaves the one in use where it is, until the
 * files are looked at again.
 */
final class ListenerCertificate {
  private static final Logger LOG = LoggerFactory.getLogger(ListenerCertificate.class);

  /** The JDK's name of a kind of key, and an algorithm that signs with it. */
  private enum KeyKind {
    RSA("RSA", "SHA256withRSA"),
    EC("EC", "SHA256withECDSA");

    private final String keyType;
    private final String signature;

    KeyKind(String keyType, String signature) {
      this.keyType = keyType;
      this.signature = signature;
    }
  }

  private final Vertx vertx;
  private final CurfewConfig.Tls settings;
  private @Nullable Buffer lastCertificate;
  private @Nullable Buffer lastKey;

  /**
   * @param settings with both files
   */
  ListenerCertificate(Vertx vertx, CurfewConfig.Tls settings) {
    this.vertx = vertx;
    this.settings = settings;
  }

  /**
   * Reads the files.
   *
   * @return fails with INVALID_FIELD, naming the setting, when they cannot be read or used
   */
  private Future<PemKeyCertOptions> read() {
    return file("tls.certificate", settings.certificate())
        .compose(
            certificate ->
                file("tls.key", settings.key())
                    .map(key -> remembered(pair(certificate, key), certificate, key)));
  }

  private PemKeyCertOptions remembered(PemKeyCertOptions pair, Buffer certificate, Buffer key) {
    lastCertificate = certificate;
    lastKey = key;
    return pair;
  }

  /**
   * Starts a listener with the certificate, and shows it what replaces that.
   *
   * @param listen starts it with what the files hold now
   * @param update gives it what they hold later
   */
  <S> Future<S> serve(
      Function<PemKeyCertOptions, Future<S>> listen,
      BiFunction<S, ServerSSLOptions, Future<Boolean>> update) {
    return read()
        .compose(listen)
        .onSuccess(
            server ->
                follow(
                    next ->
                        update
                            .apply(server, new ServerSSLOptions().setKeyCertOptions(next))
                            .mapEmpty()));
  }

  /** Looks at the files from time to time, and hands on what has changed and can be used. */
  private void follow(Function<PemKeyCertOptions, Future<Void>> use) {
    vertx.setTimer(
        settings.reload().toMillis(),
        due -> {
          Buffer certificateBefore = lastCertificate;
          Buffer keyBefore = lastKey;
          read()
              .compose(
                  pair -> {
                    boolean same =
                        lastCertificate != null
                            && lastCertificate.equals(certificateBefore)
                            && lastKey != null
                            && lastKey.equals(keyBefore);
                    return same ? Future.succeededFuture() : use.apply(pair).onSuccess(this::tell);
                  })
              .onFailure(failure -> LOG.warn("The certificate stays: {}", failure.getMessage()))
              .onComplete(done -> follow(use));
        });
  }

  private void tell(@Nullable Void used) {
    LOG.info("New connections are shown the certificate that is in {} now", settings.certificate());
  }

  private Future<Buffer> file(String setting, Optional<Path> path) {
    String name = path.map(Path::toString).orElse("");
    return vertx
        .fileSystem()
        .readFile(name)
        .recover(
            failure ->
                Future.failedFuture(
                    CurfewException.invalid(setting, "names a file that cannot be read: " + name)));
  }

  /** Both files may be under way to being replaced, so what they hold must belong together. */
  private PemKeyCertOptions pair(Buffer certificate, Buffer key) {
    PemKeyCertOptions pair = new PemKeyCertOptions().setCertValue(certificate).setKeyValue(key);
    try {
      for (KeyManager manager : pair.getKeyManagerFactory(vertx).getKeyManagers()) {
        if (manager instanceof X509KeyManager keys && belongTogether(keys)) {
          return pair;
        }
      }
    } catch (Exception unusable) {
      throw CurfewException.causedBy(
          ErrorCode.INVALID_FIELD,
          "tls.certificate and tls.key must be PEM and belong together, the key RSA or EC in PKCS #8"
              + " without a passphrase",
          unusable);
    }
    throw CurfewException.invalid("tls.key", "is not the key of the certificate");
  }

  private static boolean belongTogether(X509KeyManager keys) throws GeneralSecurityException {
    for (KeyKind kind : KeyKind.values()) {
      String[] aliases = keys.getServerAliases(kind.keyType, null);
      if (aliases != null && aliases.length > 0) {
        X509Certificate[] chain = keys.getCertificateChain(aliases[0]);
        return signs(kind, keys.getPrivateKey(aliases[0]), chain[0]);
      }
    }
    return false;
  }

  private static boolean signs(KeyKind kind, PrivateKey key, X509Certificate certificate)
      throws GeneralSecurityException {
    byte[] anything = certificate.getEncoded();
    Signature signing = Signature.getInstance(kind.signature);
    signing.initSign(key);
    signing.update(anything);
    byte[] signature = signing.sign();
    Signature verifying = Signature.getInstance(kind.signature);
    verifying.initVerify(certificate.getPublicKey());
    verifying.update(anything);
    return verifying.verify(signature);
  }
}
