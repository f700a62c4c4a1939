package dev.curfew;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.config.ConfigLoader;
import dev.curfew.config.CurfewConfig;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The container image, built upon nothing: everything that the project puts into it and says about
 * it, without the system and the Java machine that it is built upon.
 */
@Tag("full")
class ContainerImageIT {
  private static final Path IMAGE = Path.of("target", "image-upon-nothing.tar");
  private static final Instant STAMP = Instant.parse("2026-01-01T00:00:00Z");

  /** Of the files that say how to start, whatever is configured. */
  private static final Instant JIBS_OWN = Instant.ofEpochSecond(1);

  @TempDir private static Path root;
  private static JsonObject image;
  private static JsonObject config;
  private static final Map<String, TarArchiveEntry> ENTRIES = new LinkedHashMap<>();

  @BeforeAll
  static void unpack() throws IOException {
    Map<String, byte[]> parts = new LinkedHashMap<>();
    try (TarArchiveInputStream tar = new TarArchiveInputStream(Files.newInputStream(IMAGE))) {
      for (TarArchiveEntry part = tar.getNextEntry(); part != null; part = tar.getNextEntry()) {
        parts.put(part.getName(), tar.readAllBytes());
      }
    }
    JsonObject manifest =
        new JsonArray(new String(parts.get("manifest.json"), StandardCharsets.UTF_8))
            .getJsonObject(0);
    image =
        new JsonObject(new String(parts.get(manifest.getString("Config")), StandardCharsets.UTF_8));
    config = image.getJsonObject("config");
    for (Object layer : manifest.getJsonArray("Layers")) {
      unpackLayer(parts.get((String) layer));
    }
  }

  private static void unpackLayer(byte[] layer) throws IOException {
    try (InputStream gzip = new GzipCompressorInputStream(new ByteArrayInputStream(layer), true);
        TarArchiveInputStream tar = new TarArchiveInputStream(gzip)) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        ENTRIES.put("/" + entry.getName().replaceAll("/$", ""), entry);
        Path target = root.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(target);
        } else {
          Files.createDirectories(target.getParent());
          Files.copy(tar, target);
        }
      }
    }
  }

  @Test
  void user_isNobodySpecial() {
    assertThat(config.getString("User")).isEqualTo("10001:10001");
  }

  @Test
  void data_isInAVolumeThatTheUserMayWrite() {
    assertThat(config.getString("WorkingDir")).isEqualTo("/var/lib/curfew");
    assertThat(config.getJsonObject("Volumes").fieldNames()).containsExactly("/var/lib/curfew");
    assertThat(ENTRIES.get("/var/lib/curfew").getMode() & 0777).isEqualTo(0777);
  }

  @Test
  void variables_areSettings() {
    Map<String, String> variables = new LinkedHashMap<>();
    for (Object variable : config.getJsonArray("Env")) {
      String[] parts = ((String) variable).split("=", 2);
      variables.put(parts[0], parts[1]);
    }

    CurfewConfig settings = ConfigLoader.ofNode(null, variables).load();

    assertThat(variables.keySet()).allMatch(name -> name.startsWith("CURFEW_"));
    assertThat(settings.http().host()).isEqualTo("0.0.0.0");
    assertThat(settings.data().dir()).isEqualTo(Path.of("/var/lib/curfew"));
    assertThat(config.getJsonObject("ExposedPorts").fieldNames())
        .contains(
            settings.http().port() + "/tcp",
            settings.bridge().port() + "/tcp",
            settings.cluster().port() + "/tcp");
  }

  @Test
  void labels_sayWhatItIs() {
    assertThat(config.getJsonObject("Labels").getMap())
        .containsEntry("org.opencontainers.image.title", "Curfew")
        .containsKeys(
            "org.opencontainers.image.version",
            "org.opencontainers.image.description",
            "org.opencontainers.image.base.name");
  }

  @Test
  void times_areTheSameInEveryBuild() {
    assertThat(Instant.parse(image.getString("created"))).isEqualTo(STAMP);
    assertThat(ENTRIES.values().stream().filter(entry -> !entry.isDirectory()))
        .extracting(entry -> entry.getLastModifiedTime().toInstant())
        .containsOnly(STAMP, JIBS_OWN);
  }

  /** A start by class path does not read the jar's manifest. */
  @Test
  void flags_areThoseOfTheJarsManifest() throws IOException {
    List<String> expected = new ArrayList<>();
    try (JarFile jar = new JarFile(System.getProperty("curfew.jar"))) {
      Attributes manifest = jar.getManifest().getMainAttributes();
      words(manifest, "Add-Opens").forEach(one -> expected.add("--add-opens=" + one + all()));
      words(manifest, "Add-Exports").forEach(one -> expected.add("--add-exports=" + one + all()));
      words(manifest, "Enable-Native-Access")
          .forEach(one -> expected.add("--enable-native-access=" + one));
    }

    assertThat(entrypoint().stream().filter(flag -> flag.matches("--(add|enable)-.*")))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  private static Stream<String> words(Attributes manifest, String name) {
    return Stream.of(manifest.getValue(name).split(" "));
  }

  private static String all() {
    return "=ALL-UNNAMED";
  }

  /** Its entry point, with this machine's Java and the image's own files. */
  @Test
  void program_startsFromTheLayers() throws Exception {
    assertThat(strings(config.getJsonArray("Cmd"))).containsExactly("serve");
    assertThat(run("--version"))
        .contains(
            "curfew "
                + config.getJsonObject("Labels").getString("org.opencontainers.image.version"));
    assertThat(run("serve", "--help")).contains("Usage: curfew serve");
  }

  private static String run(String... arguments) throws Exception {
    Path classPath = root.resolve("class-path");
    Files.writeString(
        classPath,
        Files.readString(root.resolve("app/jib-classpath-file")).replace("/app/", root + "/app/"));
    List<String> command = new ArrayList<>();
    for (String word : entrypoint()) {
      command.add(word.replace("/app/jib-classpath-file", classPath.toString()));
    }
    command.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile(root, "run-", ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    String printed = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(printed).isZero();
    return printed;
  }

  private static List<String> entrypoint() {
    return strings(config.getJsonArray("Entrypoint"));
  }

  private static List<String> strings(JsonArray array) {
    return array.stream().map(String.class::cast).toList();
  }
}
