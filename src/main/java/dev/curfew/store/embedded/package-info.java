/**
 * The PostgreSQL server that a node without {@code database.url} runs for itself, and the data
 * directory it lives in.
 *
 * <p>{@link dev.curfew.store.embedded.DataDirectory} belongs to one process at a time, by a lock on
 * a file in it: a second process is refused, whoever it is. So whatever PostgreSQL processes are
 * found there by the holder of the lock are left over from a process that was killed, and are
 * stopped before a new server is started. {@link dev.curfew.store.embedded.EmbeddedServer} is
 * running from the return of its {@code start} until its {@code close}; in between it is an
 * ordinary PostgreSQL, durable and protected by a password, which survives the death of the node
 * and recovers from its own.
 *
 * <p>Nothing half-made is ever used: binaries and clusters are made beside their place and renamed
 * into it. What only the operator can put right (directory in use, another major version, files
 * that others can read, root without user namespaces) is {@link
 * dev.curfew.fault.ErrorCode#BAD_CONFIGURATION}; a server that does not start or stop is {@link
 * dev.curfew.fault.ErrorCode#UNAVAILABLE}, with the end of its log. Everything here blocks and must
 * stay off event loops.
 */
@NullMarked
package dev.curfew.store.embedded;

import org.jspecify.annotations.NullMarked;
