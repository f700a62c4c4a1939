package dev.curfew.lease;

import java.util.Optional;

/** What is made of a recording's chunks. */
public enum ArtefactKind {
  VIDEO("video", "video/mp4", "video.mp4"),
  /** WebVTT: keystrokes and clipboard at their times. */
  CAPTIONS("captions", "text/vtt", "captions.vtt"),
  /** Everything that was captured, as JSON. */
  TIMELINE("timeline", "application/json", "timeline.json"),
  THUMBNAIL("thumbnail", "image/png", "thumbnail.png"),
  /** The output of a terminal at its times, as asciicast. */
  ASCIICAST("asciicast", "application/x-asciicast", "terminal.cast"),
  /** The gateway's own recording, its pieces put together. */
  RAW("raw", "application/octet-stream", "raw.bin");

  private final String wireName;
  private final String contentType;
  private final String fileName;

  ArtefactKind(String wireName, String contentType, String fileName) {
    this.wireName = wireName;
    this.contentType = contentType;
    this.fileName = fileName;
  }

  /** As paths and the database spell it. */
  public String wireName() {
    return wireName;
  }

  /** The media type where whoever delivers it names no other. */
  public String contentType() {
    return contentType;
  }

  /** How its file is called where an encoder makes it and where it is delivered. */
  public String fileName() {
    return fileName;
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
