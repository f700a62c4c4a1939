package dev.curfew.grant;

import dev.curfew.testing.Await;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The two calls of EC2 that keep the ingress rules of one security group, over its Query protocol.
 */
final class Ec2Server implements AutoCloseable {
  static final String GROUP = "sg-0123456789abcdef0";

  /** A rule of the group: its id, and what it admits. */
  record GroupRule(String id, String permission, String description) {}

  private final Vertx vertx = Vertx.vertx();
  private final Map<String, GroupRule> rules = new ConcurrentHashMap<>();
  private final AtomicInteger sequence = new AtomicInteger();
  private final List<MultiMap> calls = new CopyOnWriteArrayList<>();
  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private volatile String failure = "";
  private volatile boolean silent;

  Ec2Server() {
    server =
        Await.result(vertx.createHttpServer().requestHandler(this::serve).listen(0, "127.0.0.1"));
  }

  String url() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  /** What the group admits now. */
  List<GroupRule> rules() {
    return List.copyOf(rules.values());
  }

  List<MultiMap> calls(String action) {
    return calls.stream().filter(call -> call.get("Action").equals(action)).toList();
  }

  List<String> authorizations() {
    return List.copyOf(authorizations);
  }

  /** Somebody else's rule. */
  void admit(String permission) {
    rules.put(permission, new GroupRule(nextId(), permission, "by hand"));
  }

  /** Calls fail with this code from now on; none with an empty one. */
  void failsWith(String code) {
    failure = code;
  }

  /** Calls are carried out and not answered. */
  void isSilent(boolean now) {
    silent = now;
  }

  private String nextId() {
    return "sgr-%017x".formatted(sequence.incrementAndGet());
  }

  private void serve(HttpServerRequest request) {
    request.setExpectMultipart(true);
    request.endHandler(
        end -> {
          MultiMap form = MultiMap.caseInsensitiveMultiMap().addAll(request.formAttributes());
          calls.add(form);
          authorizations.add(String.valueOf(request.getHeader("authorization")));
          answer(request, form);
        });
  }

  private void answer(HttpServerRequest request, MultiMap form) {
    if (!failure.isEmpty()) {
      refuse(request, failure.startsWith("Internal") ? 500 : 400, failure);
      return;
    }
    if (!GROUP.equals(form.get("GroupId"))) {
      refuse(request, 400, "InvalidGroup.NotFound");
      return;
    }
    if (form.get("Action").equals("AuthorizeSecurityGroupIngress")) {
      authorize(request, form);
    } else {
      revoke(request, form);
    }
  }

  private void authorize(HttpServerRequest request, MultiMap form) {
    String permission = permission(form);
    String description = form.get("IpPermissions.1.IpRanges.1.Description");
    if (description == null) {
      description = form.get("IpPermissions.1.Ipv6Ranges.1.Description");
    }
    GroupRule made = new GroupRule(nextId(), permission, String.valueOf(description));
    if (rules.putIfAbsent(permission, made) != null) {
      refuse(request, 400, "InvalidPermission.Duplicate");
      return;
    }
    succeed(
        request,
        "AuthorizeSecurityGroupIngress",
        "<securityGroupRuleSet><item><securityGroupRuleId>"
            + made.id()
            + "</securityGroupRuleId><groupId>"
            + GROUP
            + "</groupId></item></securityGroupRuleSet>");
  }

  private void revoke(HttpServerRequest request, MultiMap form) {
    String id = form.get("SecurityGroupRuleId.1");
    boolean gone =
        id == null
            ? rules.remove(permission(form)) != null
            : rules.values().removeIf(rule -> rule.id().equals(id));
    if (gone) {
      succeed(request, "RevokeSecurityGroupIngress", "");
    } else {
      refuse(
          request,
          400,
          id == null ? "InvalidPermission.NotFound" : "InvalidSecurityGroupRuleId.NotFound");
    }
  }

  private static String permission(MultiMap form) {
    List<String> parts = new ArrayList<>();
    for (String field :
        List.of("IpProtocol", "FromPort", "ToPort", "IpRanges.1.CidrIp", "Ipv6Ranges.1.CidrIpv6")) {
      String value = form.get("IpPermissions.1." + field);
      if (value != null) {
        parts.add(value);
      }
    }
    return String.join(" ", parts);
  }

  private void succeed(HttpServerRequest request, String action, String content) {
    if (!silent) {
      request
          .response()
          .putHeader("content-type", "text/xml;charset=UTF-8")
          .end(
              "<?xml version=\"1.0\" encoding=\"UTF-8\"?><%sResponse".formatted(action)
                  + " xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">"
                  + "<requestId>r</requestId><return>true</return>%s</%sResponse>"
                      .formatted(content, action));
    }
  }

  private static void refuse(HttpServerRequest request, int status, String code) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("content-type", "text/xml;charset=UTF-8")
        .end(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Errors><Error><Code>%s</Code><Message>no</Message></Error></Errors><RequestID>r</RequestID></Response>"
                .formatted(code));
  }

  @Override
  public void close() {
    Await.result(vertx.close());
  }
}
