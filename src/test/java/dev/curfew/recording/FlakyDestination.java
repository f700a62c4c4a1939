package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** A destination that can be told to be away, or to lose a byte of what it was given. */
final class FlakyDestination implements ArtefactDestination {
  private final ArtefactDestination real;
  volatile boolean away;
  volatile boolean losesAByte;

  FlakyDestination(ArtefactDestination real) {
    this.real = real;
  }

  @Override
  public void put(String name, InputStream content, long size) {
    reach();
    if (!losesAByte) {
      real.put(name, content, size);
      return;
    }
    try {
      byte[] bytes = content.readAllBytes();
      real.put(name, new ByteArrayInputStream(bytes, 0, bytes.length - 1), size - 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public InputStream open(String name) {
    reach();
    return real.open(name);
  }

  @Override
  public String location(String name) {
    return real.location(name);
  }

  private void reach() {
    if (away) {
      throw CurfewException.of(ErrorCode.STORAGE_UNAVAILABLE, "the destination is away");
    }
  }
}
