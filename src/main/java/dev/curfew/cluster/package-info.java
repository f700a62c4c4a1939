/**
 * What the nodes agree on: the time, and which of them owns which shard.
 *
 * <p>The cluster's clock is PostgreSQL's. Each node measures its distance from it and keeps a bound
 * on the error; when the database does not answer, the last measurement holds and its bound widens,
 * and readiness fails when it is too wide.
 */
@NullMarked
package dev.curfew.cluster;

import org.jspecify.annotations.NullMarked;
