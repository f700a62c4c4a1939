package dev.curfew.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.Lease.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseTest {
  private static final long MINUTE = 60_000;
  private static final long LEASE = 2 * MINUTE;
  private static final int MOST_ATTEMPTS = 3;

  private static final Claimant FIRST = new Claimant("encoder-1", 10L);
  private static final Claimant SECOND = new Claimant("encoder-2", 20L);

  private final Lease encoding = Lease.NONE.ended().claimed(Work.ENCODE, "encoder-1", 10, 0, LEASE);
  private final Lease putBack = encoding.attemptFailed(MOST_ATTEMPTS);
  private final Lease encodingAgain = putBack.claimed(Work.ENCODE, "encoder-2", 20, MINUTE, LEASE);

  @Test
  void claim_startsWithTheFirstAttempt() {
    assertThat(encoding.stage()).isEqualTo(RecordingStage.ENCODING);
    assertThat(encoding.owner()).isEqualTo("encoder-1");
    assertThat(encoding.attempt()).isEqualTo(1);
    assertThat(encoding.until()).isEqualTo(LEASE);
  }

  @Test
  void claim_ofWhatIsClaimed_isADefect() {
    assertThatThrownBy(() -> encoding.claimed(Work.ENCODE, "encoder-2", 20, 0, LEASE))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void claim_withATokenThatDoesNotGrow_isADefect() {
    assertThatThrownBy(() -> putBack.claimed(Work.ENCODE, "encoder-2", 10, 0, LEASE))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void claimAfterAFailedAttempt_isTheNextAttempt() {
    assertThat(putBack.owner()).isNull();
    assertThat(encodingAgain.attempt()).isEqualTo(2);
  }

  @Test
  void report_ofTheEarlierClaim_changesNothing() {
    assertRefused(
        encodingAgain.reported(FIRST, RecordingStage.DONE_ENCODED, MOST_ATTEMPTS),
        ErrorCode.NOT_OWNER);
    assertRefused(encodingAgain.renewed(FIRST, 0, LEASE), ErrorCode.NOT_OWNER);
    assertRefused(encodingAgain.handedBack(FIRST), ErrorCode.NOT_OWNER);
  }

  @Test
  void report_ofAnEarlierTokenUnderTheOwnersName_changesNothing() {
    assertRefused(
        encodingAgain.reported(
            new Claimant("encoder-2", 10L), RecordingStage.DONE_ENCODED, MOST_ATTEMPTS),
        ErrorCode.NOT_OWNER);
  }

  @Test
  void report_withoutAToken_countsForTheOwnersLatestClaim() {
    Claimant named = new Claimant("encoder-2", null);
    assertThat(moved(encodingAgain.reported(named, RecordingStage.DONE_ENCODED, 3)).stage())
        .isEqualTo(RecordingStage.DONE_ENCODED);
  }

  @Test
  void report_withTheTokenAlone_counts() {
    Claimant token = new Claimant(null, 20L);
    assertThat(moved(encodingAgain.reported(token, RecordingStage.DONE_ENCODED, 3)).stage())
        .isEqualTo(RecordingStage.DONE_ENCODED);
  }

  @Test
  void report_repeated_isASuccessWithoutChange() {
    Lease done = moved(encoding.reported(FIRST, RecordingStage.DONE_ENCODED, MOST_ATTEMPTS));
    assertAlready(done.reported(FIRST, RecordingStage.DONE_ENCODED, MOST_ATTEMPTS));
    assertRefused(
        done.reported(SECOND, RecordingStage.DONE_ENCODED, MOST_ATTEMPTS), ErrorCode.NOT_OWNER);
  }

  @Test
  void report_repeatedWhileTheUploaderWorks_isASuccessWithoutChange() {
    Lease uploading =
        moved(encoding.reported(FIRST, RecordingStage.DONE_ENCODED, MOST_ATTEMPTS))
            .claimed(Work.UPLOAD, "uploader", 30, 0, LEASE);
    assertAlready(uploading.reported(FIRST, RecordingStage.DONE_ENCODED, MOST_ATTEMPTS));
  }

  @Test
  void report_ofTheStageItIsIn_isASuccessWithoutChange() {
    assertAlready(encoding.reported(FIRST, RecordingStage.ENCODING, MOST_ATTEMPTS));
  }

  @ParameterizedTest
  @EnumSource(
      value = RecordingStage.class,
      names = {"CONNECTED", "UPLOADING", "DONE_UPLOADED"})
  void report_ofAStageThatDoesNotFollow_isRefused(RecordingStage to) {
    assertRefused(encoding.reported(FIRST, to, MOST_ATTEMPTS), ErrorCode.WRONG_STATE);
  }

  @Test
  void report_ofWhatIsNotClaimed_isRefusedNamingTheStage() {
    assertThat(
            ((Decision.Refused) putBack.reported(FIRST, RecordingStage.DONE_ENCODED, MOST_ATTEMPTS))
                .message())
        .contains("Ended");
  }

  @Test
  void upload_hasItsOwnAttempts() {
    Lease uploading =
        moved(encodingAgain.reported(SECOND, RecordingStage.DONE_ENCODED, MOST_ATTEMPTS))
            .claimed(Work.UPLOAD, "uploader", 30, 0, LEASE);
    assertThat(uploading.attempt()).isEqualTo(1);
  }

  @Test
  void attempts_usedUp_leaveItFailedAndRetryable() {
    Lease failed = encodingAgain.attemptFailed(2);
    assertThat(failed.stage()).isEqualTo(RecordingStage.FAILED);
    Lease retried = moved(failed.retried());
    assertThat(retried.stage()).isEqualTo(RecordingStage.ENDED);
    assertThat(retried.attempt()).isZero();
  }

  @Test
  void failedUpload_isRetriedFromDoneEncoded() {
    Lease failed =
        moved(encoding.reported(FIRST, RecordingStage.DONE_ENCODED, MOST_ATTEMPTS))
            .claimed(Work.UPLOAD, "uploader", 30, 0, LEASE)
            .attemptFailed(1);
    assertThat(moved(failed.retried()).stage()).isEqualTo(RecordingStage.DONE_ENCODED);
  }

  @Test
  void retry_ofWhatHasNotFailed_isRefused() {
    assertRefused(encoding.retried(), ErrorCode.WRONG_STATE);
  }

  @Test
  void handBack_doesNotCountAsAnAttempt() {
    Lease handedBack = moved(encodingAgain.handedBack(SECOND));
    assertThat(handedBack.stage()).isEqualTo(RecordingStage.ENDED);
    assertThat(handedBack.attempt()).isEqualTo(1);
  }

  @Test
  void postponement_doesNotCountAsAnAttemptHoweverOften() {
    Lease lease = Lease.NONE.ended();
    for (int outage = 1; outage <= 1_000; outage++) {
      Claimant who = new Claimant("encoder-1", (long) outage);
      lease = moved(lease.claimed(Work.ENCODE, "encoder-1", outage, 0, LEASE).postponed(who));
      assertThat(lease.stage()).isEqualTo(RecordingStage.ENDED);
      assertThat(lease.attempt()).isZero();
      assertThat(lease.postponed()).isEqualTo(outage);
    }
  }

  @Test
  void postponement_restsTwiceAsLongEachTimeUpToFiveMinutes() {
    Lease lease = encoding;
    List<Long> rests = new ArrayList<>();
    for (int outage = 1; outage <= 10; outage++) {
      lease = moved(lease.postponed(new Claimant(null, lease.token())));
      rests.add(lease.rest(2_000));
      lease = lease.claimed(Work.ENCODE, "encoder-1", lease.token() + 1, 0, LEASE);
    }
    assertThat(rests)
        .containsExactly(
            2_000L, 4_000L, 8_000L, 16_000L, 32_000L, 64_000L, 128_000L, 256_000L, 300_000L,
            300_000L);
    assertThat(lease.rest(0)).isZero();
  }

  @Test
  void postponements_areForgottenOnceTheWorkWasPossible() {
    Lease again =
        moved(encoding.postponed(FIRST)).claimed(Work.ENCODE, "encoder-2", 20, MINUTE, LEASE);
    assertThat(again.postponed()).isEqualTo(1);
    assertThat(moved(again.handedBack(SECOND)).postponed()).isEqualTo(1);
    assertThat(again.attemptFailed(MOST_ATTEMPTS).postponed()).isZero();
    assertThat(again.attemptFailed(MOST_ATTEMPTS).attempt()).isEqualTo(1);
    assertThat(
            moved(again.reported(SECOND, RecordingStage.DONE_ENCODED, MOST_ATTEMPTS)).postponed())
        .isZero();
  }

  @Test
  void postponement_ofAnEarlierClaim_changesNothing() {
    assertRefused(encodingAgain.postponed(FIRST), ErrorCode.NOT_OWNER);
    assertRefused(putBack.postponed(FIRST), ErrorCode.NOT_OWNER);
  }

  @Test
  void staleness_needsTheLeaseOverAndTheLimitReached() {
    long limit = 10 * MINUTE;
    assertThat(encoding.stale(limit - 1, limit, 0)).isFalse();
    assertThat(encoding.stale(limit, limit, 0)).isTrue();
    assertThat(encoding.stale(LEASE, 1, 0)).as("lease runs until then").isFalse();
    assertThat(moved(encoding.renewed(FIRST, 9 * MINUTE, LEASE)).stale(limit, limit, 0)).isFalse();
  }

  @Test
  void staleness_countsOnlyWhatCouldBeHeard() {
    long limit = 10 * MINUTE;
    long hearingSince = 100 * MINUTE;
    assertThat(encoding.stale(hearingSince + limit - 1, limit, hearingSince)).isFalse();
    assertThat(encoding.stale(hearingSince + limit, limit, hearingSince)).isTrue();
  }

  @Test
  void renewal_neverShortensALease() {
    assertThat(moved(encoding.renewed(FIRST, MINUTE, 1)).until()).isEqualTo(LEASE);
  }

  @Test
  void claimToken_isReadAsItIsShown() {
    Claim claim = new Claim(new java.util.UUID(0, 1), Work.ENCODE, "e", 1L << 40, 0, 1);
    assertThat(Claimant.of("e", claim.claimToken())).isEqualTo(claim.claimant());
    assertThatThrownBy(() -> Claimant.ofToken("not a token")).hasMessageContaining("claimToken");
  }

  @ParameterizedTest
  @EnumSource(RecordingStage.class)
  void stage_isFoundByItsNames(RecordingStage stage) {
    assertThat(RecordingStage.ofCode(stage.code())).isEqualTo(stage);
    assertThat(RecordingStage.ofWireName(stage.wireName().toUpperCase(java.util.Locale.ROOT)))
        .contains(stage);
  }

  /**
   * Workers of several names, some of whom think that they still hold claims they have lost, a
   * watchdog and an administrator, in any order.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89})
  void anyHistory_hasOneOwnerAtMostAndNoWordFromThePast(long seed) {
    Random random = new Random(seed);
    Lease lease = Lease.NONE.ended();
    List<Claimant> everClaimed = new ArrayList<>();
    long now = 0;
    for (int step = 0; step < 5_000; step++) {
      now += random.nextInt(60_000);
      Lease before = lease;
      lease = step(lease, random, now, everClaimed);

      if (lease.stage() != before.stage()) {
        assertThat(before.stage().successors()).as("seed %s", seed).contains(lease.stage());
      }
      assertThat(lease.token()).isGreaterThanOrEqualTo(before.token());
      assertThat(lease.attempt()).isBetween(0, MOST_ATTEMPTS);
      Lease after = lease;
      List<Claimant> holders = everClaimed.stream().filter(after::heldBy).toList();
      assertThat(holders).as("seed %s", seed).hasSize(lease.stage().claimed() ? 1 : 0);
      for (Claimant past : everClaimed) {
        if (!lease.heldBy(past)) {
          assertThat(lease.renewed(past, now, LEASE)).isInstanceOf(Decision.Refused.class);
          assertThat(lease.handedBack(past)).isInstanceOf(Decision.Refused.class);
          assertThat(lease.postponed(past)).isInstanceOf(Decision.Refused.class);
          for (RecordingStage to : RecordingStage.values()) {
            assertThat(lease.reported(past, to, MOST_ATTEMPTS))
                .isNotInstanceOf(Decision.Moved.class);
          }
        }
      }
      if (lease.stage() == RecordingStage.DONE_UPLOADED) {
        lease = Lease.NONE.ended();
        everClaimed.clear();
      }
    }
  }

  private static Lease step(Lease lease, Random random, long now, List<Claimant> everClaimed) {
    Claimant anyone =
        everClaimed.isEmpty()
            ? new Claimant("nobody", 1L)
            : everClaimed.get(random.nextInt(everClaimed.size()));
    return switch (random.nextInt(7)) {
      case 0, 1 -> {
        for (Work work : Work.values()) {
          if (lease.stage() == work.waiting()) {
            String name = "worker-" + random.nextInt(3);
            long token = lease.token() + 1 + random.nextInt(100);
            everClaimed.add(new Claimant(name, token));
            yield lease.claimed(work, name, token, now, LEASE);
          }
        }
        yield lease;
      }
      case 2 -> outcome(lease, lease.renewed(anyone, now, LEASE));
      case 3 -> {
        RecordingStage[] stages = RecordingStage.values();
        RecordingStage to = stages[random.nextInt(stages.length)];
        yield outcome(lease, lease.reported(anyone, to, MOST_ATTEMPTS));
      }
      case 4 ->
          lease.stale(now, 10 * MINUTE, 0)
              ? lease.attemptFailed(MOST_ATTEMPTS)
              : outcome(lease, lease.handedBack(anyone));
      case 5 -> outcome(lease, lease.postponed(anyone));
      default -> outcome(lease, lease.retried());
    };
  }

  private static Lease outcome(Lease before, Decision decision) {
    return decision instanceof Decision.Moved moved ? moved.lease() : before;
  }

  private static Lease moved(Decision decision) {
    assertThat(decision).isInstanceOf(Decision.Moved.class);
    return ((Decision.Moved) decision).lease();
  }

  private static void assertAlready(Decision decision) {
    assertThat(decision).isInstanceOf(Decision.Already.class);
  }

  private static void assertRefused(Decision decision, ErrorCode code) {
    assertThat(decision).isInstanceOf(Decision.Refused.class);
    assertThat(((Decision.Refused) decision).code()).isEqualTo(code);
  }
}
