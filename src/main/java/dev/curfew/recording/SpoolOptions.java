package dev.curfew.recording;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How this node keeps what is captured while the store of raw recordings is away.
 *
 * @param node the node's name, unique in the cluster: the manifest names it as the holder
 * @param directory of this node alone; survives its restart
 * @param limit bytes on disk; what comes then is refused
 * @param patience how long the store may take for a chunk before it is taken to be away
 * @param firstRetry until the store is tried again; twice as long each further time
 * @param longestRetry the most that becomes of it
 */
public record SpoolOptions(
    String node,
    Path directory,
    long limit,
    Duration patience,
    Duration firstRetry,
    Duration longestRetry) {}
