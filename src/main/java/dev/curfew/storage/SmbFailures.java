package dev.curfew.storage;

import com.hierynomus.mserref.NtStatus;
import com.hierynomus.mssmb2.SMB2MessageCommandCode;
import com.hierynomus.mssmb2.SMBApiException;
import com.hierynomus.smbj.common.SMBRuntimeException;
import com.hierynomus.smbj.session.SMB2GuestSigningRequiredException;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.net.UnknownHostException;
import java.util.EnumSet;
import java.util.Set;

/** What the failures of smbj mean, in words for an operator and without secrets. */
final class SmbFailures {
  private static final Set<NtStatus> MISSING =
      EnumSet.of(
          NtStatus.STATUS_OBJECT_NAME_NOT_FOUND,
          NtStatus.STATUS_OBJECT_PATH_NOT_FOUND,
          NtStatus.STATUS_NO_SUCH_FILE,
          NtStatus.STATUS_FILE_IS_A_DIRECTORY,
          NtStatus.STATUS_NOT_A_DIRECTORY,
          NtStatus.STATUS_DELETE_PENDING);

  private static final Set<NtStatus> IN_USE =
      EnumSet.of(
          NtStatus.STATUS_SHARING_VIOLATION,
          NtStatus.STATUS_ACCESS_DENIED,
          NtStatus.STATUS_OBJECT_NAME_COLLISION,
          NtStatus.STATUS_DELETE_PENDING);

  private static final Set<NtStatus> NOT_DONE_HERE =
      EnumSet.of(
          NtStatus.STATUS_ACCESS_DENIED,
          NtStatus.STATUS_INVALID_PARAMETER,
          NtStatus.STATUS_NOT_SUPPORTED,
          NtStatus.STATUS_NOT_IMPLEMENTED);

  /** STATUS_INVALID_DEVICE_REQUEST, which smbj has no name for. */
  private static final long INVALID_DEVICE_REQUEST = 0xC0000010L;

  /** The store is set up wrongly; the message says how, and what to do about it. */
  static final class Refusal extends SMBRuntimeException {
    private static final long serialVersionUID = 1L;

    Refusal(String message) {
      super(message);
    }
  }

  private final SmbOptions options;

  SmbFailures(SmbOptions options) {
    this.options = options;
  }

  /** STORAGE_UNAVAILABLE, of whatever kind. */
  CurfewException unavailable(String what, SMBRuntimeException failure) {
    return CurfewException.causedBy(
        ErrorCode.STORAGE_UNAVAILABLE, what + ": " + finding(failure).message(), failure);
  }

  /** What a failure says about the store. */
  Finding finding(SMBRuntimeException failure) {
    if (failure instanceof Refusal refusal) {
      return Finding.refused(String.valueOf(refusal.getMessage()));
    }
    if (failure instanceof SMBApiException answer) {
      return answered(answer);
    }
    if (failure instanceof SMB2GuestSigningRequiredException) {
      return Finding.refused(
          options.server() + " takes " + options.user() + " for a guest; check user and domain");
    }
    Throwable innermost = innermost(failure);
    if (innermost instanceof UnknownHostException) {
      return Finding.unreachable(
          options.host() + " cannot be found by name; check the host and the name servers");
    }
    return Finding.unreachable(
        options.server()
            + " cannot be reached, or does not answer within "
            + options.timeout().toMillis()
            + " ms ("
            + innermost.getClass().getSimpleName()
            + (innermost.getMessage() == null ? "" : ": " + innermost.getMessage())
            + "); check host, port and network");
  }

  private Finding answered(SMBApiException answer) {
    NtStatus status = answer.getStatus();
    String said = " (" + name(answer) + ")";
    if (answer.getFailedCommand() == SMB2MessageCommandCode.SMB2_SESSION_SETUP
        && status != NtStatus.STATUS_INSUFFICIENT_RESOURCES) {
      return Finding.refused(
          options.server()
              + " does not let "
              + options.user()
              + " in; check user, domain and password, and that the account may log in"
              + said);
    }
    if (status == NtStatus.STATUS_BAD_NETWORK_NAME) {
      return Finding.refused(
          options.server()
              + " has no share "
              + options.share()
              + "; create it or correct its name"
              + said);
    }
    if (status == NtStatus.STATUS_ACCESS_DENIED) {
      return Finding.refused(
          options.location()
              + " denies access to "
              + options.user()
              + "; grant the right to read, write and delete there, and encrypt when the share"
              + " requires it"
              + said);
    }
    if (status == NtStatus.STATUS_DISK_FULL) {
      return Finding.unreachable(options.location() + " is full; make room" + said);
    }
    if (status == NtStatus.STATUS_SHARING_VIOLATION) {
      return Finding.unreachable(options.location() + " is in use by another program" + said);
    }
    return Finding.unreachable(options.location() + " fails" + said);
  }

  private static String name(SMBApiException answer) {
    return answer.getStatus() == NtStatus.STATUS_OTHER
        ? "status 0x%08x".formatted(answer.getStatusCode())
        : answer.getStatus().name();
  }

  private static Throwable innermost(Throwable failure) {
    Throwable inner = failure;
    while (inner.getCause() != null) {
      inner = inner.getCause();
    }
    return inner;
  }

  /** Whether the server says that something is not there. */
  static boolean isMissing(SMBRuntimeException failure) {
    return has(failure, MISSING);
  }

  /** Whether a name is free. */
  static boolean isGone(SMBRuntimeException failure) {
    return has(
        failure, EnumSet.of(NtStatus.STATUS_OBJECT_NAME_NOT_FOUND, NtStatus.STATUS_NO_SUCH_FILE));
  }

  /** Whether the server says that something is there already. */
  static boolean exists(SMBRuntimeException failure) {
    return has(failure, Set.of(NtStatus.STATUS_OBJECT_NAME_COLLISION));
  }

  /** Whether a file cannot be replaced, possibly because somebody has it open. */
  static boolean isInUse(SMBRuntimeException failure) {
    return has(failure, IN_USE);
  }

  /** Whether somebody has a file open and does not share it. */
  static boolean isHeld(SMBRuntimeException failure) {
    return has(failure, Set.of(NtStatus.STATUS_SHARING_VIOLATION));
  }

  /** Whether a folder has something in it. */
  static boolean isNotEmpty(SMBRuntimeException failure) {
    return has(failure, Set.of(NtStatus.STATUS_DIRECTORY_NOT_EMPTY));
  }

  /** Whether the server does not do such a thing, or not for this user. */
  static boolean isNotDoneHere(SMBRuntimeException failure) {
    return has(failure, NOT_DONE_HERE)
        || (failure instanceof SMBApiException answer
            && answer.getStatusCode() == INVALID_DEVICE_REQUEST);
  }

  /**
   * Whether the connection may be used on: the server has answered, and not that it knows nothing
   * of the session or the share any more.
   */
  static boolean leavesConnection(SMBRuntimeException failure) {
    return failure instanceof SMBApiException answer
        && !has(
            answer,
            EnumSet.of(
                NtStatus.STATUS_NETWORK_NAME_DELETED,
                NtStatus.STATUS_USER_SESSION_DELETED,
                NtStatus.STATUS_NETWORK_SESSION_EXPIRED));
  }

  private static boolean has(SMBRuntimeException failure, Set<NtStatus> statuses) {
    return failure instanceof SMBApiException answer && statuses.contains(answer.getStatus());
  }
}
