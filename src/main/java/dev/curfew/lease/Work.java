package dev.curfew.lease;

/** The two kinds of work on a recording whose session is over. */
public enum Work {
  ENCODE(RecordingStage.ENDED, RecordingStage.ENCODING, RecordingStage.DONE_ENCODED),
  UPLOAD(RecordingStage.DONE_ENCODED, RecordingStage.UPLOADING, RecordingStage.DONE_UPLOADED);

  private final RecordingStage waiting;
  private final RecordingStage underWay;
  private final RecordingStage done;

  Work(RecordingStage waiting, RecordingStage underWay, RecordingStage done) {
    this.waiting = waiting;
    this.underWay = underWay;
    this.done = done;
  }

  /** The stage from which it is claimed, and to which an attempt that failed puts it back. */
  public RecordingStage waiting() {
    return waiting;
  }

  /** The stage while a worker holds the claim. */
  public RecordingStage underWay() {
    return underWay;
  }

  /** The stage that the worker reports when it is finished. */
  public RecordingStage done() {
    return done;
  }

  /**
   * The work that a claimed recording is under.
   *
   * @throws IllegalArgumentException when the stage is not a claimed one
   */
  public static Work of(RecordingStage claimed) {
    return switch (claimed) {
      case ENCODING -> ENCODE;
      case UPLOADING -> UPLOAD;
      default -> throw new IllegalArgumentException(claimed + " is nobody's work");
    };
  }
}
