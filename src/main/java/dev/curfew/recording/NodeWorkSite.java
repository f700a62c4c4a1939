package dev.curfew.recording;

import dev.curfew.bus.Claims;
import dev.curfew.lease.Claim;
import dev.curfew.lease.RecordingStage;
import dev.curfew.lease.Work;
import dev.curfew.store.ClaimStore.Moved;
import dev.curfew.store.StageDetails;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node that a worker runs in. Each run has a name of its own, so that what an earlier run left
 * behind is recognised and put back when the next one starts, without waiting for its silence to be
 * noticed.
 */
class NodeWorkSite implements WorkSite {
  private static final Logger LOG = LoggerFactory.getLogger(NodeWorkSite.class);

  final RecordingSurroundings around;
  private final Claims claims;
  private final Work work;
  private final String name;
  private final String instance;

  NodeWorkSite(RecordingSurroundings around, Claims claims, Work work, String node) {
    this.around = around;
    this.claims = claims;
    this.work = work;
    this.name = node + "/" + (work == Work.ENCODE ? "encoder" : "uploader") + "/";
    this.instance = name + UUID.randomUUID().toString().substring(0, 8);
  }

  @Override
  public String instance() {
    return instance;
  }

  @Override
  public Future<Void> begin() {
    return around
        .claims
        .giveUpEarlierRuns(work, name, instance, around.options.maxAttempts())
        .map(
            givenUp -> {
              if (!givenUp.isEmpty()) {
                LOG.info(
                    "{} recordings of an earlier run of {} are put back", givenUp.size(), name);
                around.committedAndReady();
              }
              return null;
            });
  }

  @Override
  public Claims.Ticket claim(Duration wait) {
    return claims.claim(work, instance, 1, wait);
  }

  @Override
  public Duration lease() {
    return around.options.lease();
  }

  @Override
  public Future<Void> renew(Claim claim) {
    return around
        .claims
        .renew(claim.sessionId(), claim.claimant(), around.options.lease())
        .mapEmpty();
  }

  @Override
  public Future<Void> done(Claim claim, StageDetails details) {
    return move(claim, work.done(), Duration.ZERO, details);
  }

  @Override
  public Future<Void> failed(Claim claim, Duration rest, String reason) {
    return move(claim, RecordingStage.FAILED, rest, StageDetails.failure(reason));
  }

  private Future<Void> move(Claim claim, RecordingStage to, Duration rest, StageDetails details) {
    return told(
        around.claims.report(
            claim.sessionId(), claim.claimant(), to, around.options.maxAttempts(), rest, details));
  }

  @Override
  public Future<Void> handBack(Claim claim, Duration rest, String reason) {
    return told(around.claims.handBack(claim.sessionId(), claim.claimant(), rest, reason));
  }

  @Override
  public Future<Void> postpone(Claim claim, String reason) {
    return told(around.claims.postpone(
            claim.sessionId(), claim.claimant(), around.options.retryDelay(), reason))
        .onSuccess(postponed -> around.figures.postponed());
  }

  private Future<Void> told(Future<Moved> moved) {
    return moved.onSuccess(done -> around.committedAndReady()).mapEmpty();
  }

  @Override
  public void progress(Claim claim, double fraction) {
    around.progress.at(claim.sessionId(), fraction);
  }

  @Override
  public void over(Claim claim) {
    around.progress.over(claim.sessionId());
  }
}
