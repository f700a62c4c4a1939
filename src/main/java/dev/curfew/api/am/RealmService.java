package dev.curfew.api.am;

import dev.curfew.api.Fields;
import dev.curfew.directory.SessionService;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.ExpectedRevision;
import dev.curfew.realm.QuotaAction;
import dev.curfew.realm.SessionPropertyWhitelist;
import dev.curfew.realm.SessionServiceSettings;
import dev.curfew.realm.Stored;
import dev.curfew.session.Initiator;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One service that can be added to a realm, in its wire form.
 *
 * @param <T> its settings
 */
abstract class RealmService<T> {
  private final String id;
  private final String title;

  private RealmService(String id, String title) {
    this.id = id;
    this.title = title;
  }

  String id() {
    return id;
  }

  abstract Future<Optional<T>> find(int realmId);

  abstract Future<T> create(int realmId, T wanted, Initiator by);

  abstract Future<Stored<T>> put(int realmId, T wanted, ExpectedRevision expected, Initiator by);

  abstract Future<Optional<T>> delete(int realmId, ExpectedRevision expected, Initiator by);

  /**
   * The settings that a body asks for; what it leaves out has its default.
   *
   * @throws CurfewException INVALID_FIELD naming the attribute
   */
  abstract T read(Fields body);

  abstract String revision(T settings);

  abstract void write(T settings, JsonObject json);

  /**
   * @param shownId empty for the service itself, its id in lists
   */
  JsonObject json(T settings, String shownId) {
    JsonObject json = new JsonObject().put("_id", shownId).put("_rev", revision(settings));
    write(settings, json);
    return json.put("_type", type());
  }

  JsonObject type() {
    return new JsonObject().put("_id", id).put("name", title).put("collection", false);
  }

  /** The session service: how long sessions live, and how many a user may have. */
  static final class Session extends RealmService<SessionServiceSettings> {
    private static final String QUOTA_ACTION = "quotaAction";
    private final SessionService service;

    Session(SessionService service) {
      super("session", "Session");
      this.service = service;
    }

    @Override
    Future<Optional<SessionServiceSettings>> find(int realmId) {
      return service.find(realmId);
    }

    @Override
    Future<SessionServiceSettings> create(
        int realmId, SessionServiceSettings wanted, Initiator by) {
      return service.create(realmId, wanted, by);
    }

    @Override
    Future<Stored<SessionServiceSettings>> put(
        int realmId, SessionServiceSettings wanted, ExpectedRevision expected, Initiator by) {
      return service.put(realmId, wanted, expected, by);
    }

    @Override
    Future<Optional<SessionServiceSettings>> delete(
        int realmId, ExpectedRevision expected, Initiator by) {
      return service.delete(realmId, expected, by);
    }

    @Override
    SessionServiceSettings read(Fields body) {
      JsonObject dynamic =
          body.json().getValue("dynamic") instanceof JsonObject object ? object : body.json();
      if (body.has("dynamic") && dynamic == body.json()) {
        throw CurfewException.invalid("dynamic", "must be an object");
      }
      Fields fields = new Fields(dynamic);
      SessionServiceSettings defaults = SessionServiceSettings.DEFAULTS;
      return SessionServiceSettings.of(
          number(fields, "maxSessionTime", 1, defaults.maxSessionMinutes()),
          number(fields, "maxIdleTime", 1, defaults.maxIdleMinutes()),
          number(fields, "quotaLimit", 0, defaults.quotaLimit()),
          number(fields, "maxCachingTime", 0, defaults.maxCachingMinutes()),
          quotaAction(fields));
    }

    private static int number(Fields fields, String name, int least, int otherwise) {
      Long value = fields.optionalInteger(name, least, Integer.MAX_VALUE);
      return value == null ? otherwise : value.intValue();
    }

    private static QuotaAction quotaAction(Fields fields) {
      String name = fields.optionalText(QUOTA_ACTION);
      return name == null
          ? SessionServiceSettings.DEFAULTS.quotaAction()
          : QuotaAction.ofName(name)
              .orElseThrow(() -> CurfewException.invalid(QUOTA_ACTION, "must be known"));
    }

    @Override
    String revision(SessionServiceSettings settings) {
      return settings.revision();
    }

    /** What becomes of sessions over the quota is told where it is not what it always was. */
    @Override
    void write(SessionServiceSettings settings, JsonObject json) {
      JsonObject dynamic =
          new JsonObject()
              .put("maxSessionTime", settings.maxSessionMinutes())
              .put("maxIdleTime", settings.maxIdleMinutes())
              .put("quotaLimit", settings.quotaLimit())
              .put("maxCachingTime", settings.maxCachingMinutes());
      if (settings.quotaAction() != SessionServiceSettings.DEFAULTS.quotaAction()) {
        dynamic.put(QUOTA_ACTION, settings.quotaAction().name());
      }
      json.put("dynamic", dynamic);
    }
  }

  /** Which properties of sessions may be seen and changed from outside. */
  static final class Whitelist extends RealmService<SessionPropertyWhitelist> {
    private static final String NAMES = "sessionPropertyWhitelist";
    private static final int MOST_NAMES = 200;
    private final SessionService service;

    Whitelist(SessionService service) {
      super("amSessionPropertyWhitelist", "Session Property Whitelist Service");
      this.service = service;
    }

    @Override
    Future<Optional<SessionPropertyWhitelist>> find(int realmId) {
      return service.findWhitelist(realmId);
    }

    @Override
    Future<SessionPropertyWhitelist> create(
        int realmId, SessionPropertyWhitelist wanted, Initiator by) {
      return service.createWhitelist(realmId, wanted, by);
    }

    @Override
    Future<Stored<SessionPropertyWhitelist>> put(
        int realmId, SessionPropertyWhitelist wanted, ExpectedRevision expected, Initiator by) {
      return service.putWhitelist(realmId, wanted, expected, by);
    }

    @Override
    Future<Optional<SessionPropertyWhitelist>> delete(
        int realmId, ExpectedRevision expected, Initiator by) {
      return service.deleteWhitelist(realmId, expected, by);
    }

    @Override
    SessionPropertyWhitelist read(Fields body) {
      List<String> names = body.texts(NAMES, MOST_NAMES);
      return SessionPropertyWhitelist.of(List.copyOf(new LinkedHashSet<>(names)));
    }

    @Override
    String revision(SessionPropertyWhitelist settings) {
      return settings.revision();
    }

    @Override
    void write(SessionPropertyWhitelist settings, JsonObject json) {
      json.put(NAMES, new JsonArray(settings.names()));
    }
  }

  boolean isCalled(String name) {
    return id.toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT));
  }
}
