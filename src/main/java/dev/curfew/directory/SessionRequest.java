package dev.curfew.directory;

import dev.curfew.realm.SessionAttributes;
import dev.curfew.session.SessionKind;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A session to be opened.
 *
 * @param userId whose it shall be, in any form; null for the caller
 * @param startsAt epoch milliseconds; 0 for now
 * @param duration null for the longest that policy and tier allow
 * @param policyId null for the jump item's policy, else the realm's default
 * @param ipv4Address where access comes from, for kind ACCESS
 * @param resource id or name of the one resource to reach; null for all that the user may
 * @param processInstance the process that owns the session from the start; null for the first that
 *     polls
 */
public record SessionRequest(
    SessionKind kind,
    @Nullable String userId,
    long startsAt,
    @Nullable Duration duration,
    @Nullable Integer policyId,
    SessionAttributes attributes,
    @Nullable String ipv4Address,
    @Nullable String ipv6Address,
    @Nullable String resource,
    @Nullable String processInstance) {

  /** A session of the caller's own, with what the policy gives it. */
  public static SessionRequest of(SessionKind kind) {
    return new SessionRequest(
        kind, null, 0, null, null, SessionAttributes.NONE, null, null, null, null);
  }

  public SessionRequest forUser(@Nullable String anyForm) {
    return new SessionRequest(
        kind,
        anyForm,
        startsAt,
        duration,
        policyId,
        attributes,
        ipv4Address,
        ipv6Address,
        resource,
        processInstance);
  }

  public SessionRequest startingAt(long millis) {
    return new SessionRequest(
        kind,
        userId,
        millis,
        duration,
        policyId,
        attributes,
        ipv4Address,
        ipv6Address,
        resource,
        processInstance);
  }

  public SessionRequest lasting(@Nullable Duration length) {
    return new SessionRequest(
        kind,
        userId,
        startsAt,
        length,
        policyId,
        attributes,
        ipv4Address,
        ipv6Address,
        resource,
        processInstance);
  }

  public SessionRequest underPolicy(@Nullable Integer id) {
    return new SessionRequest(
        kind,
        userId,
        startsAt,
        duration,
        id,
        attributes,
        ipv4Address,
        ipv6Address,
        resource,
        processInstance);
  }

  public SessionRequest with(SessionAttributes described) {
    return new SessionRequest(
        kind,
        userId,
        startsAt,
        duration,
        policyId,
        described,
        ipv4Address,
        ipv6Address,
        resource,
        processInstance);
  }

  public SessionRequest from(@Nullable String ipv4, @Nullable String ipv6) {
    return new SessionRequest(
        kind,
        userId,
        startsAt,
        duration,
        policyId,
        attributes,
        ipv4,
        ipv6,
        resource,
        processInstance);
  }

  public SessionRequest reaching(@Nullable String idOrName) {
    return new SessionRequest(
        kind,
        userId,
        startsAt,
        duration,
        policyId,
        attributes,
        ipv4Address,
        ipv6Address,
        idOrName,
        processInstance);
  }

  public SessionRequest ownedBy(@Nullable String process) {
    return new SessionRequest(
        kind,
        userId,
        startsAt,
        duration,
        policyId,
        attributes,
        ipv4Address,
        ipv6Address,
        resource,
        process);
  }
}
