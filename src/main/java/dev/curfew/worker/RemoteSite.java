package dev.curfew.worker;

import dev.curfew.bus.Claims;
import dev.curfew.lease.ChunkKind;
import dev.curfew.lease.Claim;
import dev.curfew.lease.Claimant;
import dev.curfew.lease.RecordingStage;
import dev.curfew.lease.Work;
import dev.curfew.recording.Artefact;
import dev.curfew.recording.EncodingSite;
import dev.curfew.recording.RecordingSource;
import dev.curfew.recording.UntilAnswered;
import dev.curfew.store.StageDetails;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node far away, as an encoder claims from it and delivers to it. One for each work loop. */
final class RemoteSite implements EncodingSite {
  /** How long a recording rests that cannot be worked on for an outage. */
  private static final Duration POSTPONED = Duration.ofMinutes(1);

  private static final Logger LOG = LoggerFactory.getLogger(RemoteSite.class);

  private static final String PSM = "/api/services/v1/secureaccessgateway/";
  private static final Duration PATIENCE = NodeLink.PATIENCE;

  /** How long a claim waits for work before it is made anew; a stop waits for that. */
  private static final Duration LONGEST_POLL = Duration.ofSeconds(4);

  /** What a node may take in its own time when it has been given an artefact. */
  private static final Duration PATIENCE_FOR_ARTEFACTS = Duration.ofMinutes(2);

  /** The slowest line that is worth waiting for. */
  private static final long SLOWEST_BYTES_A_SECOND = 64 * 1024;

  private static final long TELL_NANOS = Duration.ofSeconds(15).toNanos();
  private static final int LONGEST_REASON = 1_000;

  private final Vertx vertx;
  private final Context eventLoop;
  private final NodeLink link;
  private final String instance;
  private final Set<ChunkKind> kinds;
  private final AtomicLong toldAt = new AtomicLong();
  private Duration lease = Duration.ofSeconds(30);

  /**
   * @param instance the encoder's name
   * @param kinds the kinds of chunks that are made something of
   */
  RemoteSite(Vertx vertx, NodeLink link, String instance, Set<ChunkKind> kinds) {
    this.vertx = vertx;
    this.eventLoop = vertx.getOrCreateContext();
    this.link = link;
    this.instance = instance;
    this.kinds = Set.copyOf(kinds);
  }

  @Override
  public String instance() {
    return instance;
  }

  /** Claims of a run before, if it was killed, are left to the node's watchdog. */
  @Override
  public Future<Void> begin() {
    return Future.succeededFuture();
  }

  @Override
  public Claims.Ticket claim(Duration wait) {
    return new Ticket(
        link.call(
            PSM + "EncoderClaim",
            new JsonObject()
                .put("processInstance", instance)
                .put("maxSessions", 1)
                .put("waitSeconds", Math.min(LONGEST_POLL.toSeconds(), wait.toSeconds())),
            LONGEST_POLL.plus(PATIENCE)));
  }

  private final class Ticket implements Claims.Ticket {
    private final NodeLink.Call call;
    private final Future<List<Claim>> granted;
    private boolean cancelled;

    Ticket(NodeLink.Call call) {
      this.call = call;
      this.granted = call.answer().compose(this::taken);
    }

    private Future<List<Claim>> taken(JsonObject answer) {
      List<Claim> claims =
          answer.getJsonArray("Claims", new JsonArray()).stream()
              .map(claim -> read((JsonObject) claim))
              .toList();
      return cancelled ? given(claims).map(List.of()) : Future.succeededFuture(claims);
    }

    private Future<?> given(List<Claim> claims) {
      return Future.join(
          claims.stream().map(claim -> handBack(claim, Duration.ZERO, "not wanted")).toList());
    }

    @Override
    public Future<List<Claim>> granted() {
      return granted;
    }

    /**
     * Waits for the answer rather than to break the connection: it may be on its way already, and
     * nobody would know of the claims in it.
     */
    @Override
    public void cancel() {
      cancelled = true;
      vertx.setTimer(LONGEST_POLL.toMillis() * 2, late -> call.cancel());
    }
  }

  private Claim read(JsonObject claim) {
    lease = Duration.ofMillis((long) (claim.getDouble("LeaseSeconds") * 1_000));
    UUID session = UUID.fromString(claim.getString("SessionId"));
    LOG.info("Claimed the recording of session {}", session);
    Claimant who = Claimant.of(instance, claim.getString("ClaimToken"));
    return new Claim(
        session,
        Work.ENCODE,
        instance,
        token(who),
        Instant.parse(claim.getString("LeaseUntil")).toEpochMilli(),
        claim.getInteger("Attempt"));
  }

  private static long token(Claimant who) {
    Long token = who.token();
    return token == null ? 0 : token;
  }

  @Override
  public Duration lease() {
    return lease;
  }

  @Override
  public Future<Void> renew(Claim claim) {
    return link.send(
            HttpMethod.POST,
            PSM + "Polling",
            new JsonObject()
                .put("session", claim.sessionId().toString())
                .put("processInstance", instance)
                .put("claimToken", claim.claimToken()),
            lease)
        .mapEmpty();
  }

  private Future<Void> report(Claim claim, RecordingStage stage, JsonObject more) {
    return link.send(
            HttpMethod.PUT,
            PSM + "UpdateRecordingProcessStatus",
            of(claim).put("recordingStatus", stage.wireName()).mergeIn(more),
            PATIENCE)
        .mapEmpty();
  }

  private JsonObject of(Claim claim) {
    return new JsonObject()
        .put("privSessionId", claim.sessionId().toString())
        .put("processInstance", instance)
        .put("claimToken", claim.claimToken());
  }

  @Override
  public Future<Void> done(Claim claim, StageDetails details) {
    JsonObject more = new JsonObject();
    String format = details.format();
    if (format != null) {
      more.put("recordingFormat", format);
    }
    Long skipped = details.skipped();
    if (skipped != null) {
      more.put("skippedChunks", skipped);
    }
    return report(claim, claim.work().done(), more);
  }

  @Override
  public Future<Void> failed(Claim claim, Duration rest, String reason) {
    return report(
        claim,
        RecordingStage.FAILED,
        new JsonObject().put("failure", cut(reason)).put("retryAfterSeconds", rest.toSeconds()));
  }

  @Override
  public Future<Void> postpone(Claim claim, String reason) {
    return handBack(claim, POSTPONED, reason);
  }

  @Override
  public Future<Void> handBack(Claim claim, Duration rest, String reason) {
    return link.send(
            HttpMethod.POST,
            PSM + "ReleaseClaim",
            of(claim).put("reason", cut(reason)).put("retryAfterSeconds", rest.toSeconds()),
            PATIENCE)
        .onSuccess(done -> LOG.info("Gave back the recording of session {}", claim.sessionId()))
        .mapEmpty();
  }

  private static String cut(String reason) {
    return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON);
  }

  @Override
  public Future<RecordingSource> source(Claim claim, BooleanSupplier cancelled) {
    return link.get(RemoteRecording.path(claim.sessionId()))
        .map(
            recording ->
                new RemoteRecording(
                    link,
                    eventLoop,
                    UntilAnswered.unlessStopped(vertx, cancelled),
                    recording,
                    kinds));
  }

  @Override
  public Future<Void> deliver(Claim claim, Artefact artefact, BooleanSupplier cancelled) {
    return link.deliver(
        RemoteRecording.path(claim.sessionId()) + "/artifacts/" + artefact.kind().wireName(),
        Map.of(
            "X-Claim-Token", claim.claimToken(),
            "Content-Type", artefact.contentType(),
            "Content-Digest", digest(artefact)),
        artefact.file(),
        artefact.size(),
        PATIENCE_FOR_ARTEFACTS.plusSeconds(artefact.size() / SLOWEST_BYTES_A_SECOND),
        cancelled);
  }

  private static String digest(Artefact artefact) {
    return "sha-256=:" + Base64.getEncoder().encodeToString(artefact.sha256().bytes()) + ":";
  }

  @Override
  public void progress(Claim claim, double fraction) {
    long now = System.nanoTime();
    long last = toldAt.get();
    if (fraction == 0) {
      toldAt.set(now);
    } else if (now - last > TELL_NANOS && toldAt.compareAndSet(last, now)) {
      LOG.info(
          "{} of the recording of session {}",
          String.format(Locale.ROOT, "%.0f %%", fraction * 100),
          claim.sessionId());
    }
  }

  @Override
  public void over(Claim claim) {
    toldAt.set(System.nanoTime());
  }
}
