package dev.curfew.recording;

import dev.curfew.lease.ChunkKind;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What could not be used of a recording, in the order in which it was found. It is kept in a file,
 * which is there as soon as there is anything: a store that has lost much would otherwise fill the
 * memory.
 */
final class DamageLog implements AutoCloseable {
  /** How much of it is told without reading the file. */
  private static final int FIRST = 100;

  private final Path file;
  private final List<DamagedChunk> first = new ArrayList<>();
  private @Nullable DataOutputStream out;
  private int count;
  private int frames;

  /**
   * @param file where to keep it; {@link #close} removes it
   */
  DamageLog(Path file) {
    this.file = file;
  }

  void add(DamagedChunk chunk) {
    try {
      DataOutputStream to = out;
      if (to == null) {
        to = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)));
        out = to;
      }
      to.writeLong(chunk.sequence());
      to.writeShort(chunk.kind().code());
      to.writeLong(chunk.capturedAt());
      to.writeUTF(chunk.reason());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    count++;
    if (chunk.kind() == ChunkKind.SCREENSHOT) {
      frames++;
    }
    if (first.size() < FIRST) {
      first.add(chunk);
    }
  }

  int count() {
    return count;
  }

  /** How many of them are screenshots. */
  int frames() {
    return frames;
  }

  /** The first hundred. */
  List<DamagedChunk> first() {
    return List.copyOf(first);
  }

  /** Begins to read what was added so far. */
  Reader read() throws IOException {
    if (out == null) {
      return new Reader(new DataInputStream(InputStream.nullInputStream()));
    }
    out.flush();
    return new Reader(new DataInputStream(new BufferedInputStream(Files.newInputStream(file))));
  }

  /** Goes through the log once. */
  static final class Reader implements AutoCloseable {
    private final DataInputStream in;

    private Reader(DataInputStream in) {
      this.in = in;
    }

    /** The next one; null at the end. */
    @Nullable DamagedChunk next() throws IOException {
      long sequence;
      try {
        sequence = in.readLong();
      } catch (EOFException end) {
        return null;
      }
      return new DamagedChunk(
          sequence, ChunkKind.ofCode(in.readShort()), in.readLong(), in.readUTF());
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      try {
        out.close();
      } finally {
        Files.deleteIfExists(file);
      }
    }
  }
}
