package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.curfew.api.ApiRoute;
import dev.curfew.api.Need;
import dev.curfew.auth.Role;
import dev.curfew.auth.Scope;
import io.vertx.core.http.HttpMethod;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every route of the program against the reviewed table of who may call it: a route that is not in
 * the table, or needs something else than the table says, fails here.
 */
class RouteAuthorisationTest {
  private static final Set<HttpMethod> READING =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

  private static Installation at;
  private static RouteTargets targets;
  private static Map<String, ApiRoute> routes;

  /** By needs: administrators' keys that have every scope but those. */
  private static final Map<String, Caller> lacking = new HashMap<>();

  /**
   * By needs: keys, of a user of realm root who owns nothing, with just the first scope of them.
   */
  private static final Map<String, Caller> others = new HashMap<>();

  /** An auditor with every scope. */
  private static Caller auditor;

  @BeforeAll
  static void start() {
    at = Installation.start(Map.of("webhooks.allow-private-targets", "true"));
    targets = new RouteTargets(at);
    routes =
        at.node.routes().stream()
            .collect(
                Collectors.toMap(RouteTable::key, Function.identity(), (a, b) -> a, TreeMap::new));
    auditor = at.key("audrey", names(EnumSet.allOf(Scope.class)));
  }

  @AfterAll
  static void stop() {
    at.close();
  }

  static Stream<RouteTable.Row> rows() {
    return RouteTable.read().stream();
  }

  static Stream<RouteTable.Row> rowsThatNeedACredential() {
    return rows().filter(row -> !row.needs().equals("open") && !row.needs().equals("own"));
  }

  private static List<String> names(Set<Scope> scopes) {
    return scopes.stream().map(Scope::wireName).toList();
  }

  private static ApiRoute route(RouteTable.Row row) {
    ApiRoute route = routes.get(row.key());
    if (route == null) {
      return abort("not a route; the table as a whole says so");
    }
    return route;
  }

  /** Somebody who may make this call, but not about what is another's. */
  private static Caller otherUser(RouteTable.Row row) {
    return others.computeIfAbsent(
        row.needs(),
        needs -> {
          List<Scope> anyOf = route(row).need().anyOf();
          Scope scope = anyOf.isEmpty() ? Scope.AUDIT_READ : anyOf.get(0);
          return at.key("mallory", names(EnumSet.of(scope)));
        });
  }

  private static Reply ask(Caller caller, RouteTable.Row row) {
    String body = row.body();
    String target = targets.path(row.path());
    return body == null
        ? caller.send(row.method(), target)
        : caller.send(row.method(), target, targets.filled(body));
  }

  @Test
  void table_hasEveryRouteAndWhatItNeeds() {
    Map<String, String> program = new TreeMap<>();
    routes.forEach((key, route) -> program.put(key, RouteTable.needs(route.need())));
    Map<String, String> table = new TreeMap<>();
    rows().forEach(row -> table.put(row.key(), row.needs()));
    assertThat(program).isEqualTo(table);
  }

  @Test
  void routeThatAuthenticatesByItself_saysHow() {
    routes.values().stream()
        .map(ApiRoute::need)
        .filter(need -> need.kind() == Need.Kind.OWN)
        .forEach(need -> assertThat(need.why()).isNotBlank());
  }

  @ParameterizedTest
  @MethodSource("rowsThatNeedACredential")
  void caller_withoutCredential_isUnauthenticated(RouteTable.Row row) {
    ask(at.anonymous, row).is(401);
    ask(at.anonymous.withKey("cfk_0000000000000000000000000000000000000000000"), row).is(401);
  }

  @ParameterizedTest
  @MethodSource("rowsThatNeedACredential")
  void caller_withoutTheScope_isForbidden(RouteTable.Row row) {
    Need need = route(row).need();
    if (need.anyOf().isEmpty()) {
      assertThat(row.needs()).isNotEmpty();
      return;
    }
    Caller caller =
        lacking.computeIfAbsent(
            row.needs(),
            needs -> {
              EnumSet<Scope> others = EnumSet.allOf(Scope.class);
              need.anyOf().forEach(others::remove);
              return at.key("admin", names(others));
            });
    ask(caller, row).is(403);
  }

  @ParameterizedTest
  @MethodSource("rowsThatNeedACredential")
  void caller_withoutTheRole_isForbidden(RouteTable.Row row) {
    Role role = route(row).need().role();
    if (role != null && role != Role.USER) {
      ask(otherUser(row), row).is(403);
    }
  }

  @ParameterizedTest
  @MethodSource("rowsThatNeedACredential")
  void auditor_changesNothing(RouteTable.Row row) {
    ApiRoute route = route(row);
    boolean changes =
        !READING.contains(route.method())
            && route.need().anyOf().stream().noneMatch(Scope::onlyReads)
            && !row.needs().equals("credential");
    if (changes) {
      ask(auditor, row).is(403);
    }
  }

  @ParameterizedTest
  @MethodSource("rowsThatNeedACredential")
  void object_ofAnotherUser(RouteTable.Row row) {
    Integer expected = row.otherUser();
    if (expected != null) {
      ask(otherUser(row), row).is(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("rowsThatNeedACredential")
  void object_ofAnotherRealm(RouteTable.Row row) {
    Integer expected = row.otherRealm();
    if (expected != null) {
      ask(at.organisation, row).is(expected);
    }
  }
}
