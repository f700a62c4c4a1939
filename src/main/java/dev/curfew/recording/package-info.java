/**
 * Recordings: what gateways capture, what encoders and uploaders make of it, and what clients read.
 *
 * <p>A chunk is first written durably to the chunk store, then listed in the manifest, and only
 * then acknowledged. Each line of the manifest carries the hash of the line before, so that an
 * altered, missing or moved chunk is found. A chunk is listed only while the recording is
 * Connected; whatever comes later is not stored.
 *
 * <p>What happens when things fail:
 *
 * <ul>
 *   <li>A chunk was written but could not be listed: the gateway is told to try again; the object
 *       that no line names is swept away later.
 *   <li>An encoder or uploader fails: its claim is put back with the reason, and the next attempt
 *       begins from the chunks again; after the last attempt the recording is Failed and waits for
 *       an administrator.
 *   <li>A worker loses its lease: it stops; whatever it still writes changes nothing.
 *   <li>The destination does not hold what was sent: the recording is not Done-Uploaded, and
 *       nothing local is deleted.
 * </ul>
 */
@NullMarked
package dev.curfew.recording;

import org.jspecify.annotations.NullMarked;
