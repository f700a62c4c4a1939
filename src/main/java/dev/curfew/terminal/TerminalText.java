package dev.curfew.terminal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The output of a terminal, decoded from pieces that end anywhere: a character or a control
 * sequence that one piece begins is held back until a later one completes it. Bytes that are no
 * UTF-8 become U+FFFD. Put together, the text is the same however the bytes were cut.
 *
 * <p>Control sequences as in ECMA-48, with the strings that xterm has (OSC, ended by BEL as well).
 */
final class TerminalText {
  private static final int SLICE = 32 * 1024;

  /** Pictures come as one sequence of any length; more than this is not held back. */
  private static final int MOST_HELD = 64 * 1024;

  /** {@code CSI 8 ; rows ; columns t}: the window gets this size in characters. */
  private static final Pattern RESIZE = Pattern.compile("8;(\\d{1,4});(\\d{1,4})");

  private static final int LONGEST_PARAMETERS = 16;

  private static final char BEL = 0x07;
  private static final char CAN = 0x18;
  private static final char SUB = 0x1a;
  private static final char ESC = 0x1b;
  private static final char DEL = 0x7f;
  private static final char STRING_TERMINATOR = 0x9c;

  /** Who is told what the terminal shows. */
  interface Screen {
    void output(String text) throws IOException;

    void resized(int columns, int rows) throws IOException;
  }

  /** Where in a control sequence the text has come to. */
  private enum State {
    GROUND,
    ESCAPE,
    INTERMEDIATE,
    CSI,
    OSC,
    STRING,
    /** Behind an ESC in a string: it ends it, with a backslash or without. */
    STRING_ESCAPE
  }

  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private final ByteBuffer bytes = ByteBuffer.allocate(SLICE);
  private final CharBuffer chars = CharBuffer.allocate(SLICE);
  private final StringBuilder held = new StringBuilder();
  private final StringBuilder parameters = new StringBuilder();
  private State state = State.GROUND;

  /** Of the sequence that has begun, in what is held. */
  private int start;

  /** Takes the next piece. */
  void accept(byte[] piece, Screen screen) throws IOException {
    for (int from = 0; from < piece.length; ) {
      int length = Math.min(bytes.remaining(), piece.length - from);
      bytes.put(piece, from, length);
      from += length;
      decode(false, screen);
    }
  }

  /** Gives out what is still held back. */
  void finish(Screen screen) throws IOException {
    decode(true, screen);
    give(held.length(), screen);
  }

  private void decode(boolean end, Screen screen) throws IOException {
    bytes.flip();
    decoder.decode(bytes, chars, end);
    bytes.compact();
    chars.flip();
    int scanned = held.length();
    held.append(chars);
    chars.clear();
    scan(scanned, screen);
  }

  private void scan(int from, Screen screen) throws IOException {
    for (int i = from; i < held.length(); i++) {
      char c = held.charAt(i);
      boolean resized = state == State.CSI && c == 't';
      state = next(c, i);
      if (resized) {
        Matcher size = RESIZE.matcher(parameters);
        if (size.matches()) {
          give(i + 1, screen);
          i = -1;
          resize(Integer.parseInt(size.group(2)), Integer.parseInt(size.group(1)), screen);
        }
      }
    }
    int whole = state == State.GROUND ? held.length() : start;
    give(held.length() - whole > MOST_HELD ? held.length() : whole, screen);
  }

  private static void resize(int columns, int rows, Screen screen) throws IOException {
    if (columns > 0 && rows > 0) {
      screen.resized(columns, rows);
    }
  }

  private void give(int length, Screen screen) throws IOException {
    if (length > 0) {
      String text = held.substring(0, length);
      held.delete(0, length);
      start = Math.max(0, start - length);
      screen.output(text);
    }
  }

  private State next(char c, int at) {
    if (c == ESC && state != State.OSC && state != State.STRING) {
      start = at;
      return State.ESCAPE;
    }
    if (c == CAN || c == SUB) {
      return State.GROUND;
    }
    return switch (state) {
      case GROUND -> State.GROUND;
      case ESCAPE -> escape(c);
      case INTERMEDIATE -> isIntermediate(c) || isControl(c) ? State.INTERMEDIATE : State.GROUND;
      case CSI -> csi(c);
      case OSC -> c == BEL ? State.GROUND : string(c, State.OSC);
      case STRING -> string(c, State.STRING);
      case STRING_ESCAPE -> escape(c);
    };
  }

  private State escape(char c) {
    return switch (c) {
      case '[' -> {
        parameters.setLength(0);
        yield State.CSI;
      }
      case ']' -> State.OSC;
      case 'P', 'X', '^', '_' -> State.STRING;
      default -> {
        if (isIntermediate(c)) {
          yield State.INTERMEDIATE;
        }
        yield isControl(c) ? State.ESCAPE : State.GROUND;
      }
    };
  }

  private State csi(char c) {
    if (isControl(c)) {
      return State.CSI;
    }
    if (c >= '@') {
      return State.GROUND;
    }
    // One that is longer than any size must not look like one.
    if (parameters.length() < LONGEST_PARAMETERS) {
      parameters.append(c);
    }
    return State.CSI;
  }

  private static State string(char c, State same) {
    if (c == ESC) {
      return State.STRING_ESCAPE;
    }
    return c == STRING_TERMINATOR ? State.GROUND : same;
  }

  private static boolean isIntermediate(char c) {
    return c >= ' ' && c <= '/';
  }

  private static boolean isControl(char c) {
    return c < ' ' || c == DEL;
  }
}
