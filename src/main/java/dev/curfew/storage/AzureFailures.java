package dev.curfew.storage;

import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobStorageException;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the failures of the Azure SDK mean, in words for an operator and without secrets. */
final class AzureFailures {
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;

  /** Answers of the 400s that say that the service cannot now, not that it will not. */
  private static final Set<Integer> PASSING = Set.of(408, 409, 412, 429);

  private final AzureOptions options;

  AzureFailures(AzureOptions options) {
    this.options = options;
  }

  /** STORAGE_UNAVAILABLE, of whatever kind. */
  CurfewException unavailable(String what, RuntimeException failure) {
    return CurfewException.causedBy(
        ErrorCode.STORAGE_UNAVAILABLE, what + ": " + finding(failure).message(), failure);
  }

  /** The same for somebody who reads. */
  IOException broken(String what, RuntimeException failure) {
    return new IOException(what + ": " + finding(failure).message(), failure);
  }

  /** What a failure says about the store. */
  Finding finding(RuntimeException failure) {
    if (failure instanceof BlobStorageException answer) {
      return answered(answer);
    }
    if (cause(failure, CertificateException.class) != null) {
      return Finding.refused(
          options.endpoint()
              + " shows a certificate that Java does not trust; put its issuer into the trust"
              + " store that -Djavax.net.ssl.trustStore names");
    }
    if (cause(failure, UnknownHostException.class) != null
        || cause(failure, UnresolvedAddressException.class) != null) {
      return Finding.unreachable(
          options.endpoint()
              + " cannot be found by name; check the endpoint, the account and the name servers");
    }
    if (cause(failure, IllegalArgumentException.class) != null
        && options.accountKey().isPresent()) {
      return Finding.refused("the key of account " + options.account() + " is not Base64");
    }
    Throwable inner = innermost(failure);
    return Finding.unreachable(
        options.endpoint()
            + " cannot be reached, or does not answer in time ("
            + inner.getClass().getSimpleName()
            + (inner.getMessage() == null ? "" : ": " + inner.getMessage())
            + "); check the endpoint and network");
  }

  private Finding answered(BlobStorageException answer) {
    String container = "container " + options.container() + " at " + options.endpoint();
    BlobErrorCode code = answer.getErrorCode();
    int status = answer.getStatusCode();
    String said = " (" + (code == null ? "status " + status : code.toString()) + ")";
    if (BlobErrorCode.CONTAINER_NOT_FOUND.equals(code)) {
      return Finding.refused(container + " does not exist; create it or correct its name" + said);
    }
    if (BlobErrorCode.AUTHENTICATION_FAILED.equals(code)) {
      return Finding.refused(
          container
              + " finds the signature wrong; check account, key or token, that the token has not"
              + " run out, and this machine's clock"
              + said);
    }
    if (status == UNAUTHORIZED || status == FORBIDDEN) {
      return Finding.refused(
          container
              + " denies access; check account, key or token, that the token allows to read,"
              + " create, write, delete and list, and the account's firewall"
              + said);
    }
    if (status / 100 == 4 && !PASSING.contains(status)) {
      return Finding.refused(container + " refuses the request" + said);
    }
    return Finding.unreachable(container + " fails" + said + "; it may come back by itself");
  }

  /** Whether there is no such blob, in a container that is there. */
  static boolean isMissing(RuntimeException failure) {
    return failure instanceof BlobStorageException answer
        && BlobErrorCode.BLOB_NOT_FOUND.equals(answer.getErrorCode());
  }

  /** Whether a range begins at or behind the end of its blob. */
  static boolean isBehindTheEnd(RuntimeException failure) {
    return failure instanceof BlobStorageException answer
        && BlobErrorCode.INVALID_RANGE.equals(answer.getErrorCode());
  }

  private static <T extends Throwable> @Nullable T cause(Throwable failure, Class<T> type) {
    for (Throwable inner = failure; inner != null; inner = inner.getCause()) {
      if (type.isInstance(inner)) {
        return type.cast(inner);
      }
    }
    return null;
  }

  private static Throwable innermost(Throwable failure) {
    Throwable inner = failure;
    while (inner.getCause() != null) {
      inner = inner.getCause();
    }
    return inner;
  }
}
