package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a node says of its cluster; here it is the only one. */
class ClusterContractTest {
  private static final String CLUSTER = "/api/v1/admin/cluster";

  private static Installation at;

  @BeforeAll
  static void start() {
    at = Installation.start(Map.of("node.name", "curfew-1"));
  }

  @AfterAll
  static void stop() {
    at.close();
  }

  @Test
  void singleNode_isItsOwnClusterAndHasAllShards() {
    JsonObject cluster = at.admin.get(CLUSTER).is(200).json();

    assertThat(cluster.getBoolean("clustered")).isFalse();
    assertThat(cluster.getString("node")).isEqualTo("curfew-1");
    assertThat(cluster.getBoolean("databaseAnswers")).isTrue();
    assertThat(Instant.parse(cluster.getString("time"))).isAfter(Instant.now().minusSeconds(60));
    assertThat(cluster.getJsonArray("members")).hasSize(1);
    JsonObject member = cluster.getJsonArray("members").getJsonObject(0);
    assertThat(member.getString("id")).isEqualTo(cluster.getString("answeredBy"));
    assertThat(member.getString("state")).isEqualTo("live");
    assertThat(member.getBoolean("hosting")).isTrue();
    assertThat(member.getBoolean("leaving")).isFalse();
    assertThat(member.getInteger("shards")).isEqualTo(256);
    assertThat(member.getJsonArray("roles")).hasSize(8);
    JsonObject shards = cluster.getJsonObject("shards");
    assertThat(shards.getInteger("total")).isEqualTo(256);
    assertThat(shards.getJsonArray("unowned")).isEmpty();
    assertThat(shards.getJsonArray("orphaned")).isEmpty();
    assertThat(shards.getJsonArray("misplaced")).isEmpty();
    assertThat(shards.getLong("lowestEpoch")).isEqualTo(1);
    assertThat(shards.containsKey("owners")).isFalse();
    assertThat(cluster.getJsonObject("backlog").getLong("pendingDeliveries")).isZero();
  }

  @Test
  void shards_areToldOfOneByOneWhereAskedFor() {
    JsonArray owners =
        at.admin
            .get(CLUSTER + "?shards=true")
            .is(200)
            .json()
            .getJsonObject("shards")
            .getJsonArray("owners");

    assertThat(owners).hasSize(256);
    for (int shard = 0; shard < owners.size(); shard++) {
      JsonObject owner = owners.getJsonObject(shard);
      assertThat(owner.getInteger("shard")).isEqualTo(shard);
      assertThat(owner.getString("node")).isEqualTo("curfew-1");
      assertThat(owner.getString("member")).isEqualTo(owner.getString("preferred"));
      assertThat(owner.getLong("epoch")).isEqualTo(1);
    }
  }

  @Test
  void query_thatIsNotOfThisCall_isRefused() {
    at.admin.get(CLUSTER + "?shards=all").refuses(400, "shards");
    at.admin.get(CLUSTER + "?epochs=true").refuses(400, "epochs");
  }

  @Test
  void cluster_isForWhoAnswersForTheInstallation() {
    at.auditor.get(CLUSTER).is(200);
    at.user.get(CLUSTER).is(403);
    at.organisation.get(CLUSTER).is(403);
    at.key("audrey", List.of("sessions:read")).get(CLUSTER).is(403);
    at.anonymous.get(CLUSTER).is(401);
  }

  @Test
  void metrics_tellOfMembersShardsAndCommandsOnTheirWay() {
    assertThat(at.admin.get("/metrics").is(200).text())
        .contains(
            "curfew_cluster_members 1.0",
            "curfew_cluster_hosts 1.0",
            "curfew_shards_served 256.0",
            "curfew_shards_unserved 0.0",
            "curfew_shard_takeover_seconds_count 256",
            "curfew_shard_takeover_longest_seconds ",
            "curfew_shards_lost_total 0.0",
            "curfew_commands_forwarded_total 0.0",
            "curfew_commands_unanswered_total 0.0",
            "curfew_commands_parked 0.0");
  }
}
