package dev.curfew.recording;

import java.util.List;

/**
 * What came of holding a recording against its manifest.
 *
 * @param chunks how many chunks the manifest lists
 * @param faults what is wrong, one line each, in order; empty when all is as it was captured
 */
public record ChainReport(long chunks, List<String> faults) {
  public ChainReport {
    faults = List.copyOf(faults);
  }

  public boolean intact() {
    return faults.isEmpty();
  }
}
