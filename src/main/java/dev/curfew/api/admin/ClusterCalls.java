package dev.curfew.api.admin;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Gateway;
import dev.curfew.api.Times;
import dev.curfew.auth.Authorisation;
import dev.curfew.cluster.ClusterReport;
import dev.curfew.cluster.Roster;
import dev.curfew.store.ClusterReads.Backlog;
import dev.curfew.store.Member;
import dev.curfew.store.ShardOwner;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How the cluster is, as the node that answers sees it. */
final class ClusterCalls {
  private static final Comparator<Member> BY_NAME =
      Comparator.comparing(Member::name).thenComparing(Member::id);

  private final Gateway gateway;

  ClusterCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  Future<Answer> show(Exchange exchange) {
    Authorisation.requireReaderOfInstallation(exchange.principal());
    exchange.requireOnlyParameters(Set.of("shards"));
    boolean each = exchange.queryFlag("shards");
    return gateway.cluster().report().map(report -> Answer.ok(json(report, each)));
  }

  private static JsonObject json(ClusterReport report, boolean each) {
    Roster roster = report.roster();
    JsonArray members = new JsonArray();
    roster.live().values().stream()
        .sorted(BY_NAME)
        .forEach(member -> members.add(json(member, true, report)));
    report.silent().stream()
        .sorted(BY_NAME)
        .forEach(member -> members.add(json(member, false, report)));
    JsonObject shards = shards(roster);
    if (each) {
      shards.put("owners", owners(roster));
    }
    Member self = roster.live().get(roster.self());
    return new JsonObject()
        .put("clustered", !report.sole())
        .put("answeredBy", roster.self().toString())
        .put("node", self == null ? null : self.name())
        .put("time", Times.iso(report.at()))
        .put("clockErrorMillis", report.clockErrorMillis())
        .put("databaseAnswers", report.databaseAnswers())
        .put("members", members)
        .put("shards", shards)
        .put("backlog", json(report.backlog()));
  }

  private static JsonObject json(Member member, boolean live, ClusterReport report) {
    return new JsonObject()
        .put("id", member.id().toString())
        .put("name", member.name())
        .put("roles", new JsonArray(List.copyOf(new TreeSet<>(member.roles()))))
        .put("address", member.address().isEmpty() ? null : member.address())
        .put("joinedAt", member.joinedAt() == 0 ? null : Times.iso(member.joinedAt()))
        .put("seenAt", member.seenAt() == 0 ? null : Times.iso(member.seenAt()))
        .put("state", live ? "live" : "silent")
        .put("leaving", member.leaving())
        .put("hosting", report.roster().hosts().contains(member.id()))
        .put("shards", report.roster().shardsOf(member.id()))
        .put("inTouchWith", inTouchWith(member, report));
  }

  /** The others, by their names. */
  private static JsonArray inTouchWith(Member member, ClusterReport report) {
    List<String> names = new ArrayList<>();
    for (UUID touched : member.touches()) {
      Member other = report.roster().live().get(touched);
      if (other != null && !touched.equals(member.id())) {
        names.add(other.name());
      }
    }
    names.sort(null);
    return new JsonArray(names);
  }

  private static JsonObject shards(Roster roster) {
    List<ShardOwner> owners = roster.owners();
    return new JsonObject()
        .put("total", owners.size())
        .put("unowned", new JsonArray(roster.unowned()))
        .put("orphaned", new JsonArray(roster.orphaned()))
        .put("misplaced", new JsonArray(roster.misplaced()))
        .put("lowestEpoch", owners.stream().mapToLong(ShardOwner::epoch).min().orElse(0))
        .put("highestEpoch", owners.stream().mapToLong(ShardOwner::epoch).max().orElse(0));
  }

  private static JsonArray owners(Roster roster) {
    JsonArray owners = new JsonArray();
    for (int shard = 0; shard < roster.owners().size(); shard++) {
      ShardOwner owner = roster.owners().get(shard);
      owners.add(
          new JsonObject()
              .put("shard", shard)
              .put("member", text(owner.member()))
              .put("node", owner.node().isEmpty() ? null : owner.node())
              .put("epoch", owner.epoch())
              .put("preferred", text(roster.preferred(shard))));
    }
    return owners;
  }

  private static @Nullable String text(@Nullable UUID id) {
    return id == null ? null : id.toString();
  }

  private static @Nullable JsonObject json(@Nullable Backlog backlog) {
    return backlog == null
        ? null
        : new JsonObject()
            .put("unsealedEvents", backlog.unsealedEvents())
            .put("oldestUnsealedMillis", backlog.oldestUnsealedMillis())
            .put("pendingDeliveries", backlog.pendingDeliveries())
            .put("oldestDeliveryMillis", backlog.oldestDeliveryMillis());
  }
}
