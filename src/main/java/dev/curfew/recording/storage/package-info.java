/**
 * Where the bytes of recordings lie, and how they are known to be what they were: images proven
 * before they are kept, chunks while the recording is worked on, the chain that its manifest is
 * sealed with, and the destination of finished files.
 *
 * <p>All of it blocks and belongs on worker threads. All of it is safe for use by several threads.
 *
 * <p>A file goes through these states: written under a temporary name, forced to disk, renamed to
 * its own name, its directory forced to disk. Only then does the call return; a file under its own
 * name is whole. What a crash leaves under a temporary name is never listed or read, and is removed
 * with the recording's directory or when the recording is sealed at its destination.
 *
 * <p>What happens when things fail: a disk that is full, missing or not writable is {@link
 * dev.curfew.fault.ErrorCode#STORAGE_UNAVAILABLE}, and nothing under the file's own name has
 * changed; trying again is harmless. A file that is not there, in a folder that is, is {@link
 * dev.curfew.fault.ErrorCode#NOT_FOUND}: a share that is not mounted is never mistaken for a
 * recording that is gone. A copy that does not read back as it was sent is removed and {@link
 * dev.curfew.fault.ErrorCode#STORAGE_UNAVAILABLE}.
 */
@NullMarked
package dev.curfew.recording.storage;

import org.jspecify.annotations.NullMarked;
