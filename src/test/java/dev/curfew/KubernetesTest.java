package dev.curfew;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.curfew.config.ConfigLoader;
import dev.curfew.config.CurfewConfig;
import dev.curfew.config.NodeRole;
import dev.curfew.config.StoreKind;
import dev.curfew.testing.TestDatabase;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/**
 * The manifests, as far as they can be tried without Kubernetes: each against Kubernetes' own
 * schema, and what they say of Curfew against Curfew.
 */
class KubernetesTest {
  private static final Path MANIFESTS = Path.of("conf", "kubernetes");
  private static final String SECRETS = "/etc/curfew/secrets/";

  /** The schema of a kind, which refuses fields that it does not know and misses those it needs. */
  private interface Schema {
    void check(JsonElement manifest) throws IOException;
  }

  private static final Map<String, Schema> SCHEMAS =
      Map.of(
          "v1/Namespace", V1Namespace::validateJsonElement,
          "v1/Service", V1Service::validateJsonElement,
          "v1/ServiceAccount", V1ServiceAccount::validateJsonElement,
          "apps/v1/StatefulSet", V1StatefulSet::validateJsonElement,
          "policy/v1/PodDisruptionBudget", V1PodDisruptionBudget::validateJsonElement,
          "networking.k8s.io/v1/NetworkPolicy", V1NetworkPolicy::validateJsonElement);

  @TempDir private Path directory;

  @Test
  void manifests_areWhatKubernetesTakes() throws IOException {
    for (JsonObject manifest : all()) {
      check(manifest);
    }
  }

  @Test
  void manifests_wouldBeRefusedWithAFieldThatKubernetesDoesNotKnow() throws IOException {
    JsonObject set = one("StatefulSet");
    container(set).put("livenesProbe", new JsonObject());

    assertThatThrownBy(() -> check(set)).hasMessageContaining("livenesProbe");
  }

  @Test
  void kustomization_listsEveryManifest() throws IOException {
    JsonObject kustomization = documents(MANIFESTS.resolve("kustomization.yaml")).get(0);

    assertThat(strings(kustomization.getJsonArray("resources")))
        .containsExactlyInAnyOrderElementsOf(manifestNames());
    assertThat(Files.readString(MANIFESTS.resolve("statefulset.yaml")))
        .contains(
            "image: " + objects(kustomization.getJsonArray("images")).get(0).getString("name"));
  }

  @Test
  void settings_areThoseOfANodeThatJoinsOthers() throws IOException {
    CurfewConfig config = settings();
    JsonObject members = named("Service", "curfew-members");

    assertThat(config.cluster().enabled()).isTrue();
    assertThat(config.cluster().host()).isEqualTo("10.0.0.1");
    assertThat(config.node().name()).isEqualTo("curfew-0");
    assertThat(config.node().roles()).containsExactlyInAnyOrder(NodeRole.values());
    assertThat(config.cluster().members()).containsExactly(name(members));
    assertThat(spec(members).getString("clusterIP")).isEqualTo("None");
    assertThat(spec(members).getBoolean("publishNotReadyAddresses")).isTrue();
    assertThat(spec(one("StatefulSet")).getString("serviceName")).isEqualTo(name(members));
    assertThat(config.database().isEmbedded()).isFalse();
    assertThat(config.recording().raw().kind()).isNotEqualTo(StoreKind.FOLDER);
    assertThat(config.recording().finished().kind()).isNotEqualTo(StoreKind.FOLDER);
    assertThat(config.secrets().key()).isPresent();
  }

  @Test
  void secrets_areAllMountedAndNowhereInTheManifests() throws IOException {
    Set<String> used = new TreeSet<>();
    String settings = Files.readString(MANIFESTS.resolve("curfew.yaml"));
    String set = Files.readString(MANIFESTS.resolve("statefulset.yaml"));
    Stream.of(settings, set)
        .flatMap(text -> Stream.of(text.split("[\\s\"]")))
        .filter(word -> word.contains(SECRETS))
        .forEach(word -> used.add(word.substring(word.indexOf(SECRETS) + SECRETS.length())));

    assertThat(used).isEqualTo(mountedSecrets());
    assertThat(all()).noneMatch(manifest -> manifest.getString("kind").equals("Secret"));
    CurfewConfig config = settings();
    assertThat(config.database().password().orElseThrow().reveal()).isEqualTo("database-password");
    assertThat(config.bootstrap().adminKey().orElseThrow().reveal())
        .isEqualTo("bootstrap-admin-key");
  }

  @Test
  void ports_areThoseOfTheSettings() throws IOException {
    CurfewConfig config = settings();
    Map<String, Integer> ports =
        objects(container(one("StatefulSet")).getJsonArray("ports")).stream()
            .collect(
                Collectors.toMap(
                    port -> port.getString("name"), port -> port.getInteger("containerPort")));

    assertThat(ports)
        .containsOnly(
            Map.entry("http", config.http().port()),
            Map.entry("bridge", config.bridge().port()),
            Map.entry("members", config.cluster().port()),
            Map.entry("bus", config.cluster().busPort()));
    for (JsonObject service :
        List.of(named("Service", "curfew"), named("Service", "curfew-members"))) {
      assertThat(objects(spec(service).getJsonArray("ports")))
          .allMatch(port -> ports.containsKey(port.getString("targetPort")));
    }
  }

  @Test
  void network_letsOnlyNodesReachTheirOwnPorts() throws IOException {
    List<JsonObject> rules = objects(spec(one("NetworkPolicy")).getJsonArray("ingress"));
    JsonObject pods = template().getJsonObject("metadata").getJsonObject("labels");

    List<JsonObject> forAnybody = rules.stream().filter(rule -> !rule.containsKey("from")).toList();
    List<JsonObject> forNodes = rules.stream().filter(rule -> rule.containsKey("from")).toList();

    assertThat(portsOf(forAnybody)).containsExactlyInAnyOrder("http", "bridge");
    assertThat(portsOf(forNodes)).containsExactlyInAnyOrder("members", "bus");
    assertThat(forNodes)
        .allSatisfy(
            rule ->
                assertThat(objects(rule.getJsonArray("from")))
                    .containsExactly(
                        new JsonObject()
                            .put("podSelector", new JsonObject().put("matchLabels", pods))));
  }

  @Test
  void selectors_meanThePods() throws IOException {
    JsonObject pods = template().getJsonObject("metadata").getJsonObject("labels");
    JsonObject byLabels = new JsonObject().put("matchLabels", pods);

    assertThat(spec(one("StatefulSet")).getJsonObject("selector")).isEqualTo(byLabels);
    assertThat(spec(one("PodDisruptionBudget")).getJsonObject("selector")).isEqualTo(byLabels);
    assertThat(spec(one("NetworkPolicy")).getJsonObject("podSelector")).isEqualTo(byLabels);
    assertThat(spec(named("Service", "curfew")).getJsonObject("selector")).isEqualTo(pods);
    assertThat(spec(named("Service", "curfew-members")).getJsonObject("selector")).isEqualTo(pods);
    assertThat(spec(one("PodDisruptionBudget")).getInteger("maxUnavailable")).isEqualTo(1);
  }

  @Test
  void time_isLeftToStartAndToLeave() throws IOException {
    JsonObject pod = template().getJsonObject("spec");
    JsonObject startup = container(one("StatefulSet")).getJsonObject("startupProbe");
    JsonObject readiness = container(one("StatefulSet")).getJsonObject("readinessProbe");
    long leaveDelay = settings().http().leaveDelay().toSeconds();

    assertThat(pod.getLong("terminationGracePeriodSeconds"))
        .isGreaterThan(NodeProcess.STOP_SECONDS + leaveDelay);
    assertThat(startup.getLong("periodSeconds") * startup.getLong("failureThreshold"))
        .isGreaterThan(NodeProcess.START_SECONDS);
    assertThat(leaveDelay)
        .as("balancers have heard by then")
        .isGreaterThan(readiness.getLong("periodSeconds") * readiness.getLong("failureThreshold"));
  }

  @Test
  void container_mayDoAsLittleAsPossible() throws IOException {
    JsonObject pod = template().getJsonObject("spec");
    JsonObject rights = container(one("StatefulSet")).getJsonObject("securityContext");

    assertThat(pod.getBoolean("automountServiceAccountToken")).isFalse();
    assertThat(pod.getJsonObject("securityContext").getBoolean("runAsNonRoot")).isTrue();
    assertThat(pod.getJsonObject("securityContext").getJsonObject("seccompProfile"))
        .isEqualTo(new JsonObject().put("type", "RuntimeDefault"));
    assertThat(rights.getBoolean("allowPrivilegeEscalation")).isFalse();
    assertThat(rights.getBoolean("readOnlyRootFilesystem")).isTrue();
    assertThat(rights.getJsonObject("capabilities"))
        .isEqualTo(new JsonObject().put("drop", new JsonArray().add("ALL")));
  }

  /** What the program is asked and told there, tried on a node that runs. */
  @Test
  void probesAndArguments_areThoseOfTheProgram() throws Exception {
    JsonObject container = container(one("StatefulSet"));
    List<String> arguments = strings(container.getJsonArray("args"));
    assertThat(Main.commandLine().parseArgs(arguments.toArray(String[]::new)).errors()).isEmpty();

    CurfewConfig config =
        CurfewConfig.of(
            Map.of(
                "http.port", "0",
                "bridge.port", "0",
                "data.dir", directory.resolve("data").toString()));
    Node node = await(Node.start(config, TestDatabase.fresh()));
    try {
      for (String path : probedPaths(container)) {
        assertThat(status(node.url() + path)).as(path).isEqualTo(200);
      }
    } finally {
      await(node.close());
    }
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(120, TimeUnit.SECONDS);
  }

  private static Set<String> probedPaths(JsonObject container) {
    Set<String> paths = new TreeSet<>();
    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      JsonObject get = container.getJsonObject(probe).getJsonObject("httpGet");
      assertThat(get.getString("port")).isEqualTo("http");
      paths.add(get.getString("path"));
    }
    return paths;
  }

  private static int status(String url) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30)).build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  /** As a pod reads them: the file, its secrets and its variables. */
  private CurfewConfig settings() throws IOException {
    Path secrets = Files.createDirectories(directory.resolve("secrets"));
    for (String secret : mountedSecrets()) {
      boolean isKey = secret.equals("secrets-key") || secret.equals("recording-key");
      Files.writeString(
          secrets.resolve(secret), isKey ? "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=" : secret);
    }
    Path file = directory.resolve("curfew.yaml");
    Files.writeString(file, here(Files.readString(MANIFESTS.resolve("curfew.yaml"))));
    Map<String, String> variables = new HashMap<>();
    for (JsonObject variable : objects(container(one("StatefulSet")).getJsonArray("env"))) {
      variables.put(variable.getString("name"), value(variable));
    }
    return ConfigLoader.ofNode(file, variables).load();
  }

  private String value(JsonObject variable) {
    if (variable.containsKey("value")) {
      return here(variable.getString("value"));
    }
    String field =
        variable.getJsonObject("valueFrom").getJsonObject("fieldRef").getString("fieldPath");
    return switch (field) {
      case "metadata.name" -> "curfew-0";
      case "status.podIP" -> "10.0.0.1";
      default -> throw new AssertionError(field);
    };
  }

  private String here(String text) {
    return text.replace(SECRETS, directory.resolve("secrets") + "/");
  }

  private static Set<String> mountedSecrets() throws IOException {
    JsonObject settings =
        objects(template().getJsonObject("spec").getJsonArray("volumes")).stream()
            .filter(volume -> volume.getString("name").equals("settings"))
            .findFirst()
            .orElseThrow();
    return objects(settings.getJsonObject("projected").getJsonArray("sources")).stream()
        .filter(source -> source.containsKey("secret"))
        .flatMap(source -> objects(source.getJsonObject("secret").getJsonArray("items")).stream())
        .map(item -> item.getString("path").substring("secrets/".length()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<String> portsOf(List<JsonObject> rules) {
    return rules.stream()
        .flatMap(rule -> objects(rule.getJsonArray("ports")).stream())
        .map(port -> port.getString("port"))
        .toList();
  }

  private static void check(JsonObject manifest) throws IOException {
    String kind = manifest.getString("apiVersion") + "/" + manifest.getString("kind");
    assertThat(SCHEMAS).containsKey(kind);
    SCHEMAS.get(kind).check(JsonParser.parseString(manifest.encode()));
  }

  private static JsonObject template() throws IOException {
    return spec(one("StatefulSet")).getJsonObject("template");
  }

  private static JsonObject container(JsonObject set) {
    return spec(set)
        .getJsonObject("template")
        .getJsonObject("spec")
        .getJsonArray("containers")
        .getJsonObject(0);
  }

  private static JsonObject spec(JsonObject manifest) {
    return manifest.getJsonObject("spec");
  }

  private static String name(JsonObject manifest) {
    return manifest.getJsonObject("metadata").getString("name");
  }

  private static JsonObject one(String kind) throws IOException {
    return named(kind, "curfew");
  }

  private static JsonObject named(String kind, String name) throws IOException {
    return all().stream()
        .filter(manifest -> manifest.getString("kind").equals(kind) && name(manifest).equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static List<JsonObject> all() throws IOException {
    List<JsonObject> manifests = new ArrayList<>();
    for (String file : manifestNames()) {
      manifests.addAll(documents(MANIFESTS.resolve(file)));
    }
    return manifests;
  }

  /** Every file but what kustomize itself reads. */
  private static List<String> manifestNames() throws IOException {
    try (Stream<Path> files = Files.list(MANIFESTS)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> !Set.of("kustomization.yaml", "curfew.yaml").contains(file))
          .sorted()
          .toList();
    }
  }

  @SuppressWarnings("unchecked")
  private static List<JsonObject> documents(Path file) throws IOException {
    List<JsonObject> documents = new ArrayList<>();
    for (Object document : new Yaml().loadAll(Files.readString(file))) {
      documents.add(new JsonObject((Map<String, Object>) document));
    }
    return documents;
  }

  private static List<JsonObject> objects(JsonArray array) {
    return IntStream.range(0, array.size()).mapToObj(array::getJsonObject).toList();
  }

  private static List<String> strings(JsonArray array) {
    return IntStream.range(0, array.size()).mapToObj(array::getString).toList();
  }
}
