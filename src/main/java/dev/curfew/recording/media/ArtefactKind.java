package dev.curfew.recording.media;

/** The files that an encoding makes. */
public enum ArtefactKind {
  VIDEO("video", "video.mp4", "video/mp4"),
  CAPTIONS("captions", "captions.vtt", "text/vtt; charset=utf-8"),
  TIMELINE("timeline", "timeline.json", "application/json"),
  THUMBNAIL("thumbnail", "thumbnail.png", "image/png");

  private final String label;
  private final String fileName;
  private final String contentType;

  ArtefactKind(String label, String fileName, String contentType) {
    this.label = label;
    this.fileName = fileName;
    this.contentType = contentType;
  }

  /** The kind as the database and the interfaces name it. */
  public String label() {
    return label;
  }

  /** The name of the file inside the output directory. */
  public String fileName() {
    return fileName;
  }

  public String contentType() {
    return contentType;
  }
}
