package dev.curfew.claim.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.claim.history.History.Change;
import dev.curfew.claim.history.History.Told;
import dev.curfew.claim.history.History.Write;
import dev.curfew.claim.history.HistoryChecker.Finding;
import dev.curfew.claim.history.HistoryChecker.Rule;
import dev.curfew.claim.history.Observation.Answer;
import dev.curfew.claim.history.Observation.Asked;
import dev.curfew.claim.history.Observation.Ending;
import dev.curfew.claim.history.Observation.Outage;
import dev.curfew.claim.history.Observation.Spoke;
import dev.curfew.claim.history.Observation.Word;
import dev.curfew.lease.Claim;
import dev.curfew.lease.RecordingStage;
import dev.curfew.lease.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The checker finds what is wrong with histories that were made by hand, and only that. */
class HistoryCheckerTest {
  private static final UUID SESSION = new UUID(7, 7);
  private static final int MOST_ATTEMPTS = 2;
  private static final long LIMIT = 1_000;

  /** A history in the making; times are small numbers. */
  private static final class Story {
    final List<Observation> seen = new ArrayList<>();
    final List<Change> changes = new ArrayList<>();
    final List<Write> writes = new ArrayList<>();
    final List<Told> told = new ArrayList<>();
    RecordingStage stage = RecordingStage.ENDED;
    private long sequence;

    /** The database changed the recording, and told it. */
    Story change(long at, RecordingStage to, String owner, long token, int attempt, String by) {
      changes.add(new Change(++sequence, SESSION, at, stage, to, owner, token, attempt));
      told.add(new Told(SESSION, type(stage, to), stage, to, owner, by));
      stage = to;
      return this;
    }

    private static String type(RecordingStage from, RecordingStage to) {
      return switch (to) {
        case ENCODING -> "encoding";
        case UPLOADING -> "uploading";
        case DONE_UPLOADED -> "uploaded";
        case FAILED -> "failed";
        case DONE_ENCODED -> from == RecordingStage.ENCODING ? "encoded" : "requeued";
        case ENDED, CONNECTED -> "requeued";
      };
    }

    Story claimed(long at, Claim claim) {
      seen.add(
          new Asked(
              new Span(at - 5, at + 5),
              "node",
              claim.owner(),
              claim.work(),
              Ending.ANSWERED,
              List.of(claim)));
      return lost(at, claim);
    }

    /** Claimed, but nobody was told. */
    Story lost(long at, Claim claim) {
      return change(
          at,
          claim.work().underWay(),
          claim.owner(),
          claim.token(),
          claim.attempt(),
          claim.owner());
    }

    Story spoke(long from, long to, Claim claim, Word word, Answer answer) {
      seen.add(new Spoke(new Span(from, to), claim, word, answer));
      return this;
    }

    Story wrote(RecordingStage in, long token) {
      writes.add(new Write(++sequence, SESSION, in, token));
      return this;
    }

    Story done(long at, Claim claim) {
      spoke(at - 5, at + 5, claim, Word.DONE, Answer.ACCEPTED);
      return change(at, claim.work().done(), claim.owner(), claim.token(), 0, claim.owner());
    }

    Story givenUp(long at, Claim claim) {
      return change(at, claim.work().waiting(), "", claim.token(), claim.attempt(), "watchdog");
    }

    List<Finding> findings() {
      return HistoryChecker.check(
          new History(seen, changes, writes, told, Map.of(SESSION, stage), MOST_ATTEMPTS, LIMIT));
    }

    void breaks(Rule... rules) {
      assertThat(findings()).extracting(Finding::rule).contains(rules);
    }
  }

  private static final Claim FIRST = claim(Work.ENCODE, "e-1", 10, 1);
  private static final Claim SECOND = claim(Work.ENCODE, "e-2", 20, 2);
  private static final Claim UPLOAD = claim(Work.UPLOAD, "u-1", 30, 1);

  private static Claim claim(Work work, String owner, long token, int attempt) {
    return new Claim(SESSION, work, owner, token, 0, attempt);
  }

  /** Encoded by the second, after the first was given up; then uploaded. */
  private static Story good() {
    return new Story()
        .claimed(100, FIRST)
        .spoke(150, 160, FIRST, Word.RENEW, Answer.ACCEPTED)
        .wrote(RecordingStage.ENCODING, 10)
        .givenUp(2_000, FIRST)
        .claimed(2_100, SECOND)
        .spoke(2_150, 2_160, FIRST, Word.DONE, Answer.REFUSED)
        .wrote(RecordingStage.ENCODING, 20)
        .done(2_200, SECOND)
        .spoke(2_210, 2_220, SECOND, Word.DONE, Answer.REPEATED);
  }

  private static Story uploaded(Story story) {
    return story.claimed(3_000, UPLOAD).done(3_100, UPLOAD);
  }

  @Test
  void goodHistory_hasNoFindings() {
    assertThat(uploaded(good()).findings()).isEmpty();
  }

  @Test
  void unknownAnswer_isResolvedByWhatHappened() {
    Story story =
        new Story()
            .claimed(100, FIRST)
            .spoke(150, 160, FIRST, Word.DONE, Answer.UNKNOWN)
            .change(155, RecordingStage.DONE_ENCODED, "e-1", 10, 0, "e-1");
    assertThat(uploaded(story).findings()).isEmpty();
    Story without =
        new Story()
            .claimed(100, FIRST)
            .spoke(150, 160, FIRST, Word.DONE, Answer.UNKNOWN)
            .givenUp(2_000, FIRST)
            .claimed(2_100, SECOND)
            .done(2_200, SECOND);
    assertThat(uploaded(without).findings()).isEmpty();
  }

  @Test
  void lostGrant_isAccountedForByTheOutage() {
    Story story = new Story();
    story.seen.add(
        new Asked(new Span(90, 900), "node", "e-1", Work.ENCODE, Ending.ANSWERED, List.of()));
    story.lost(100, FIRST).givenUp(2_000, FIRST).claimed(2_100, SECOND).done(2_200, SECOND);
    uploaded(story).breaks(Rule.ACCOUNTED_FOR);
    story.seen.add(new Outage(new Span(101, 300), "another node"));
    story.breaks(Rule.ACCOUNTED_FOR);
    story.seen.add(new Outage(new Span(101, 300), "node"));
    assertThat(story.findings()).isEmpty();
  }

  @Test
  void sameRecordingGrantedToTwo_isFound() {
    Story story = new Story().claimed(100, FIRST);
    story.seen.add(
        new Asked(new Span(95, 105), "node", "e-2", Work.ENCODE, Ending.ANSWERED, List.of(FIRST)));
    story.breaks(Rule.TRUE_GRANTS);
  }

  /** PITFALLS 23. */
  @Test
  void idReturnedWithoutAClaim_isFound() {
    Story story = new Story();
    story.seen.add(
        new Asked(new Span(95, 105), "node", "e-1", Work.ENCODE, Ending.ANSWERED, List.of(FIRST)));
    story.breaks(Rule.TRUE_GRANTS);
  }

  @Test
  void writeOfTheEarlierClaimAfterTheLater_isFound() {
    uploaded(good().spoke(2_300, 2_310, FIRST, Word.WRITE, Answer.ACCEPTED))
        .breaks(Rule.ONE_OWNER, Rule.LATEST_TOKEN);
    uploaded(good().wrote(RecordingStage.ENCODING, 10)).breaks(Rule.LATEST_TOKEN);
  }

  @Test
  void renewalAfterTheClaimWasTakenAway_isFound() {
    uploaded(good().spoke(2_050, 2_060, FIRST, Word.RENEW, Answer.ACCEPTED))
        .breaks(Rule.LATEST_TOKEN);
  }

  @Test
  void reportAcceptedTwice_isFound() {
    uploaded(good().spoke(2_201, 2_202, SECOND, Word.DONE, Answer.ACCEPTED))
        .breaks(Rule.ANSWERS_HOLD);
  }

  @Test
  void successWithoutEffect_isFound() {
    new Story()
        .claimed(100, FIRST)
        .spoke(150, 160, FIRST, Word.DONE, Answer.ACCEPTED)
        .breaks(Rule.ANSWERS_HOLD, Rule.NOTHING_LOST);
    new Story()
        .claimed(100, FIRST)
        .spoke(150, 160, FIRST, Word.DONE, Answer.REPEATED)
        .breaks(Rule.ANSWERS_HOLD);
  }

  @Test
  void refusalOfTheOwner_isFound() {
    uploaded(good().spoke(2_150, 2_160, SECOND, Word.RENEW, Answer.REFUSED))
        .breaks(Rule.ANSWERS_HOLD);
  }

  /** PITFALLS 20. */
  @Test
  void watchdogThatTakesFromTheLiving_isFound() {
    uploaded(good().spoke(1_200, 1_210, FIRST, Word.RENEW, Answer.ACCEPTED))
        .breaks(Rule.SILENT_ONLY);
    new Story().claimed(100, FIRST).givenUp(500, FIRST).breaks(Rule.SILENT_ONLY);
  }

  /** PITFALLS 19. */
  @Test
  void rescueOfWhatIsDone_isFound() {
    Story story = uploaded(good());
    story
        .change(4_200, RecordingStage.DONE_ENCODED, "", 30, 1, "watchdog")
        .breaks(Rule.LEGAL_STAGES);
  }

  @Test
  void changeThatNobodyAskedFor_isFound() {
    new Story()
        .claimed(100, FIRST)
        .change(150, RecordingStage.DONE_ENCODED, "e-1", 10, 0, "e-1")
        .breaks(Rule.ACCOUNTED_FOR);
  }

  @Test
  void tokenThatDoesNotGrow_isFound() {
    Claim same = claim(Work.ENCODE, "e-2", 10, 2);
    new Story()
        .claimed(100, FIRST)
        .givenUp(2_000, FIRST)
        .claimed(2_100, same)
        .breaks(Rule.GROWING_TOKENS, Rule.TRUE_GRANTS);
  }

  @Test
  void eventsMissingDoubledOrOutOfOrder_areFound() {
    Story missing = uploaded(good());
    missing.told.remove(2);
    missing.breaks(Rule.ONE_EVENT_EACH);
    Story doubled = uploaded(good());
    doubled.told.add(doubled.told.get(doubled.told.size() - 1));
    doubled.breaks(Rule.ONE_EVENT_EACH);
    Story swapped = uploaded(good());
    swapped.told.add(swapped.told.remove(0));
    swapped.breaks(Rule.ONE_EVENT_EACH);
  }

  @Test
  void attemptsThatAreNotCounted_areFound() {
    Story early =
        new Story()
            .claimed(100, FIRST)
            .spoke(145, 155, FIRST, Word.FAILED, Answer.ACCEPTED)
            .change(150, RecordingStage.FAILED, "", 10, 1, "e-1");
    early.breaks(Rule.EXACT_ATTEMPTS);
    Story late =
        new Story()
            .claimed(100, FIRST)
            .givenUp(2_000, FIRST)
            .claimed(2_100, SECOND)
            .givenUp(4_000, SECOND);
    late.breaks(Rule.EXACT_ATTEMPTS);
  }

  @Test
  void recordingLeftBehind_isFound() {
    good().breaks(Rule.NOTHING_LOST);
    Story vanished = uploaded(good());
    vanished.stage = RecordingStage.ENDED;
    vanished.breaks(Rule.NOTHING_LOST);
  }
}
