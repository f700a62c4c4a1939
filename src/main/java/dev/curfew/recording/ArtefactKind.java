package dev.curfew.recording;

/** What can be made of a recording. */
public enum ArtefactKind {
  VIDEO("video", "video/mp4", "video.mp4"),
  CAPTIONS("captions", "text/vtt", "captions.vtt"),
  TIMELINE("timeline", "application/json", "timeline.json"),
  THUMBNAIL("thumbnail", "image/png", "thumbnail.png"),
  RAW("raw", "application/octet-stream", "raw.bin");

  private final String label;
  private final String contentType;
  private final String fileName;

  ArtefactKind(String label, String contentType, String fileName) {
    this.label = label;
    this.contentType = contentType;
    this.fileName = fileName;
  }

  /** The name in paths, JSON and the database. */
  public String label() {
    return label;
  }

  public String contentType() {
    return contentType;
  }

  public String fileName() {
    return fileName;
  }
}
