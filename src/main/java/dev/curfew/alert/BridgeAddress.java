package dev.curfew.alert;

import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What may be registered for on the bridge: whose events one wants. */
sealed interface BridgeAddress {
  /** Longest address, in characters; that of the standard bridge. */
  int LONGEST = 200;

  Pattern FORM =
      Pattern.compile(
          "alerts\\.(?:user\\.(?<user>0|[1-9][0-9]{0,9})"
              + "|session\\.(?<session>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
              + "|realm\\.(?<realm>\\P{Cntrl}+))");

  /** {@code alerts.user.<numeric id>}. */
  record OfUser(long numericId) implements BridgeAddress {}

  /** {@code alerts.session.<uuid>}. */
  record OfSession(UUID id) implements BridgeAddress {}

  /** {@code alerts.realm.<name>}. */
  record OfRealm(String name) implements BridgeAddress {}

  /** Null for anything else: there is no other address. */
  static @Nullable BridgeAddress parse(String text) {
    if (text.length() > LONGEST) {
      return null;
    }
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return null;
    }
    if (form.group("user") != null) {
      return new OfUser(Long.parseLong(form.group("user")));
    }
    return form.group("session") != null
        ? new OfSession(UUID.fromString(form.group("session")))
        : new OfRealm(form.group("realm"));
  }
}
