package dev.curfew.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The network that splits are tried on. */
@Tag("full")
class NetworkLabIT {

  private static boolean reaches(NetworkLab.Host from, NetworkLab.Host to) {
    List<String> command = new ArrayList<>(from.prefix());
    // A connection that is refused has come through.
    command.addAll(
        List.of("timeout", "1", "bash", "-c", "exec 3<>/dev/tcp/" + to.address() + "/9 || exit 1"));
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 1;
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Test
  void split_losesWhatGoesAcrossUntilItIsMended() {
    try (NetworkLab lab = NetworkLab.open(3)) {
      NetworkLab.Host alone = lab.host(2);
      assertThat(reaches(lab.host(0), alone)).isTrue();

      lab.split(Set.of(alone));
      assertThat(reaches(lab.host(0), alone)).isFalse();
      assertThat(reaches(alone, lab.host(1))).isFalse();
      assertThat(reaches(lab.host(0), lab.host(1))).isTrue();
      assertThat(reaches(alone, lab.gateway())).isTrue();

      lab.mend();
      assertThat(reaches(lab.host(0), alone)).isTrue();
      assertThat(reaches(alone, lab.host(1))).isTrue();

      lab.cut(alone, lab.gateway());
      assertThat(reaches(alone, lab.gateway())).isFalse();
      assertThat(reaches(alone, lab.host(0))).isTrue();
    }
  }
}
