package dev.curfew.recording.storage;

/**
 * A screenshot that was proven to be a whole image.
 *
 * @param width pixels
 * @param height pixels
 */
public record Image(Format format, int width, int height) {

  /** What screenshots may be. */
  public enum Format {
    PNG("png", "image/png"),
    JPEG("jpg", "image/jpeg"),
    WEBP("webp", "image/webp");

    private final String extension;
    private final String contentType;

    Format(String extension, String contentType) {
      this.extension = extension;
      this.contentType = contentType;
    }

    public String extension() {
      return extension;
    }

    public String contentType() {
      return contentType;
    }
  }

  /** The extension of the image's file, without a dot. */
  public String extension() {
    return format.extension();
  }

  public String contentType() {
    return format.contentType();
  }
}
