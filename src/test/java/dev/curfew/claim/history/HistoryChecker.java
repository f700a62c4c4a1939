package dev.curfew.claim.history;

import dev.curfew.claim.history.History.Change;
import dev.curfew.claim.history.History.Told;
import dev.curfew.claim.history.History.Write;
import dev.curfew.claim.history.Observation.Answer;
import dev.curfew.claim.history.Observation.Asked;
import dev.curfew.claim.history.Observation.Ending;
import dev.curfew.claim.history.Observation.Outage;
import dev.curfew.claim.history.Observation.Spoke;
import dev.curfew.claim.history.Observation.Word;
import dev.curfew.lease.Claim;
import dev.curfew.lease.RecordingStage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Holds a history against the rules of claims. */
public final class HistoryChecker {

  /** What must hold. */
  public enum Rule {
    /** A recording passes from stage to stage as the stages allow, each change from the last. */
    LEGAL_STAGES,
    /** Each claim's token is greater than all before, and nothing else changes it. */
    GROWING_TOKENS,
    /** Every change of stage has its one event, in order. */
    ONE_EVENT_EACH,
    /** Once a later claim has been seen, nothing that is begun under an earlier one is accepted. */
    ONE_OWNER,
    /** Whatever was accepted was said while its claim was the latest and not over. */
    LATEST_TOKEN,
    /** Every grant is a claim of the database, granted to one. */
    TRUE_GRANTS,
    /** Every change is somebody's who said or asked for it, with or without an answer. */
    ACCOUNTED_FOR,
    /** An accepted report has changed the recording; a refused one had lost its claim. */
    ANSWERS_HOLD,
    /** The watchdog takes from those who have been silent for the limit, and from nobody else. */
    SILENT_ONLY,
    /** Failed after the last attempt, and not before. */
    EXACT_ATTEMPTS,
    /** Every recording is uploaded, or Failed. */
    NOTHING_LOST
  }

  public record Finding(Rule rule, String what) {}

  /** How long after a connection broke the server may yet do what it was asked, in microseconds. */
  private static final long STILL_UNDER_WAY = 1_000_000;

  private record Key(UUID session, long token) {}

  private final History history;
  private final List<Finding> findings = new ArrayList<>();
  private final Map<UUID, List<Change>> changes = new LinkedHashMap<>();
  private final Map<UUID, List<Told>> told = new HashMap<>();
  private final Map<Key, Ownership> owned = new HashMap<>();
  private final Map<Key, List<Spoke>> words = new HashMap<>();
  private final Map<Key, Asked> grants = new HashMap<>();
  private final Map<String, List<Asked>> unanswered = new HashMap<>();
  private final List<Outage> outages = new ArrayList<>();

  private HistoryChecker(History history) {
    this.history = history;
  }

  /** Every rule that is broken, and where; empty for a good history. */
  public static List<Finding> check(History history) {
    HistoryChecker checker = new HistoryChecker(history);
    checker.sort();
    checker.changes.forEach(checker::checkChanges);
    checker.checkOwners();
    checker.history.writes().forEach(checker::checkWrite);
    checker.words.forEach(checker::checkWords);
    checker.owned.forEach(checker::checkOwnership);
    checker.history.ends().forEach(checker::checkEnd);
    return checker.findings;
  }

  private void found(Rule rule, String text, Object... parts) {
    findings.add(new Finding(rule, text.formatted(parts)));
  }

  private void sort() {
    history.changes().stream()
        .sorted(Comparator.comparingLong(Change::sequence))
        .forEach(change -> under(changes, change.session()).add(change));
    history.told().forEach(event -> under(told, event.session()).add(event));
    changes
        .values()
        .forEach(each -> Ownership.of(each).forEach(one -> owned.put(key(one.claimed()), one)));
    for (Observation seen : history.seen()) {
      if (seen instanceof Asked asked) {
        asked.granted().forEach(claim -> granted(asked, claim));
        under(unanswered, asked.instance()).add(asked);
      } else if (seen instanceof Spoke spoke) {
        under(words, key(spoke.claim())).add(spoke);
      } else if (seen instanceof Outage outage) {
        outages.add(outage);
      }
    }
  }

  private static <K, V> List<V> under(Map<K, List<V>> map, K key) {
    return map.computeIfAbsent(key, none -> new ArrayList<>());
  }

  private static Key key(Claim claim) {
    return new Key(claim.sessionId(), claim.token());
  }

  private static Key key(Change change) {
    return new Key(change.session(), change.token());
  }

  private void granted(Asked asked, Claim claim) {
    if (grants.put(key(claim), asked) != null) {
      found(Rule.TRUE_GRANTS, "%s was granted twice", claim);
    }
    Ownership known = owned.get(key(claim));
    if (known == null
        || known.work() != claim.work()
        || !claim.owner().equals(known.claimed().owner())
        || !asked.instance().equals(claim.owner())
        || known.claimed().attempt() != claim.attempt()
        || !asked.span().contains(known.begin())) {
      found(Rule.TRUE_GRANTS, "%s was granted to %s, but claimed was %s", claim, asked, known);
    }
  }

  // The database's own account

  private void checkChanges(UUID session, List<Change> all) {
    long token = 0;
    RecordingStage stage = RecordingStage.ENDED;
    for (Change change : all) {
      if (change.from() != stage || !stage.successors().contains(change.to())) {
        found(Rule.LEGAL_STAGES, "%s became %s", stage, change);
      }
      if (change.to().claimed() ? change.token() <= token : change.token() != token) {
        found(Rule.GROWING_TOKENS, "after token %d came %s", token, change);
      }
      token = change.token();
      stage = change.to();
    }
    List<Told> events = told.getOrDefault(session, List.of());
    for (int i = 0; i < Math.max(all.size(), events.size()); i++) {
      Change change = i < all.size() ? all.get(i) : null;
      Told event = i < events.size() ? events.get(i) : null;
      if (change == null || event == null || !tells(event, change)) {
        found(Rule.ONE_EVENT_EACH, "%s was told as %s", change, event);
      }
    }
  }

  private static boolean tells(Told event, Change change) {
    return event.from() == change.from()
        && event.to() == change.to()
        && event.type().equals(type(change))
        && (!change.to().claimed() || event.owner().equals(change.owner()));
  }

  private static String type(Change change) {
    return switch (change.to()) {
      case ENCODING -> "encoding";
      case UPLOADING -> "uploading";
      case DONE_UPLOADED -> "uploaded";
      case FAILED -> "failed";
      case DONE_ENCODED -> change.from() == RecordingStage.ENCODING ? "encoded" : "requeued";
      case ENDED, CONNECTED -> "requeued";
    };
  }

  private void checkWrite(Write write) {
    Change last = null;
    for (Change change : changes.getOrDefault(write.session(), List.of())) {
      if (change.sequence() < write.sequence()) {
        last = change;
      }
    }
    if (last == null || last.token() != write.token() || last.to() != write.stage()) {
      found(Rule.LATEST_TOKEN, "%s was taken after %s", write, last);
    }
  }

  // What the workers saw

  /** From what was seen alone, without the database's account. */
  private void checkOwners() {
    Map<UUID, TreeMap<Long, Long>> firstSeen = new HashMap<>();
    grants.forEach((key, asked) -> seen(firstSeen, key, asked.span().to()));
    words.forEach(
        (key, spoken) ->
            spoken.stream()
                .filter(word -> word.answer() == Answer.ACCEPTED)
                .forEach(word -> seen(firstSeen, key, word.span().to())));
    words.forEach(
        (key, spoken) -> {
          long superseded =
              firstSeen
                  .getOrDefault(key.session(), new TreeMap<>())
                  .tailMap(key.token(), false)
                  .values()
                  .stream()
                  .mapToLong(Long::longValue)
                  .min()
                  .orElse(Long.MAX_VALUE);
          for (Spoke word : spoken) {
            if (word.answer() == Answer.ACCEPTED && word.span().from() > superseded) {
              found(Rule.ONE_OWNER, "%s, though a later claim was seen at %d", word, superseded);
            }
          }
        });
  }

  private static void seen(Map<UUID, TreeMap<Long, Long>> firstSeen, Key key, long at) {
    firstSeen
        .computeIfAbsent(key.session(), none -> new TreeMap<>())
        .merge(key.token(), at, Math::min);
  }

  private void checkWords(Key key, List<Spoke> spoken) {
    Ownership held = owned.get(key);
    if (held == null) {
      found(Rule.TRUE_GRANTS, "nobody ever held the claim of %s", spoken);
      return;
    }
    int accepted = 0;
    for (Spoke word : spoken) {
      switch (word.answer()) {
        case ACCEPTED -> {
          if (!word.span().overlaps(held.begin(), held.end())) {
            found(Rule.LATEST_TOKEN, "%s was accepted, held was %s", word, held);
          }
          if (moves(word.word())) {
            accepted++;
            if (held.over() == null
                || !word.span().contains(held.end())
                || !ends(word.word(), held, held.over())) {
              found(Rule.ANSWERS_HOLD, "%s was accepted, but it was %s", word, held);
            }
          }
        }
        case REPEATED -> {
          if (moves(word.word())
              && (held.over() == null
                  || held.end() > word.span().to()
                  || !ends(word.word(), held, held.over()))) {
            found(Rule.ANSWERS_HOLD, "%s was known already, but it was %s", word, held);
          }
        }
        case REFUSED -> {
          if (word.span().to() <= held.end()) {
            found(Rule.ANSWERS_HOLD, "%s was refused, but it was %s", word, held);
          }
        }
        case UNKNOWN -> {
          // The account of the database tells what came of it; see the changes' authors.
        }
      }
    }
    if (accepted > 1) {
      found(Rule.ANSWERS_HOLD, "%d reports of one claim were accepted: %s", accepted, spoken);
    }
  }

  private static boolean moves(Word word) {
    return word == Word.DONE || word == Word.FAILED || word == Word.HAND_BACK;
  }

  private static boolean ends(Word word, Ownership held, Change over) {
    return switch (word) {
      case DONE -> over.to() == held.work().done();
      case FAILED -> !wentBack(held, over) && over.to() != held.work().done();
      case HAND_BACK -> wentBack(held, over);
      case RENEW, WRITE -> false;
    };
  }

  /** Whether the claim was given back without the attempt being counted. */
  private static boolean wentBack(Ownership held, Change over) {
    return over.to() == held.work().waiting() && over.attempt() < held.claimed().attempt();
  }

  // Who did it

  private void checkOwnership(Key key, Ownership held) {
    Change claimed = held.claimed();
    if (!grants.containsKey(key) && !mayBeLost(held)) {
      found(Rule.ACCOUNTED_FOR, "%s was granted to nobody who asked", claimed);
    }
    Change over = held.over();
    if (over == null) {
      return;
    }
    boolean watchdog = "watchdog".equals(byWhom(over));
    boolean back = wentBack(held, over);
    if (watchdog) {
      checkSilence(key, held, over);
    } else if (!said(key, held, over) && !(back && mayBeLost(held))) {
      found(Rule.ACCOUNTED_FOR, "nobody said %s of %s", over, claimed);
    }
    boolean failed = over.to() != held.work().done() && !back;
    if (failed && (over.to() == RecordingStage.FAILED) != lastAttempt(claimed)) {
      found(Rule.EXACT_ATTEMPTS, "%s after %s", over, claimed);
    }
  }

  /** Whether somebody asked for it who never got it, or went away. */
  private boolean mayBeLost(Ownership held) {
    return unanswered.getOrDefault(held.claimed().owner(), List.of()).stream()
        .filter(asked -> asked.work() == held.work() && asked.span().from() <= held.begin())
        .anyMatch(asked -> asked.ending() != Ending.ANSWERED || cutOff(asked, held.begin()));
  }

  /** Whether a request that was answered in the end asked at first for what never came back. */
  private boolean cutOff(Asked asked, long at) {
    return outages.stream()
        .filter(outage -> outage.node().equals(asked.node()))
        .map(Outage::span)
        .anyMatch(
            outage ->
                outage.overlaps(asked.span().from(), asked.span().to())
                    && at <= Math.max(asked.span().to(), outage.to() + STILL_UNDER_WAY));
  }

  private @Nullable String byWhom(Change change) {
    int position = Objects.requireNonNull(changes.get(change.session())).indexOf(change);
    List<Told> events = told.getOrDefault(change.session(), List.of());
    return position < events.size() ? events.get(position).by() : null;
  }

  private boolean said(Key key, Ownership held, Change over) {
    return words.getOrDefault(key, List.of()).stream()
        .anyMatch(
            word ->
                ends(word.word(), held, over)
                    && (word.answer() == Answer.ACCEPTED && word.span().contains(over.at())
                        // The server may come to it after whoever asked has given up.
                        || word.answer() == Answer.UNKNOWN && word.span().from() <= over.at()));
  }

  private void checkSilence(Key key, Ownership held, Change over) {
    long since = over.at() - history.limitMicros();
    boolean heard =
        words.getOrDefault(key, List.of()).stream()
            .anyMatch(
                word ->
                    word.word() == Word.RENEW
                        && word.answer() == Answer.ACCEPTED
                        && word.span().from() > since);
    if (held.begin() > since || heard) {
      found(Rule.SILENT_ONLY, "%s, though %s was heard", over, held.claimed());
    }
  }

  private boolean lastAttempt(Change claimed) {
    return claimed.attempt() == history.maxAttempts();
  }

  private void checkEnd(UUID session, RecordingStage stage) {
    List<Change> all = changes.getOrDefault(session, List.of());
    RecordingStage last = all.isEmpty() ? RecordingStage.ENDED : all.get(all.size() - 1).to();
    if (last != stage || stage != RecordingStage.DONE_UPLOADED && stage != RecordingStage.FAILED) {
      found(Rule.NOTHING_LOST, "session %s is left %s, last seen %s", session, stage, last);
    }
  }
}
