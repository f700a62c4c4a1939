package dev.curfew.store;

import java.util.Set;
import java.util.UUID;

/**
 * One life of a node in the cluster, as its row says.
 *
 * @param id of this life; a node that starts again is another member
 * @param name the node's, from its configuration
 * @param roles as written in the configuration
 * @param address where it answers HTTP; empty while it does not
 * @param joinedAt cluster time in epoch milliseconds
 * @param seenAt when it last said that it is alive, cluster time in epoch milliseconds
 * @param leaving whether it takes no shard any more and hands over those it has
 * @param touches the members with which it is in touch, itself among them
 */
public record Member(
    UUID id,
    String name,
    Set<String> roles,
    String address,
    long joinedAt,
    long seenAt,
    boolean leaving,
    Set<UUID> touches) {

  /** One that has not joined yet. */
  public static Member starting(UUID id, String name, Set<String> roles) {
    return new Member(id, name, Set.copyOf(roles), "", 0, 0, false, Set.of(id));
  }

  /** The same, last seen at another time. */
  public Member seen(long at) {
    return new Member(id, name, roles, address, joinedAt, at, leaving, touches);
  }

  /** What it says of itself now. */
  public Member saying(String answersAt, boolean leaves, Set<UUID> inTouch) {
    return new Member(id, name, roles, answersAt, joinedAt, seenAt, leaves, Set.copyOf(inTouch));
  }

  /** Whether it is there to host sessions. */
  public boolean hostsSessions() {
    return roles.contains("sessions");
  }
}
