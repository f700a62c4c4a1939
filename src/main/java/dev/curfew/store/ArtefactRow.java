package dev.curfew.store;

import dev.curfew.lease.ArtefactKind;
import org.jspecify.annotations.Nullable;

/**
 * What was made of a recording.
 *
 * @param sha256 in lower-case hex
 * @param location the finished file, until it has been uploaded
 * @param destination where it was uploaded to; null before
 */
public record ArtefactRow(
    ArtefactKind kind,
    String contentType,
    long size,
    String sha256,
    String location,
    @Nullable String destination) {}
