package dev.curfew.recording;

import java.util.concurrent.Semaphore;

/**
 * The memory that images share while they are decoded. A few bytes can declare an image of any
 * size, and decoders allocate what is declared: without a common bound, some small files at the
 * same time would exhaust the heap of the whole process.
 *
 * <p>An image takes its share before it is decoded and waits, in the order of arrival, until there
 * is enough left. One that needs more than the whole is never decoded.
 */
final class DecodingMemory {
  /** Half of the heap, for all decoding in this process. */
  static final DecodingMemory PROCESS = new DecodingMemory(Runtime.getRuntime().maxMemory() / 2);

  private static final int KILOBYTE = 1024;

  // Measured as bytes allocated, and rounded up.

  /** Several copies of a row, of at most 8 bytes a pixel; nothing else but what is kept. */
  private static final long PNG_BYTES_PER_COLUMN = 32;

  /** The coefficients of a progressive picture, of four components; taken outside the heap. */
  private static final long JPEG_BYTES_PER_PIXEL = 8;

  /** The whole picture, several times, what is kept included. */
  private static final long WEBP_BYTES_PER_PIXEL = 32;

  /** Of an image with 16 bits a component. */
  private static final long KEPT_BYTES_PER_PIXEL = 8;

  private final int kilobytes;
  private final Semaphore free;

  DecodingMemory(long bytes) {
    this.kilobytes = (int) Math.min(Integer.MAX_VALUE, bytes / KILOBYTE);
    this.free = new Semaphore(kilobytes, true);
  }

  /** A part of the memory, given back by closing it. */
  interface Share extends AutoCloseable {
    @Override
    void close();
  }

  /** Whether the image could be decoded if it were alone. */
  boolean holds(ImageStructure image, int subsampling) {
    return kilobytesFor(image, subsampling) <= kilobytes;
  }

  /**
   * Waits until the image can be decoded.
   *
   * @throws IllegalArgumentException when it never can: see {@link #holds}
   */
  Share take(ImageStructure image, int subsampling) {
    if (!holds(image, subsampling)) {
      throw new IllegalArgumentException("an image larger than the memory for decoding");
    }
    int share = (int) kilobytesFor(image, subsampling);
    free.acquireUninterruptibly(share);
    return () -> free.release(share);
  }

  private static long kilobytesFor(ImageStructure image, int subsampling) {
    long kept =
        KEPT_BYTES_PER_PIXEL
            * keptOf(image.width(), subsampling)
            * keptOf(image.height(), subsampling);
    long decoding =
        switch (image.format()) {
          case PNG -> PNG_BYTES_PER_COLUMN * image.width() + kept;
          case JPEG -> JPEG_BYTES_PER_PIXEL * image.pixels() + kept;
          case WEBP -> WEBP_BYTES_PER_PIXEL * image.pixels();
        };
    // The decoder's input keeps a copy of the file.
    return 1 + (decoding + image.decodable().length) / KILOBYTE;
  }

  private static long keptOf(int length, int subsampling) {
    return 1 + (length - 1L) / subsampling;
  }
}
