package dev.curfew.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @TempDir Path root;

  @Test
  void open_createsAPrivateDirectory() throws Exception {
    Path path = root.resolve("a/b");
    try (DataDirectory directory = DataDirectory.open(path)) {
      assertThat(directory.path()).isEqualTo(path.toRealPath());
      assertThat(mode(path)).isEqualTo("rwx------");
      assertThat(mode(directory.privateDirectory("c"))).isEqualTo("rwx------");
    }
  }

  @Test
  void open_twice_isRefusedAndKeepsTheFirstLock() throws Exception {
    try (DataDirectory held = DataDirectory.open(root)) {
      assertThat(refusal(root).getMessage()).contains("in use").contains("this process");
      assertThat(refusal(root.resolve("../" + root.getFileName())).code())
          .isEqualTo(ErrorCode.BAD_CONFIGURATION);
      // The lock of the operating system too, which a second descriptor here would have dropped.
      assertThat(isLockedForOthers(held)).isTrue();
    }
    DataDirectory.open(root).close();
  }

  @Test
  void close_twice_doesNotFreeAnotherHolder() throws Exception {
    DataDirectory first = DataDirectory.open(root);
    first.close();
    try (DataDirectory second = DataDirectory.open(root)) {
      first.close();
      assertThat(refusal(root).getMessage()).contains("in use");
      assertThat(isLockedForOthers(second)).isTrue();
    }
  }

  @Test
  void open_aFile_isRefusedByName() throws Exception {
    Path file = Files.writeString(root.resolve("file"), "");

    assertThat(refusal(file).code()).isEqualTo(ErrorCode.BAD_CONFIGURATION);
    assertThat(refusal(file).getMessage()).contains(file.toString());
  }

  @Test
  void secret_isMadeOnceAndPrivate() throws Exception {
    Path file = Path.of("secrets.key");
    String made;
    try (DataDirectory directory = DataDirectory.open(root)) {
      made = directory.secret(file, 32);
      assertThat(Base64.getDecoder().decode(made)).hasSize(32);
      assertThat(directory.secret(file, 32)).isEqualTo(made);
      assertThat(directory.secret(Path.of("other.key"), 32)).isNotEqualTo(made);
    }
    assertThat(mode(root.resolve(file))).isEqualTo("rw-------");
    try (DataDirectory directory = DataDirectory.open(root)) {
      assertThat(directory.secret(file, 32)).isEqualTo(made);
    }
  }

  @Test
  void secret_thatOthersCanRead_isRefused() throws Exception {
    try (DataDirectory directory = DataDirectory.open(root)) {
      directory.secret(Path.of("secrets.key"), 32);
      Files.setPosixFilePermissions(
          root.resolve("secrets.key"), PosixFilePermissions.fromString("rw-r-----"));

      CurfewException refusal =
          catchThrowableOfType(
              CurfewException.class, () -> directory.secret(Path.of("secrets.key"), 32));

      assertThat(refusal.code()).isEqualTo(ErrorCode.BAD_CONFIGURATION);
      assertThat(refusal.getMessage()).contains("secrets.key").contains("chmod 600");
    }
  }

  /** Asked of the kernel, as another process would be. */
  private static boolean isLockedForOthers(DataDirectory directory) throws Exception {
    long inode =
        ((Number) Files.getAttribute(directory.path().resolve("curfew.lock"), "unix:ino"))
            .longValue();
    return Files.readString(Path.of("/proc/locks"))
        .lines()
        .anyMatch(line -> line.contains(":" + inode + " ") && line.contains("WRITE"));
  }

  private static CurfewException refusal(Path path) {
    return catchThrowableOfType(CurfewException.class, () -> DataDirectory.open(path));
  }

  private static String mode(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
