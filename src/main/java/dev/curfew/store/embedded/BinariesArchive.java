package dev.curfew.store.embedded;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** The PostgreSQL programs for this machine, as they come in the jar. */
final class BinariesArchive {
  private BinariesArchive() {}

  /**
   * Unpacks the programs, unless that was done before. Processes that do so at the same time do not
   * disturb each other: each unpacks for itself, and the first to finish puts its copy in place.
   *
   * @param cache where unpacked programs are kept, each version under its own name
   * @return the directory with {@code bin}, {@code lib} and {@code share}
   * @throws CurfewException BAD_CONFIGURATION when there are no programs for this machine
   */
  static Path unpackInto(Path cache) throws IOException {
    byte[] archive = read(resourceName());
    Path unpacked = cache.resolve("postgresql-" + sha256(archive).substring(0, 16));
    if (Files.isDirectory(unpacked)) {
      return unpacked;
    }
    Files.createDirectories(cache);
    Path unfinished = Files.createTempDirectory(cache, "unpacking-");
    try {
      extract(archive, unfinished);
      Files.move(unfinished, unpacked, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      // A directory that has content cannot be replaced: somebody else was first.
      if (!Files.isDirectory(unpacked)) {
        throw e;
      }
    } finally {
      deleteTree(unfinished);
    }
    return unpacked;
  }

  private static String resourceName() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String machine =
        switch (System.getProperty("os.arch", "")) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64" -> "arm_64";
          default -> "unknown";
        };
    return "/postgres-" + system + "-" + machine + ".txz";
  }

  private static byte[] read(String resource) throws IOException {
    try (InputStream in = BinariesArchive.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw CurfewException.of(
            ErrorCode.BAD_CONFIGURATION,
            "there is no embedded PostgreSQL for this machine ("
                + resource
                + "): set database.url");
      }
      return in.readAllBytes();
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void extract(byte[] archive, Path target) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(archive)))) {
      TarArchiveEntry entry;
      while ((entry = tar.getNextEntry()) != null) {
        Path file = target.resolve(entry.getName()).normalize();
        if (!file.startsWith(target)) {
          throw new IOException("entry outside the archive: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(file);
          continue;
        }
        Files.createDirectories(file.resolve("..").normalize());
        if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
        } else {
          Files.copy(tar, file);
          boolean executable = (entry.getMode() & 0100) != 0;
          Files.setPosixFilePermissions(
              file, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
        }
      }
    }
  }

  /** Deletes a directory with all that is in it, if it exists. */
  static void deleteTree(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
