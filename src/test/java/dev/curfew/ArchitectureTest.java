package dev.curfew;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which package may know of which. */
class ArchitectureTest {
  private static final String BASE = "dev.curfew";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(BASE);

  private static final String[] PURE = {"session", "lease", "timer", "kernel"};

  /** What a package may use beside itself. Wiring, in the base package, may use everything. */
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          uses("fault"),
          uses("timer"),
          uses("config", "fault"),
          uses("session", "fault"),
          uses("lease", "fault"),
          uses("kernel", "session", "lease", "timer", "fault"),
          uses("bus", "session", "lease", "fault"),
          uses("auth", "config", "session", "fault"),
          uses("realm", "auth", "config", "session"),
          uses("store", "auth", "realm", "session", "lease", "fault"),
          uses("cluster", "store", "bus", "config", "fault"),
          uses("shard", "kernel", "bus", "store", "cluster", "session", "fault"),
          uses("outbound", "config", "fault"),
          uses("grant", "store", "outbound", "realm", "auth", "bus", "session", "config", "fault"),
          uses(
              "directory",
              "store",
              "realm",
              "auth",
              "bus",
              "grant",
              "outbound",
              "config",
              "session",
              "fault"),
          uses("storage", "config", "fault"),
          uses("terminal"),
          uses("recording", "terminal", "storage", "store", "bus", "lease", "session", "fault"),
          uses("worker", "recording", "store", "bus", "lease", "config", "fault"),
          uses("claim", "bus", "store", "lease", "fault"),
          uses("watchdog", "bus", "store", "cluster", "lease", "fault"),
          uses("alert", "bus", "store", "realm", "auth", "session", "fault"),
          uses(
              "delivery",
              "store",
              "alert",
              "outbound",
              "realm",
              "auth",
              "bus",
              "config",
              "session",
              "fault"),
          uses(
              "signals",
              "delivery",
              "directory",
              "store",
              "outbound",
              "realm",
              "auth",
              "bus",
              "config",
              "session",
              "fault"),
          uses("audit", "store", "realm", "auth", "fault"),
          uses("replay", "fault"),
          uses("client", "replay"),
          uses(
              "api",
              "alert",
              "audit",
              "auth",
              "bus",
              "cluster",
              "config",
              "delivery",
              "directory",
              "lease",
              "outbound",
              "realm",
              "recording",
              "session",
              "signals",
              "storage",
              "store",
              "fault"));

  private static Map.Entry<String, Set<String>> uses(String name, String... others) {
    return Map.entry(name, Set.of(others));
  }

  static Stream<String> packages() {
    return MAY_USE.keySet().stream().sorted();
  }

  private static String within(String name) {
    return BASE + "." + name + "..";
  }

  @Test
  void table_namesEveryPackage() {
    Set<String> found =
        CLASSES.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> name.startsWith(BASE + "."))
            .map(name -> name.substring(BASE.length() + 1).split("\\.")[0])
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(found).isEqualTo(new TreeSet<>(MAY_USE.keySet()));
  }

  @ParameterizedTest
  @MethodSource("packages")
  void package_usesOnlyWhatItMay(String name) {
    String[] allowed =
        Stream.concat(Stream.of(name), MAY_USE.get(name).stream())
            .map(ArchitectureTest::within)
            .toArray(String[]::new);
    DescribedPredicate<JavaClass> others =
        resideInAPackage(BASE + "..")
            .and(DescribedPredicate.not(resideInAnyPackage(allowed)))
            .as("anything but %s", MAY_USE.get(name));
    noClasses()
        .that()
        .resideInAPackage(within(name))
        .should()
        .dependOnClassesThat(others)
        .check(CLASSES);
  }

  @Test
  void packages_haveNoCycles() {
    slices().matching(BASE + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void dialects_doNotKnowEachOther() {
    slices().matching(BASE + ".api.(*)..").should().notDependOnEachOther().check(CLASSES);
  }

  @Test
  void pureRules_knowNoFramework() {
    noClasses()
        .that()
        .resideInAnyPackage(
            Arrays.stream(PURE).map(ArchitectureTest::within).toArray(String[]::new))
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(BASE + "..", "java..", "org.jspecify..")
        .check(CLASSES);
  }

  /** Time and chance come in as arguments, or the simulation could not repeat itself. */
  @Test
  void pureRules_readNoClockAndThrowNoDice() {
    String[] pure = Arrays.stream(PURE).map(ArchitectureTest::within).toArray(String[]::new);
    noClasses()
        .that()
        .resideInAnyPackage(pure)
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(java.util.UUID.class, "randomUUID")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.time\\.Clock|java\\.util\\.Random|java\\.security\\.SecureRandom"
                + "|java\\.util\\.concurrent\\.ThreadLocalRandom")
        .check(CLASSES);
  }

  @Test
  void sql_staysInTheStore() {
    noClasses()
        .that()
        .resideOutsideOfPackage(within("store"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.vertx.sqlclient..", "io.vertx.pgclient..", "java.sql..", "org.flywaydb..")
        .check(CLASSES);
  }

  @Test
  void httpRouting_staysInApiAndAlert() {
    noClasses()
        .that()
        .resideInAPackage(BASE + "..")
        .and()
        .resideOutsideOfPackages(within("api"), within("alert"), BASE)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.vertx.ext.web..")
        .check(CLASSES);
  }

  @Test
  void hazelcast_staysInCluster() {
    noClasses()
        .that()
        .resideOutsideOfPackages(within("cluster"), BASE)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.hazelcast..", "io.vertx.spi.cluster..")
        .allowEmptyShould(true)
        .check(CLASSES);
  }
}
