package dev.curfew.auth;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Every rule of who may do what. A rule either returns or fails with {@link CurfewException}:
 * another realm's object is NOT_FOUND, so that realms do not learn of each other; what the caller
 * may know of but not do is FORBIDDEN.
 */
public final class Authorisation {
  private static final Set<Scope> OF_USERS =
      EnumSet.of(
          Scope.SESSIONS_READ,
          Scope.SESSIONS_WRITE,
          Scope.SESSION_JOIN,
          Scope.RECORDING_READ,
          Scope.RESOURCES_READ);

  private static final Set<Scope> OF_AUDITORS =
      Stream.of(Scope.values()).filter(Scope::onlyReads).collect(Collectors.toSet());

  private static final EnumSet<Scope> OF_WORKERS =
      EnumSet.of(Scope.RECORDING_ENCODE, Scope.RECORDING_UPLOAD, Scope.RECORDING_ENCRYPT);

  private static final String HOME_REALM = "root";

  private Authorisation() {}

  /** What a caller wants of an object. */
  public enum Intent {
    READ,
    CHANGE
  }

  /**
   * What somebody may do who has logged in, rather than shown a key that was made for a purpose.
   *
   * <ul>
   *   <li>USER: their own sessions and recordings, joining them, and the resources they may reach.
   *       Not {@code credential:read}, with which anybody could check out any credential of the
   *       realm: that is for keys.
   *   <li>AUDITOR: everything that only reads.
   *   <li>ORG_ADMIN: everything but the work of encoders and uploaders, who serve all realms.
   *   <li>ADMIN: everything.
   * </ul>
   */
  public static Set<Scope> scopesOf(Set<Role> roles) {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (Role role : roles) {
      switch (role) {
        case USER -> scopes.addAll(OF_USERS);
        case AUDITOR -> scopes.addAll(OF_AUDITORS);
        case ORG_ADMIN -> scopes.addAll(EnumSet.complementOf(OF_WORKERS));
        case ADMIN -> scopes.addAll(EnumSet.allOf(Scope.class));
      }
    }
    return scopes;
  }

  /** Nobody grants a scope that they lack. */
  public static void requireMayGrant(Principal principal, Set<Scope> scopes) {
    for (Scope scope : scopes) {
      if (!principal.has(scope)) {
        throw CurfewException.of(
            ErrorCode.FORBIDDEN, "scopes", "You lack the scope " + scope.wireName());
      }
    }
  }

  /** The credential must carry the scope; an auditor's can only read, whatever it carries. */
  public static void requireScope(Principal principal, Scope scope) {
    if (!principal.has(scope)) {
      throw CurfewException.of(
          ErrorCode.FORBIDDEN, "The credential lacks the scope " + scope.wireName());
    }
    if (!scope.onlyReads() && isAuditorOnly(principal)) {
      throw CurfewException.of(ErrorCode.FORBIDDEN, "An auditor changes nothing");
    }
  }

  /** At least one of the scopes; where an auditor has several, the one that only reads counts. */
  public static void requireAnyScope(Principal principal, Scope... scopes) {
    StringBuilder names = new StringBuilder();
    Scope held = null;
    for (Scope scope : scopes) {
      if (principal.has(scope) && (held == null || scope.onlyReads())) {
        held = scope;
      }
      names.append(names.isEmpty() ? "" : " or ").append(scope.wireName());
    }
    if (held != null) {
      requireScope(principal, held);
      return;
    }
    throw CurfewException.of(ErrorCode.FORBIDDEN, "The credential lacks the scope " + names);
  }

  /** The caller's role is this one, or one that may do more. */
  public static void requireRole(Principal principal, Role role) {
    boolean holds =
        principal.is(role)
            || principal.is(Role.ADMIN)
            || (role != Role.ADMIN && principal.is(Role.ORG_ADMIN));
    if (!holds) {
      throw CurfewException.of(ErrorCode.FORBIDDEN, "Only for the role " + role);
    }
  }

  /** The object's realm is the caller's, or the caller administers all. */
  public static void requireRealm(Principal principal, int realmId, String what) {
    if (principal.realmId() != realmId && !principal.is(Role.ADMIN)) {
      throw CurfewException.notFound(what);
    }
  }

  /**
   * The caller may be given work on recordings of any realm: encoders and uploaders belong to the
   * installation.
   */
  public static void requireServesAllRealms(Principal worker) {
    if (!servesAllRealms(worker)) {
      throw CurfewException.of(
          ErrorCode.FORBIDDEN, "Encoders and uploaders belong to the realm " + HOME_REALM);
    }
  }

  /** As {@link #requireRealm}, and a worker of the installation sees the recordings of all. */
  public static void requireRealmOrWorker(Principal principal, int realmId, String what) {
    if (!isWorker(principal) || !servesAllRealms(principal)) {
      requireRealm(principal, realmId, what);
    }
  }

  /** Whether the caller is an encoder or uploader: known by the scopes that only they are given. */
  public static boolean isWorker(Principal principal) {
    return principal.has(Scope.RECORDING_ENCODE) || principal.has(Scope.RECORDING_UPLOAD);
  }

  private static boolean servesAllRealms(Principal worker) {
    return worker.is(Role.ADMIN) || worker.realm().equals(HOME_REALM);
  }

  /** The caller administers the realm. */
  public static void requireAdministrator(Principal principal, int realmId, String what) {
    requireRealm(principal, realmId, what);
    if (!principal.administers(realmId)) {
      throw CurfewException.of(ErrorCode.FORBIDDEN, "Only an administrator may do this");
    }
  }

  /** The object is the caller's own, or the caller administers (to read: or audits) its realm. */
  public static void requireOwner(
      Principal principal, int realmId, long ownerId, Intent intent, String what) {
    requireRealm(principal, realmId, what);
    boolean allowed =
        (principal.userId() == ownerId && principal.realmId() == realmId)
            || principal.administers(realmId)
            || (intent == Intent.READ && principal.is(Role.AUDITOR));
    if (!allowed) {
      throw CurfewException.of(ErrorCode.FORBIDDEN, what + " belongs to another user");
    }
  }

  /**
   * As {@link #requireOwner}, and a gateway may act for any user of its realm: it is known by the
   * scope that only gateways are given.
   */
  public static void requireOwnerOrGateway(
      Principal principal, int realmId, long ownerId, Intent intent, String what) {
    if (principal.realmId() != realmId || !principal.has(Scope.PSM_WRITE)) {
      requireOwner(principal, realmId, ownerId, intent, what);
    }
  }

  /** The caller administers or audits the realm. */
  public static void requireReader(Principal principal, int realmId, String what) {
    requireRealm(principal, realmId, what);
    if (!principal.administers(realmId) && !principal.is(Role.AUDITOR)) {
      throw CurfewException.of(ErrorCode.FORBIDDEN, "Only an administrator or auditor may do this");
    }
  }

  /**
   * The caller may answer a request for a session. Who answers requests administers the realm. They
   * may name another of its users as the approver, who then must not be the requestor: nobody
   * approves what they asked for themselves, save an administrator.
   *
   * @param requestorId numeric id of the user whose session is asked for
   * @param approverId numeric id of the user in whose name the answer is given
   * @param approverRoles what that user is in the realm
   */
  public static void requireApprover(
      Principal principal,
      int realmId,
      long requestorId,
      long approverId,
      Set<Role> approverRoles,
      String what) {
    requireAdministrator(principal, realmId, what);
    if (approverId == requestorId
        && !approverRoles.contains(Role.ADMIN)
        && !approverRoles.contains(Role.ORG_ADMIN)) {
      throw CurfewException.of(ErrorCode.FORBIDDEN, "Nobody answers their own request");
    }
  }

  /**
   * A stream of signals is its receiver's own. To everybody else, of whatever role, there is none:
   * the specification has a receiver's streams only.
   *
   * @param own whether the caller is the receiver
   */
  public static void requireReceiver(Principal principal, int realmId, boolean own, String what) {
    if (!own || principal.realmId() != realmId) {
      throw CurfewException.notFound(what);
    }
  }

  /** The caller administers every realm. */
  public static void requireAdministratorOfAll(Principal principal) {
    if (!principal.is(Role.ADMIN)) {
      throw CurfewException.of(ErrorCode.FORBIDDEN, "Only an administrator of all may do this");
    }
  }

  /**
   * The caller may see how the installation is, which says nothing of any realm: who administers
   * all, and who audits or administers the realm that it belongs to.
   */
  public static void requireReaderOfInstallation(Principal principal) {
    boolean ofHome =
        principal.realm().equals(HOME_REALM)
            && (principal.is(Role.AUDITOR) || principal.is(Role.ORG_ADMIN));
    if (!ofHome && !principal.is(Role.ADMIN)) {
      throw CurfewException.of(
          ErrorCode.FORBIDDEN,
          "Only administrators of all, and auditors of the realm " + HOME_REALM + ", may see this");
    }
  }

  /**
   * The caller may read events: the role says whose, the scope which. Users see what happens to
   * their own sessions; who administers or audits sees the realm's, with {@code sessions:read} what
   * happens to sessions, with {@code audit:read} everything.
   */
  public static EventReach requireEvents(Principal principal) {
    requireAnyScope(principal, Scope.AUDIT_READ, Scope.SESSIONS_READ, Scope.ADMIN);
    boolean sessionsOnly = !principal.has(Scope.AUDIT_READ) && !principal.has(Scope.ADMIN);
    if (principal.is(Role.ADMIN)) {
      return new EventReach(null, null, sessionsOnly);
    }
    if (principal.is(Role.ORG_ADMIN) || principal.is(Role.AUDITOR)) {
      return new EventReach(principal.realmId(), null, sessionsOnly);
    }
    return new EventReach(principal.realmId(), principal.userId(), true);
  }

  private static boolean isAuditorOnly(Principal principal) {
    return principal.is(Role.AUDITOR)
        && !principal.is(Role.ORG_ADMIN)
        && !principal.is(Role.ADMIN)
        && !principal.is(Role.USER);
  }
}
