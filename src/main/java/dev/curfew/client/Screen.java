package dev.curfew.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The whole of a terminal, for as long as something is watched. Leaves it as it was, however the
 * program ends.
 */
final class Screen implements AutoCloseable {
  private static final String ENTER = "\u001b[?1049h\u001b[?25l";
  private static final String LEAVE = "\u001b[?25h\u001b[?1049l";
  private static final String HOME = "\u001b[H";
  private static final String REST_OF_LINE = "\u001b[K";
  private static final String REST_OF_SCREEN = "\u001b[J";
  private static final int WIDTH = 80;
  private static final int HEIGHT = 24;
  private static final int END_OF_TEXT = 3;

  private final PrintStream out;
  private final InputStream in;
  private final String before;
  private final Thread onExit = new Thread(this::leave, "curfew-screen");
  private boolean left;

  /**
   * @param in the keys that are pressed
   */
  Screen(PrintStream out, InputStream in) {
    this.out = out;
    this.in = in;
    this.before = stty("-g").strip();
    Runtime.getRuntime().addShutdownHook(onExit);
    // Keys come one by one and are not shown; Ctrl-C still ends the program.
    stty("-icanon -echo min 0 time 0");
    out.print(ENTER);
    out.flush();
  }

  /** Replaces what is shown. */
  void show(List<String> lines) {
    StringBuilder screen = new StringBuilder(HOME);
    for (int i = 0; i < lines.size(); i++) {
      screen.append(i == 0 ? "" : "\r\n").append(lines.get(i)).append(REST_OF_LINE);
    }
    out.print(screen.append(REST_OF_SCREEN));
    out.flush();
  }

  /** Whether the person wants to stop. */
  boolean quits() {
    try {
      while (in.available() > 0) {
        int key = in.read();
        if (key == 'q' || key == 'Q' || key == END_OF_TEXT) {
          return true;
        }
      }
    } catch (IOException noKeys) {
      return false;
    }
    return false;
  }

  /** Lines and columns, as they are now. */
  int[] size() {
    String[] size = stty("size").strip().split(" ", -1);
    try {
      int height = Integer.parseInt(size[0]);
      int width = Integer.parseInt(size[1]);
      return height > 0 && width > 0 ? new int[] {height, width} : new int[] {HEIGHT, WIDTH};
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException unknown) {
      return new int[] {HEIGHT, WIDTH};
    }
  }

  private synchronized void leave() {
    if (!left) {
      left = true;
      out.print(LEAVE);
      out.flush();
      if (!before.isEmpty()) {
        stty(before);
      }
    }
  }

  @Override
  public void close() {
    leave();
    try {
      Runtime.getRuntime().removeShutdownHook(onExit);
    } catch (IllegalStateException exiting) {
      // The hook has run, or finds that nothing is left to do.
      return;
    }
  }

  /** What stty says of the terminal; nothing where there is no stty. */
  private static String stty(String arguments) {
    try {
      Process stty =
          new ProcessBuilder("sh", "-c", "stty " + arguments + " </dev/tty")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String said = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return stty.waitFor(1, TimeUnit.SECONDS) && stty.exitValue() == 0 ? said : "";
    } catch (IOException noShell) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
