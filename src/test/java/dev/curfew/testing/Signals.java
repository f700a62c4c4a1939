package dev.curfew.testing;

import java.io.IOException;

/** Signals to processes that Java has no calls for. */
public final class Signals {
  private Signals() {}

  /** Stops a process where it is, or lets it go on. */
  public static void setSuspended(ProcessHandle process, boolean suspended) {
    try {
      Process kill =
          new ProcessBuilder("kill", suspended ? "-STOP" : "-CONT", Long.toString(process.pid()))
              .start();
      Await.until("the signal", () -> !kill.isAlive());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
