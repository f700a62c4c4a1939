package dev.curfew.api.am;

import dev.curfew.api.Fields;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * The two questions that a login asks, and the answers as the client sends them back: the same
 * object, with the values of the inputs filled in. Whatever else the client adds is ignored.
 */
final class Callbacks {
  static final String AUTH_ID = "authId";
  private static final String STAGE = "DataStore1";
  private static final String NAME_INPUT = "IDToken1";
  private static final String PASSWORD_INPUT = "IDToken2";
  private static final int MOST = 16;

  private Callbacks() {}

  /** What was filled in. */
  record Filled(String name, Secret password) {}

  static JsonObject asked(String authId) {
    return new JsonObject()
        .put(AUTH_ID, authId)
        .put("template", "")
        .put("stage", STAGE)
        .put("header", "Sign in")
        .put(
            "callbacks",
            new JsonArray()
                .add(callback("NameCallback", "User Name:", NAME_INPUT))
                .add(callback("PasswordCallback", "Password:", PASSWORD_INPUT)));
  }

  private static JsonObject callback(String type, String prompt, String input) {
    return new JsonObject()
        .put("type", type)
        .put("output", entry("prompt", prompt))
        .put("input", entry(input, ""));
  }

  private static JsonArray entry(String name, String value) {
    return new JsonArray().add(new JsonObject().put("name", name).put("value", value));
  }

  /**
   * @throws CurfewException INVALID_FIELD when an answer is missing or no text
   */
  static Filled filled(Fields body) {
    JsonArray callbacks = body.optionalArray("callbacks", MOST);
    if (callbacks == null) {
      throw CurfewException.invalid("callbacks", "is required");
    }
    return new Filled(answer(callbacks, NAME_INPUT), Secret.of(answer(callbacks, PASSWORD_INPUT)));
  }

  private static String answer(JsonArray callbacks, String input) {
    for (int i = 0; i < callbacks.size(); i++) {
      if (!(callbacks.getValue(i) instanceof JsonObject callback)) {
        throw CurfewException.invalid("callbacks[" + i + "]", "must be an object");
      }
      JsonArray inputs = new Fields(callback).optionalArray("input", MOST);
      for (int j = 0; inputs != null && j < inputs.size(); j++) {
        if (inputs.getValue(j) instanceof JsonObject filled
            && input.equals(filled.getValue("name"))) {
          String value = new Fields(filled).optionalText("value");
          return required(value, input);
        }
      }
    }
    throw CurfewException.invalid("callbacks", "must answer " + input);
  }

  private static String required(@Nullable String value, String input) {
    if (value == null) {
      throw CurfewException.invalid("callbacks", "must answer " + input);
    }
    return value;
  }
}
