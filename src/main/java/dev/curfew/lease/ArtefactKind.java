package dev.curfew.lease;

import java.util.Optional;

/** What is made of a recording's chunks. */
public enum ArtefactKind {
  VIDEO("video", "video/mp4"),
  /** WebVTT: keystrokes and clipboard at their times. */
  CAPTIONS("captions", "text/vtt"),
  /** Everything that was captured, as JSON. */
  TIMELINE("timeline", "application/json"),
  THUMBNAIL("thumbnail", "image/jpeg"),
  /** The gateway's own recording, its pieces put together. */
  RAW("raw", "application/octet-stream");

  private final String wireName;
  private final String contentType;

  ArtefactKind(String wireName, String contentType) {
    this.wireName = wireName;
    this.contentType = contentType;
  }

  /** As paths and the database spell it. */
  public String wireName() {
    return wireName;
  }

  /** The media type where whoever delivers it names no other. */
  public String contentType() {
    return contentType;
  }

  public static Optional<ArtefactKind> ofWireName(String name) {
    for (ArtefactKind kind : values()) {
      if (kind.wireName.equals(name)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }
}
