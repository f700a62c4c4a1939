package dev.curfew.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.XmlConfigBuilder;
import com.hazelcast.core.HazelcastException;
import dev.curfew.config.CurfewConfig;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/** Hazelcast's configuration of this node: {@code cluster.xml}, filled in from the settings. */
final class HazelcastConfiguration {
  private static final String FILE = "cluster.xml";
  private static final Path BESIDE = Path.of(FILE);

  private HazelcastConfiguration() {}

  /**
   * Reads it. Blocks: names are resolved, files read.
   *
   * @throws CurfewException BAD_CONFIGURATION
   */
  static Config read(CurfewConfig.Cluster settings, InetAddress host) {
    Optional<Path> file =
        settings.config().or(() -> Optional.of(BESIDE).filter(Files::isRegularFile));
    String name = file.map(Path::toString).orElse("the jar's " + FILE);
    try (InputStream xml = open(file)) {
      Config config = new XmlConfigBuilder(xml).setProperties(placeholders(settings, host)).build();
      // Both are Curfew's to decide: messages go where all go, and the stop has its own order.
      return config
          .setProperty("hazelcast.logging.type", "slf4j")
          .setProperty("hazelcast.shutdownhook.enabled", "false");
    } catch (FileNotFoundException | NoSuchFileException missing) {
      throw CurfewException.of(
          ErrorCode.BAD_CONFIGURATION, "cluster.config: there is no file " + name);
    } catch (HazelcastException | IOException unusable) {
      throw CurfewException.of(
          ErrorCode.BAD_CONFIGURATION,
          "cluster.config: " + name + " cannot be used: " + unusable.getMessage());
    }
  }

  private static InputStream open(Optional<Path> file) throws IOException {
    if (file.isPresent()) {
      return Files.newInputStream(file.get());
    }
    InputStream bundled = HazelcastConfiguration.class.getClassLoader().getResourceAsStream(FILE);
    if (bundled == null) {
      throw new IllegalStateException(FILE + " is not in the jar");
    }
    return bundled;
  }

  private static Properties placeholders(CurfewConfig.Cluster settings, InetAddress host) {
    // Whoever is given no others waits to be found.
    List<String> members =
        settings.members().isEmpty() ? List.of(settings.host()) : settings.members();
    Properties values = new Properties();
    values.setProperty("cluster.name", settings.name());
    values.setProperty("cluster.host", host.getHostAddress());
    values.setProperty("cluster.port", Integer.toString(settings.port()));
    values.setProperty("cluster.members", String.join(",", members));
    return values;
  }

  /**
   * Finds out before anything starts what is not there.
   *
   * @throws CurfewException BAD_CONFIGURATION
   */
  static void checkFiles(CurfewConfig.ClusterTls tls) {
    tls.certificate().ifPresent(file -> checkReadable("cluster.tls.certificate", file));
    tls.key().ifPresent(file -> checkReadable("cluster.tls.key", file));
    tls.trust().ifPresent(file -> checkReadable("cluster.tls.trust", file));
  }

  private static void checkReadable(String setting, Path file) {
    if (!Files.isReadable(file)) {
      throw CurfewException.of(
          ErrorCode.BAD_CONFIGURATION, setting + ": " + file + " cannot be read");
    }
  }

  /**
   * The address to bind.
   *
   * @throws CurfewException BAD_CONFIGURATION when it is not one of this machine
   */
  static InetAddress host(CurfewConfig.Cluster settings) {
    try {
      InetAddress address = InetAddress.getByName(settings.host());
      if (NetworkInterface.getByInetAddress(address) == null && !address.isLoopbackAddress()) {
        throw CurfewException.of(
            ErrorCode.BAD_CONFIGURATION,
            "cluster.host: this machine has no address " + address.getHostAddress());
      }
      return address;
    } catch (UnknownHostException unknown) {
      throw CurfewException.of(
          ErrorCode.BAD_CONFIGURATION, "cluster.host: nobody knows " + settings.host());
    } catch (IOException unreadable) {
      throw new IllegalStateException(unreadable);
    }
  }
}
