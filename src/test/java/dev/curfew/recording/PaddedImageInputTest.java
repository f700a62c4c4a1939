package dev.curfew.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import javax.imageio.IIOException;
import org.junit.jupiter.api.Test;

class PaddedImageInputTest {
  private final PaddedImageInput input = new PaddedImageInput(new byte[] {1, 2, 3});

  @Test
  void image_isFollowedByZeros() throws IOException {
    byte[] into = new byte[19];
    input.readFully(into);
    assertThat(into).startsWith(1, 2, 3, 0).endsWith(new byte[16]);
    input.seek(2);
    assertThat(input.readLong()).isEqualTo(3L << 56);
  }

  /** A reader takes the end of a stream as a matter of course, but not another failure. */
  @Test
  void readingOn_failsOtherwiseThanByTheEnd() throws IOException {
    input.seek(19);
    assertThatThrownBy(input::readByte)
        .isInstanceOf(IIOException.class)
        .isNotInstanceOf(EOFException.class);
    input.seek(12);
    assertThatThrownBy(input::readLong).isInstanceOf(IIOException.class);
  }
}
