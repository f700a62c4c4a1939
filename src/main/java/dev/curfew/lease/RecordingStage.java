package dev.curfew.lease;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** How far the recording of a session has come. See the package for the picture. */
public enum RecordingStage {
  /** The session lives; chunks are taken. */
  CONNECTED(1, "Connected"),
  /** The session is over; waits for an encoder. */
  ENDED(2, "Ended"),
  /** An encoder has claimed it. */
  ENCODING(3, "Encoding"),
  /** Waits for an uploader. */
  DONE_ENCODED(4, "Done-Encoded"),
  /** An uploader has claimed it. */
  UPLOADING(5, "Uploading"),
  /** At its destination, read back and found the same. */
  DONE_UPLOADED(6, "Done-Uploaded"),
  /** The last attempt failed; an administrator may have it retried. */
  FAILED(7, "Failed");

  private final short code;
  private final String wireName;

  RecordingStage(int code, String wireName) {
    this.code = (short) code;
    this.wireName = wireName;
  }

  /** The number stored in the database; never reused. */
  public short code() {
    return code;
  }

  /** As the PSM dialect and the events spell it. */
  public String wireName() {
    return wireName;
  }

  /** Whether a worker has claimed it. */
  public boolean claimed() {
    return this == ENCODING || this == UPLOADING;
  }

  /** The stages that may follow this one. */
  public Set<RecordingStage> successors() {
    return switch (this) {
      case CONNECTED -> EnumSet.of(ENDED);
      case ENDED -> EnumSet.of(ENCODING);
      case ENCODING -> EnumSet.of(DONE_ENCODED, ENDED, FAILED);
      case DONE_ENCODED -> EnumSet.of(UPLOADING);
      case UPLOADING -> EnumSet.of(DONE_UPLOADED, DONE_ENCODED, FAILED);
      case DONE_UPLOADED -> EnumSet.noneOf(RecordingStage.class);
      case FAILED -> EnumSet.of(ENDED, DONE_ENCODED);
    };
  }

  public static RecordingStage ofCode(int code) {
    for (RecordingStage stage : values()) {
      if (stage.code == code) {
        return stage;
      }
    }
    throw new IllegalArgumentException("no recording stage " + code);
  }

  /** The stage of that name, however its letters are cased. */
  public static Optional<RecordingStage> ofWireName(String name) {
    for (RecordingStage stage : values()) {
      if (stage.wireName.toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
        return Optional.of(stage);
      }
    }
    return Optional.empty();
  }
}
