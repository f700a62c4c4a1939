/**
 * What the nodes agree on: the time, and which of them owns which shard.
 *
 * <p>The cluster's clock is PostgreSQL's. Each node measures its distance from it and keeps a bound
 * on the error; when the database does not answer, the last measurement holds and its bound widens,
 * and readiness fails when it is too wide.
 *
 * <p>Who is alive, which members go on when the network is split, and where a shard belongs follows
 * from rows that all members read ({@link dev.curfew.cluster.ClusterMembership}), by rules that are
 * the same for all. A member that cannot read keeps to what it knew; others find it silent and take
 * its shards, and whatever it still decides is refused, since its epoch is over.
 *
 * <p>Hazelcast joins the members to one network: it tells who is in touch with whom ({@link
 * dev.curfew.cluster.Contacts}) and carries the addresses of the event bus. Nothing that must not
 * be lost or forged is kept there. When the network splits, each part goes on as a network of its
 * own; when it heals, the parts join again, and every member says anew what it serves.
 */
@NullMarked
package dev.curfew.cluster;

import org.jspecify.annotations.NullMarked;
