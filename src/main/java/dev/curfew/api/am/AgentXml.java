package dev.curfew.api.am;

import dev.curfew.realm.EndNotification;
import dev.curfew.realm.TokenView;
import dev.curfew.session.EndReason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What policy agents are sent: answers to their request sets, and notifications. Each is an
 * envelope whose character data is a document of its own.
 */
final class AgentXml {
  static final String CONTENT_TYPE = "text/xml;charset=UTF-8";
  private static final String DECLARATION =
      "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

  private AgentXml() {}

  /** One answer of a set: to which request, and the document inside. */
  record Response(String document) {}

  static String responseSet(AgentRequestSet asked, List<Response> responses) {
    StringBuilder xml =
        new StringBuilder(DECLARATION)
            .append("<ResponseSet vers=\"1.0\" svcid=\"")
            .append(escaped(asked.service()))
            .append("\" reqid=\"")
            .append(escaped(asked.reqid()))
            .append("\">\n");
    for (Response response : responses) {
      xml.append("<Response><![CDATA[").append(response.document()).append("]]></Response>\n");
    }
    return xml.append("</ResponseSet>\n").toString();
  }

  static Response done(AgentRequest request) {
    return response(request, "<OK></OK>\n");
  }

  static Response refused(AgentRequest request, String reason) {
    return response(request, "<Exception>" + escaped(reason) + "</Exception>\n");
  }

  /**
   * @param maxCachingMinutes how long the agent may believe this
   */
  static Response session(
      AgentRequest request, TokenView session, String token, int maxCachingMinutes) {
    StringBuilder xml = new StringBuilder("<Session");
    attribute(xml, "sid", token);
    attribute(xml, "stype", "user");
    attribute(xml, "cid", RealmPaths.universalId(session.username(), session.realm()));
    attribute(xml, "cdomain", RealmPaths.organisation(session.realm()));
    attribute(xml, "maxtime", Long.toString(SessionJson.maxSessionMinutes(session)));
    attribute(xml, "maxidle", Long.toString(SessionJson.maxIdleMinutes(session)));
    attribute(xml, "maxcaching", Integer.toString(maxCachingMinutes));
    attribute(xml, "timeidle", Long.toString(SessionJson.idleSeconds(session)));
    attribute(xml, "timeleft", Long.toString(SessionJson.secondsLeft(session)));
    attribute(xml, "state", "valid");
    xml.append(">\n");
    property(xml, "UserId", session.username());
    property(xml, "UserToken", session.username());
    property(
        xml,
        "sun.am.UniversalIdentifier",
        RealmPaths.universalId(session.username(), session.realm()));
    property(xml, "Organization", RealmPaths.organisation(session.realm()));
    return response(request, xml.append("</Session>\n").toString());
  }

  private static Response response(AgentRequest request, String content) {
    String kind = escaped(request.kind());
    return new Response(
        "<SessionResponse vers=\"1.0\" reqid=\""
            + escaped(request.reqid())
            + "\">\n<"
            + kind
            + ">\n"
            + content
            + "</"
            + kind
            + ">\n</SessionResponse>");
  }

  /** Tells that a session has ended. */
  static String notificationSet(EndNotification ended) {
    String id = Long.toString(ended.id());
    StringBuilder session = new StringBuilder("<Session");
    attribute(session, "sid", ended.token().reveal());
    attribute(session, "stype", "user");
    attribute(session, "state", "destroyed");
    session.append("></Session>\n");
    return DECLARATION
        + "<NotificationSet vers=\"1.0\" svcid=\"session\" notid=\""
        + id
        + "\">\n<Notification><![CDATA[<SessionNotification vers=\"1.0\" notid=\""
        + id
        + "\">\n"
        + session
        + "<Type>"
        + eventType(ended.reason())
        + "</Type>\n<Time>"
        + ended.endedAt()
        + "</Time>\n</SessionNotification>]]></Notification>\n</NotificationSet>\n";
  }

  /** The numbers that the family's agents know for the ends of sessions. */
  private static int eventType(EndReason reason) {
    return switch (reason) {
      case IDLE -> 1;
      case EXPIRED -> 2;
      case STOPPED -> 3;
      case QUOTA -> 7;
      default -> 5;
    };
  }

  private static void property(StringBuilder xml, String name, String value) {
    xml.append("<Property");
    attribute(xml, "name", name);
    attribute(xml, "value", value);
    xml.append("></Property>\n");
  }

  private static void attribute(StringBuilder xml, String name, @Nullable String value) {
    xml.append(' ').append(name).append("=\"").append(escaped(value == null ? "" : value));
    xml.append('"');
  }

  /** With every angle bracket escaped, nothing can end the character data that it stands in. */
  private static String escaped(String text) {
    StringBuilder xml = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> xml.append("&amp;");
                case '<' -> xml.append("&lt;");
                case '>' -> xml.append("&gt;");
                case '"' -> xml.append("&quot;");
                case '\'' -> xml.append("&apos;");
                default -> xml.appendCodePoint(allowed(c) ? c : '?');
              }
            });
    return xml.toString();
  }

  /** XML 1.0 knows no other control characters, not even escaped. */
  private static boolean allowed(int c) {
    return (c >= 0x20 && c <= 0xD7FF)
        || c == '\t'
        || c == '\n'
        || c == '\r'
        || (c >= 0xE000 && c <= 0xFFFD)
        || c >= 0x10000;
  }
}
