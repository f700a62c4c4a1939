package dev.curfew;

import picocli.CommandLine.Option;

/** How many rows a list has at most. */
final class LimitOption {
  @Option(names = "--limit", paramLabel = "N", defaultValue = "50", description = "At most 500.")
  private int rows;

  int rows() {
    return rows;
  }
}
