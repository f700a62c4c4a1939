package dev.curfew.api.am;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Gateway;
import dev.curfew.directory.SessionService;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.ExpectedRevision;
import dev.curfew.realm.Realm;
import dev.curfew.realm.TokenView;
import dev.curfew.session.Initiator;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code .../realm-config/services[/{id}]}: the services of a realm, for its administrators. Each
 * write may say by {@code If-Match} or {@code If-None-Match} what it expects to find.
 */
final class ServiceCalls {
  static final String PATH = "services";
  private static final String NEXT_DESCENDENTS = "nextdescendents";

  private final Callers callers;
  private final RealmPaths realms;
  private final List<RealmService<?>> services;

  ServiceCalls(Gateway gateway, Callers callers, RealmPaths realms) {
    this.callers = callers;
    this.realms = realms;
    SessionService service = gateway.directory().sessionService();
    this.services = List.of(new RealmService.Session(service), new RealmService.Whitelist(service));
  }

  /** A call whose caller administers its realm. */
  private record Admitted(AmCall call, Realm realm, TokenView caller) {
    Initiator by() {
      return new Initiator(Initiator.Kind.ADMIN, caller.userId(), caller.username());
    }
  }

  private interface Work {
    Future<Answer> run(Admitted admitted);
  }

  private Future<Answer> admitted(Exchange exchange, Work work) {
    AmCall call = AmCall.of(exchange, VersionedResource.SERVICES);
    return callers
        .caller(call)
        .compose(
            caller ->
                realms
                    .realm(call.realm())
                    .compose(
                        realm ->
                            callers
                                .requireAdministrator(caller, realm.id())
                                .compose(may -> work.run(new Admitted(call, realm, caller)))))
        .recover(ServiceCalls::inTheDialectsWords);
  }

  private static Future<Answer> inTheDialectsWords(Throwable failure) {
    if (failure instanceof CurfewException known
        && known.code() == ErrorCode.INVALID_FIELD
        && known.field() != null) {
      String field = known.field();
      int index = field.indexOf('[');
      return Future.failedFuture(
          CurfewException.of(
              ErrorCode.INVALID_FIELD,
              "Data validation failed for the attribute, "
                  + (index < 0 ? field : field.substring(0, index))));
    }
    return Future.failedFuture(failure);
  }

  private RealmService<?> service(AmCall call) {
    String name = call.path().rest().substring(PATH.length() + 1);
    for (RealmService<?> service : services) {
      if (service.isCalled(name)) {
        return service;
      }
    }
    throw CurfewException.notFound("Service " + name);
  }

  // The list of services

  Future<Answer> list(Exchange exchange) {
    return admitted(
        exchange,
        admitted -> {
          if (exchange.query("_queryFilter") == null) {
            return SessionCalls.notImplemented("Read is not implemented for this resource");
          }
          return added(admitted).map(result -> Answer.ok(CrestLists.of(result)));
        });
  }

  Future<Answer> actOnAll(Exchange exchange) {
    return admitted(
        exchange,
        admitted ->
            isNextDescendents(admitted.call())
                ? added(admitted).map(result -> Answer.ok(new JsonObject().put("result", result)))
                : unknownAction(admitted.call()));
  }

  /** The services that the realm has. */
  private Future<JsonArray> added(Admitted admitted) {
    Future<JsonArray> result = Future.succeededFuture(new JsonArray());
    for (RealmService<?> service : services) {
      result = result.compose(list -> append(list, service, admitted.realm()));
    }
    return result;
  }

  private static <T> Future<JsonArray> append(
      JsonArray list, RealmService<T> service, Realm realm) {
    return service
        .find(realm.id())
        .map(
            found -> {
              found.ifPresent(settings -> list.add(service.json(settings, service.id())));
              return list;
            });
  }

  // One service

  Future<Answer> read(Exchange exchange) {
    return admitted(exchange, admitted -> read(admitted, service(admitted.call())));
  }

  private static <T> Future<Answer> read(Admitted admitted, RealmService<T> service) {
    return service
        .find(admitted.realm().id())
        .map(found -> answer(200, service, present(found, service)));
  }

  Future<Answer> act(Exchange exchange) {
    return admitted(
        exchange,
        admitted -> {
          RealmService<?> service = service(admitted.call());
          String action = admitted.call().action();
          if (isNextDescendents(admitted.call())) {
            return Future.succeededFuture(
                Answer.ok(new JsonObject().put("result", new JsonArray())));
          }
          return "create".equalsIgnoreCase(action)
              ? create(admitted, service)
              : unknownAction(admitted.call());
        });
  }

  private static <T> Future<Answer> create(Admitted admitted, RealmService<T> service) {
    T wanted = service.read(admitted.call().exchange().body());
    return service
        .create(admitted.realm().id(), wanted, admitted.by())
        .map(created -> answer(201, service, created));
  }

  Future<Answer> put(Exchange exchange) {
    return admitted(exchange, admitted -> put(admitted, service(admitted.call())));
  }

  private static <T> Future<Answer> put(Admitted admitted, RealmService<T> service) {
    T wanted = service.read(admitted.call().exchange().body());
    return service
        .put(admitted.realm().id(), wanted, expected(admitted.call().exchange()), admitted.by())
        .map(stored -> answer(stored.created() ? 201 : 200, service, stored.value()));
  }

  Future<Answer> delete(Exchange exchange) {
    return admitted(exchange, admitted -> delete(admitted, service(admitted.call())));
  }

  private static <T> Future<Answer> delete(Admitted admitted, RealmService<T> service) {
    return service
        .delete(admitted.realm().id(), expected(admitted.call().exchange()), admitted.by())
        .map(found -> answer(200, service, present(found, service)));
  }

  private static <T> T present(Optional<T> found, RealmService<T> service) {
    return found.orElseThrow(() -> CurfewException.notFound("Service " + service.id()));
  }

  private static <T> Answer answer(int status, RealmService<T> service, T settings) {
    return Answer.json(status, service.json(settings, ""))
        .with("ETag", '"' + service.revision(settings) + '"');
  }

  private static boolean isNextDescendents(AmCall call) {
    return NEXT_DESCENDENTS.equalsIgnoreCase(call.action());
  }

  private static Future<Answer> unknownAction(AmCall call) {
    String action = call.action();
    return SessionCalls.notImplemented(
        "Action "
            + (action == null ? "create" : action.toLowerCase(Locale.ROOT))
            + " not implemented for this resource");
  }

  /** What the conditional headers say; a revision may come with quotes or without. */
  private static ExpectedRevision expected(Exchange exchange) {
    String match = exchange.header("If-Match");
    String noneMatch = exchange.header("If-None-Match");
    if (noneMatch != null) {
      if (!noneMatch.strip().equals("*") || match != null) {
        throw CrestErrors.badRequest("If-None-Match must be * and come without If-Match");
      }
      return ExpectedRevision.ABSENT;
    }
    return match == null ? ExpectedRevision.ANY : matching(match.strip());
  }

  private static ExpectedRevision matching(String match) {
    if (match.equals("*")) {
      return ExpectedRevision.PRESENT;
    }
    String revision = match.startsWith("W/") ? match.substring(2) : match;
    boolean quoted = revision.length() > 1 && revision.startsWith("\"") && revision.endsWith("\"");
    return ExpectedRevision.exactly(
        quoted ? revision.substring(1, revision.length() - 1) : revision);
  }
}
