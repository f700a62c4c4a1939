package dev.curfew.terminal;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes an asciicast of a raw recording, if that is one of a terminal. Its beginning is looked at
 * first:
 *
 * <ul>
 *   <li>The output of a terminal becomes events at the times at which its pieces were captured,
 *       with what was typed between them.
 *   <li>A ttyrec becomes events at the times that it has itself.
 *   <li>An asciicast is passed on as it is.
 *   <li>Of anything else no asciicast is made.
 * </ul>
 *
 * No more than the beginning, one piece and an unfinished control sequence are in memory.
 */
public final class TerminalRecording implements Closeable {
  /** Enough to tell the format, and to find the first size that a program asked for. */
  private static final int SAMPLE = 64 * 1024;

  private static final int DEFAULT_COLUMNS = 80;
  private static final int DEFAULT_ROWS = 24;
  private static final long MICROS_A_MILLI = 1_000;

  /** Opens the file that the asciicast is written to; called at most once. */
  @FunctionalInterface
  public interface Target {
    OutputStream open() throws IOException;
  }

  /**
   * @param at milliseconds since the epoch
   */
  private record Piece(long at, byte[] bytes) {}

  /** What is done with pieces, once the format is known. */
  private interface Sink {
    void piece(Piece piece) throws IOException;

    void finish() throws IOException;
  }

  private final String title;
  private final Target target;
  private final Keys keys;
  private final Consumer<String> fault;
  private final List<Piece> beginning = new ArrayList<>();
  private int sampled;
  private @Nullable Sink sink;
  private @Nullable Closeable open;

  /**
   * @param keys what was typed, in order of time; only asked when it is a terminal's output
   * @param fault is told, once at most, why a recording is not converted to its end; completes "the
   *     recording ..."
   */
  public TerminalRecording(
      String title, Target target, Iterable<TypedKeys> keys, Consumer<String> fault) {
    this.title = title;
    this.target = target;
    this.keys = new Keys(keys);
    this.fault = fault;
  }

  /**
   * Takes the next piece.
   *
   * @param at when it was captured, milliseconds since the epoch
   */
  public void piece(long at, byte[] bytes) throws IOException {
    Piece piece = new Piece(at, bytes);
    if (sink != null) {
      sink.piece(piece);
      return;
    }
    beginning.add(piece);
    sampled += bytes.length;
    if (sampled >= SAMPLE) {
      decide();
    }
  }

  /**
   * Ends the asciicast.
   *
   * @return whether there is one; when not, nothing was opened
   */
  public boolean finish() throws IOException {
    Sink to = sink == null ? decide() : sink;
    to.finish();
    return open != null;
  }

  @Override
  public void close() throws IOException {
    if (open != null) {
      open.close();
    }
  }

  private Sink decide() throws IOException {
    ByteArrayOutputStream sample = new ByteArrayOutputStream();
    for (Piece piece : beginning) {
      sample.writeBytes(piece.bytes);
    }
    Sink decided =
        switch (RawFormat.of(sample.toByteArray())) {
          case ASCIICAST -> copy();
          case TTYREC -> new Ttyrec();
          case OUTPUT -> new Output();
          case OTHER -> new Nothing();
        };
    sink = decided;
    for (Piece piece : beginning) {
      decided.piece(piece);
    }
    beginning.clear();
    return decided;
  }

  private Sink copy() throws IOException {
    OutputStream out = target.open();
    open = out;
    return new Sink() {
      @Override
      public void piece(Piece piece) throws IOException {
        out.write(piece.bytes);
      }

      @Override
      public void finish() throws IOException {
        out.flush();
      }
    };
  }

  private static final class Nothing implements Sink {
    @Override
    public void piece(Piece piece) {
      // Whatever it is, it is kept elsewhere.
    }

    @Override
    public void finish() {
      // Nothing was begun.
    }
  }

  /** A terminal's output as events, at times in micros since the epoch. */
  private final class Events implements TerminalText.Screen {
    private final TerminalText text = new TerminalText();
    private final CastWriter cast;
    private int columns;
    private int rows;
    private long at;

    /**
     * @param begin the time of the first event
     * @param first the size that the terminal has until it is resized
     */
    Events(long begin, Size first) throws IOException {
      this.columns = first.columns;
      this.rows = first.rows;
      this.cast = new CastWriter(target.open(), columns, rows, begin, title);
      open = cast;
    }

    void accept(long time, byte[] bytes) throws IOException {
      at = time;
      text.accept(bytes, this);
    }

    void typed(TypedKeys typed) throws IOException {
      cast.input(typed.at() * MICROS_A_MILLI, typed.text());
    }

    void finish() throws IOException {
      text.finish(this);
    }

    @Override
    public void output(String shown) throws IOException {
      cast.output(at, shown);
    }

    @Override
    public void resized(int newColumns, int newRows) throws IOException {
      if (newColumns != columns || newRows != rows) {
        columns = newColumns;
        rows = newRows;
        cast.resize(at, newColumns, newRows);
      }
    }
  }

  private final class Output implements Sink {
    private final Events events;

    Output() throws IOException {
      long begin = Math.min(beginning.get(0).at, keys.nextAt());
      Size size = new Size();
      TerminalText text = new TerminalText();
      for (Piece piece : beginning) {
        text.accept(piece.bytes, size);
      }
      events = new Events(begin * MICROS_A_MILLI, size);
    }

    @Override
    public void piece(Piece piece) throws IOException {
      while (keys.nextAt() <= piece.at) {
        events.typed(keys.next());
      }
      events.accept(piece.at * MICROS_A_MILLI, piece.bytes);
    }

    @Override
    public void finish() throws IOException {
      events.finish();
      while (keys.nextAt() < Long.MAX_VALUE) {
        events.typed(keys.next());
      }
    }
  }

  /** Has its own clock, which need not be the gateway's: what was typed has no place in it. */
  private final class Ttyrec implements Sink {
    private final TtyrecFrames frames = new TtyrecFrames();
    private final Size size = new Size();
    private @Nullable Events events;

    Ttyrec() throws IOException {
      TerminalText text = new TerminalText();
      TtyrecFrames sample = new TtyrecFrames();
      for (Piece piece : beginning) {
        sample.accept(piece.bytes, (at, output) -> text.accept(output, size));
      }
    }

    @Override
    public void piece(Piece piece) throws IOException {
      if (!frames.accept(piece.bytes, this::frame)) {
        fault.accept("goes on as something else than the ttyrec that it began as");
      }
    }

    private void frame(long at, byte[] output) throws IOException {
      if (events == null) {
        events = new Events(at, size);
      }
      events.accept(at, output);
    }

    @Override
    public void finish() throws IOException {
      if (events != null) {
        events.finish();
      }
    }
  }

  /** The first size that a program asks for: the terminal had it then, or was given it. */
  private static final class Size implements TerminalText.Screen {
    private int columns = DEFAULT_COLUMNS;
    private int rows = DEFAULT_ROWS;
    private boolean known;

    @Override
    public void output(String shown) {
      // Only sizes are wanted.
    }

    @Override
    public void resized(int newColumns, int newRows) {
      if (!known) {
        known = true;
        columns = newColumns;
        rows = newRows;
      }
    }
  }

  /** What was typed, one ahead. */
  private static final class Keys {
    private final Iterable<TypedKeys> all;
    private @Nullable Iterator<TypedKeys> iterator;
    private @Nullable TypedKeys next;

    Keys(Iterable<TypedKeys> all) {
      this.all = all;
    }

    /** Its time; the largest number at the end. */
    long nextAt() {
      TypedKeys ahead = peek();
      return ahead == null ? Long.MAX_VALUE : ahead.at();
    }

    TypedKeys next() {
      TypedKeys taken = peek();
      if (taken == null) {
        throw new IllegalStateException("nothing more was typed");
      }
      next = null;
      return taken;
    }

    private @Nullable TypedKeys peek() {
      if (iterator == null) {
        iterator = all.iterator();
      }
      if (next == null && iterator.hasNext()) {
        next = iterator.next();
      }
      return next;
    }
  }
}
