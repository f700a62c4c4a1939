/**
 * Events on their way out. There is one log and one order; every channel tells the same events in
 * that order, and every cursor given to a client is safe to go on from, on any node.
 *
 * <ul>
 *   <li>{@link dev.curfew.alert.EventFeed} answers who asks from time to time.
 *   <li>{@link dev.curfew.alert.AlertHub} tells who stays connected. Its one {@link
 *       dev.curfew.alert.EventTail} follows the log's end: the bus says that there is something
 *       new, never what, so that nothing depends on a message arriving. Each event loop has a
 *       {@link dev.curfew.alert.LocalFeed} that hands the events to its own subscribers by looking
 *       up who wants them.
 *   <li>A {@link dev.curfew.alert.Subscription} is <i>behind</i> (it reads the log, then the feed's
 *       recent events, as fast as its reader takes them), <i>live</i> (it is handed events as they
 *       come), or <i>over</i>. One that is live and whose reader is slow is behind again, from the
 *       last event that was sent. Nothing is queued for a reader but what its connection holds.
 *   <li>{@link dev.curfew.alert.EventBridge} tells clients of Vert.x's event-bus bridges. Each
 *       address that one registers is a connection of its own to the rest: it may end alone.
 *   <li>An {@link dev.curfew.alert.AlertConnection} is one reader's connection, of whatever
 *       protocol. The {@link dev.curfew.alert.LocalConnections} of its event loop close it when its
 *       reader stalls, when its {@link dev.curfew.alert.Admission} no longer holds, and when the
 *       node stops.
 * </ul>
 *
 * <p>What happens when things fail: the database does not answer, then nothing new is told, the
 * connections stay, and all is told when it answers. A reader that takes nothing for a while is cut
 * and resumes with the last id it has. A connection that does not answer pings is closed. A
 * credential that expires or is withdrawn closes the connections that were opened with it.
 */
@NullMarked
package dev.curfew.alert;

import org.jspecify.annotations.NullMarked;
