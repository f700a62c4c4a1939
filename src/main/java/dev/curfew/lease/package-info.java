/**
 * The rules of a recording after its session, pure: the stages it passes, who may work on it and
 * for how long they are believed.
 *
 * <pre>
 *   Connected --> Ended --> Encoding --> Done-Encoded --> Uploading --> Done-Uploaded
 *                   ^  \______/  |             ^  \__________/  |
 *                   |   put back |             |    put back    |
 *                   +-- retry -- Failed -------+---- retry -----+   (after the last attempt)
 * </pre>
 *
 * <p>Ended and Done-Encoded wait to be claimed. A claim names the worker, grows the fencing token
 * and sets a lease, which the worker renews. Every later write of the worker must come from the
 * latest claim; one from an earlier claim changes nothing. When the lease has run out and the stage
 * has been silent for its limit, the recording is put back, and the next claim is the next attempt.
 * A lease that has run out is still its owner's until somebody moves the recording: work that takes
 * long is not done twice for being slow. What is put back only because something the work needs is
 * away, such as a store, has not used up an attempt.
 *
 * <p>Nothing here reads a clock; times are epoch milliseconds of the cluster clock.
 */
@NullMarked
package dev.curfew.lease;

import org.jspecify.annotations.NullMarked;
