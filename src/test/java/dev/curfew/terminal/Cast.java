package dev.curfew.terminal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A raw recording, piece by piece, and what becomes of it. */
final class Cast {
  static final long START = 1_800_000_000_000L;

  private record Piece(long at, byte[] bytes) {}

  private final List<Piece> pieces = new ArrayList<>();
  private final List<TypedKeys> keys = new ArrayList<>();
  final List<String> faults = new ArrayList<>();

  /**
   * @param at milliseconds from the start
   */
  Cast piece(long at, byte[] bytes) {
    pieces.add(new Piece(START + at, bytes));
    return this;
  }

  Cast piece(long at, String text) {
    return piece(at, text.getBytes(StandardCharsets.UTF_8));
  }

  Cast typed(long at, String text) {
    keys.add(new TypedKeys(START + at, text));
    return this;
  }

  /** The file that is made of it; empty when there is none. */
  Optional<String> file() {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (TerminalRecording recording =
        new TerminalRecording("a title", () -> file, keys, faults::add)) {
      for (Piece piece : pieces) {
        recording.piece(piece.at, piece.bytes);
      }
      if (!recording.finish()) {
        return Optional.empty();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Optional.of(file.toString(StandardCharsets.UTF_8));
  }

  ParsedCast parsed() {
    return ParsedCast.of(file().orElseThrow());
  }
}
