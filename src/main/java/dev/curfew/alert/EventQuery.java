package dev.curfew.alert;

import dev.curfew.fault.CurfewException;
import dev.curfew.session.EventType;
import dev.curfew.store.EventCursor;
import dev.curfew.store.EventWindow;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which events a request asks for.
 *
 * @param after where to go on; null when the request does not say
 * @param types wire names; null for all
 * @param user UUID, numeric id or user name; null for all
 * @param realm name; null for all that the caller may see
 * @param window when they happened; that of a live stream is open
 */
public record EventQuery(
    @Nullable EventCursor after,
    @Nullable Set<String> types,
    @Nullable UUID sessionId,
    @Nullable String user,
    @Nullable String realm,
    EventWindow window) {
  /** As long as a realm's name can be. */
  private static final int LONGEST_REALM = 63;

  /**
   * Reads the query parameters {@code after}, {@code types}, {@code session}, {@code user}, {@code
   * realm}, {@code from} and {@code to} of a request for what the log holds.
   *
   * @param parameter gives a parameter by name, or null
   * @throws CurfewException BAD_CURSOR or INVALID_FIELD, naming the parameter
   */
  public static EventQuery of(Function<String, @Nullable String> parameter) {
    String after = given(parameter, "after");
    String types = given(parameter, "types");
    String session = given(parameter, "session");
    return new EventQuery(
        after == null ? null : EventCursor.parse("after", after),
        types == null ? null : types(types),
        session == null ? null : uuid(session),
        given(parameter, "user"),
        realm(given(parameter, "realm")),
        WindowText.parse(given(parameter, "from"), given(parameter, "to")));
  }

  /**
   * The same of a request for what happens from now on, which no times can limit.
   *
   * @param parameter gives a parameter by name, or null
   * @throws CurfewException BAD_CURSOR or INVALID_FIELD, naming the parameter
   */
  public static EventQuery live(Function<String, @Nullable String> parameter) {
    for (String name : List.of("from", "to")) {
      if (given(parameter, name) != null) {
        throw CurfewException.invalid(name, "is not for a live stream, only for a poll");
      }
    }
    return of(parameter);
  }

  private static @Nullable String realm(@Nullable String name) {
    if (name != null && name.length() > LONGEST_REALM) {
      throw CurfewException.invalid("realm", "must have at most 63 characters");
    }
    return name;
  }

  private static @Nullable String given(Function<String, @Nullable String> parameter, String name) {
    String value = parameter.apply(name);
    if (value == null || value.isEmpty()) {
      return null;
    }
    if (value.indexOf('\0') >= 0) {
      throw CurfewException.invalid(name, "must not contain the NUL character");
    }
    return value;
  }

  private static Set<String> types(String text) {
    Set<String> types = new HashSet<>();
    for (String name : text.split(",", -1)) {
      String type = name.strip();
      if (EventType.ofWireName(type).isEmpty()) {
        throw CurfewException.invalid(
            "types", "must be event types separated by commas, such as dev.curfew.session.ended");
      }
      types.add(type);
    }
    return types;
  }

  private static UUID uuid(String text) {
    try {
      if (text.length() == 36) {
        return UUID.fromString(text);
      }
    } catch (IllegalArgumentException notUuid) {
      throw CurfewException.invalid("session", "must be a UUID");
    }
    throw CurfewException.invalid("session", "must be a UUID");
  }
}
