package dev.curfew.store;

import dev.curfew.lease.ArtefactKind;
import org.jspecify.annotations.Nullable;

/**
 * What was made of a recording.
 *
 * @param size of the plain content in bytes
 * @param sha256 of the plain content, in lower-case hex
 * @param stored what lies at location and destination
 * @param location the finished file, until it has been uploaded
 * @param destination where it was uploaded to; null before
 */
public record ArtefactRow(
    ArtefactKind kind,
    String contentType,
    long size,
    String sha256,
    StoredForm stored,
    String location,
    @Nullable String destination) {}
