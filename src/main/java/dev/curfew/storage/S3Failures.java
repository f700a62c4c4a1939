package dev.curfew.storage;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/** What the failures of the AWS SDK mean, in words for an operator and without secrets. */
final class S3Failures {
  /** Answers of the 400s that say that the service cannot now, not that it will not. */
  private static final Set<Integer> PASSING = Set.of(408, 409, 425, 429);

  private static final int NOT_IMPLEMENTED = 501;

  private static final Set<String> PASSING_CODES =
      Set.of("RequestTimeout", "SlowDown", "Throttling", "ThrottlingException", "InternalError");

  private final S3Options options;

  S3Failures(S3Options options) {
    this.options = options;
  }

  /** STORAGE_UNAVAILABLE, of whatever kind. */
  CurfewException unavailable(String what, SdkException failure) {
    return CurfewException.causedBy(
        ErrorCode.STORAGE_UNAVAILABLE, what + ": " + finding(failure).message(), failure);
  }

  /** What a failure says about the store. */
  Finding finding(SdkException failure) {
    if (failure instanceof AwsServiceException answer && answer.statusCode() > 0) {
      return answered(answer);
    }
    String place = options.service();
    CertificateException distrust = cause(failure, CertificateException.class);
    if (distrust != null) {
      return Finding.refused(
          place
              + " shows a certificate that Java does not trust; put its issuer into the trust"
              + " store that -Djavax.net.ssl.trustStore names");
    }
    if (cause(failure, UnknownHostException.class) != null) {
      return Finding.unreachable(
          place + " cannot be found by name; check the endpoint, the region and the name servers");
    }
    if (failure instanceof ApiCallAttemptTimeoutException
        || failure instanceof ApiCallTimeoutException) {
      return Finding.unreachable(place + " did not answer in time; check the network to it");
    }
    String message = String.valueOf(failure.getMessage());
    if (message.contains("Unable to load credentials")) {
      return Finding.refused(
          "no credentials for "
              + place
              + " were found; set access-key-id and secret-access-key, or give this machine a role");
    }
    return Finding.unreachable(
        place + " cannot be reached (" + innermost(failure) + "); check the endpoint and network");
  }

  private Finding answered(AwsServiceException answer) {
    String bucket = "bucket " + options.bucket() + " at " + options.service();
    int status = answer.statusCode();
    String code = code(answer);
    String region = header(answer, "x-amz-bucket-region");
    if (status == 301 || status == 307 || code.equals("AuthorizationHeaderMalformed")) {
      return Finding.refused(
          bucket
              + " is in another region"
              + (region == null ? "" : ", " + region)
              + "; set the region to it instead of "
              + options.region()
              + said(answer));
    }
    if (code.equals("NoSuchBucket")) {
      return Finding.refused(bucket + " does not exist; create it or correct its name");
    }
    if (code.equals("SignatureDoesNotMatch")) {
      return Finding.refused(
          bucket
              + " finds the signature wrong; the secret access key is not that of the access key"
              + said(answer));
    }
    if (code.equals("RequestTimeTooSkewed")) {
      return Finding.refused(bucket + " finds this machine's clock wrong; set it" + said(answer));
    }
    if (status == 401 || status == 403) {
      return Finding.refused(
          bucket
              + " denies access; check the access key, and that it may list the bucket and its"
              + " multipart uploads, and put, get and delete objects"
              + said(answer));
    }
    boolean never = status / 100 == 4 || status == NOT_IMPLEMENTED;
    if (never && !PASSING.contains(status) && !PASSING_CODES.contains(code)) {
      return Finding.refused(bucket + " refuses the request" + said(answer));
    }
    return Finding.unreachable(bucket + " fails" + said(answer) + "; it may come back by itself");
  }

  private static String said(AwsServiceException answer) {
    String message =
        answer.awsErrorDetails() == null ? null : answer.awsErrorDetails().errorMessage();
    return " (" + code(answer) + (message == null || message.isBlank() ? "" : ": " + message) + ")";
  }

  /** The service's own name for what happened; the status where it has none. */
  private static String code(AwsServiceException answer) {
    String code = answer.awsErrorDetails() == null ? null : answer.awsErrorDetails().errorCode();
    return code == null || code.isBlank() ? "status " + answer.statusCode() : code;
  }

  /** Whether the upload that a call was about has been completed or aborted. */
  static boolean isUploadGone(AwsServiceException answer) {
    return code(answer).equals("NoSuchUpload");
  }

  private static @Nullable String header(AwsServiceException answer, String name) {
    return answer.awsErrorDetails() == null || answer.awsErrorDetails().sdkHttpResponse() == null
        ? null
        : answer.awsErrorDetails().sdkHttpResponse().firstMatchingHeader(name).orElse(null);
  }

  private static <T extends Throwable> @Nullable T cause(Throwable failure, Class<T> type) {
    for (Throwable inner = failure; inner != null; inner = inner.getCause()) {
      if (type.isInstance(inner)) {
        return type.cast(inner);
      }
    }
    return null;
  }

  private static String innermost(Throwable failure) {
    Throwable inner = failure;
    while (inner.getCause() != null) {
      inner = inner.getCause();
    }
    return inner.getClass().getSimpleName() + ": " + inner.getMessage();
  }
}
