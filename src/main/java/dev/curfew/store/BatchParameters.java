package dev.curfew.store;

import dev.curfew.session.Batch;
import dev.curfew.session.EndReason;
import dev.curfew.session.NewSession;
import dev.curfew.session.SessionEvent;
import dev.curfew.session.SessionRecord;
import dev.curfew.session.Terms;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Batches as the parallel arrays that the commit statement takes. */
final class BatchParameters {
  private record Change(short shard, Batch.Change of) {}

  private BatchParameters() {}

  static Tuple of(List<Batch> batches) {
    List<Change> changes = new ArrayList<>();
    List<SessionEvent> events = new ArrayList<>();
    for (Batch batch : batches) {
      batch.changes().forEach(change -> changes.add(new Change((short) batch.shard(), change)));
      events.addAll(batch.events());
    }
    List<SessionRecord> changed = changes.stream().map(change -> change.of().after()).toList();
    List<NewSession> created =
        changes.stream().map(change -> change.of().created()).filter(Objects::nonNull).toList();
    List<Change> creations =
        changes.stream().filter(change -> change.of().created() != null).toList();
    return Tuple.from(
        new Object[] {
          column(batches, Short[]::new, batch -> (short) batch.shard()),
          column(batches, Long[]::new, Batch::epoch),
          column(batches, Long[]::new, Batch::sequence),
          column(changes, Short[]::new, Change::shard),
          column(changed, UUID[]::new, SessionRecord::id),
          column(changed, Short[]::new, row -> row.state().code()),
          column(changed, Short[]::new, row -> code(row.reason())),
          column(changed, Long[]::new, SessionRecord::startedAt),
          column(changed, Long[]::new, SessionRecord::expiresAt),
          column(changed, Integer[]::new, SessionRecord::generation),
          column(changed, Long[]::new, row -> warned(row.warnedDownTo())),
          column(changed, String[]::new, SessionRecord::owner),
          column(changed, Long[]::new, row -> time(row.lastSeenAt())),
          column(changed, Long[]::new, row -> time(row.endingAt())),
          column(changed, Long[]::new, row -> time(row.endedAt())),
          column(changed, Long[]::new, SessionRecord::lastAccess),
          column(changed, Long[]::new, SessionRecord::lastReported),
          column(created, UUID[]::new, NewSession::id),
          column(created, Long[]::new, NewSession::numericId),
          column(created, Integer[]::new, row -> row.terms().realmId()),
          column(created, Long[]::new, NewSession::userId),
          column(created, Short[]::new, row -> row.kind().code()),
          column(created, Integer[]::new, row -> row.terms().policyId()),
          column(created, Long[]::new, row -> row.terms().maxDuration()),
          column(created, Long[]::new, row -> row.terms().maxIdle()),
          column(created, Long[]::new, row -> row.terms().staleAfter()),
          column(created, String[]::new, row -> arrayLiteral(row.terms())),
          column(created, Boolean[]::new, NewSession::effects),
          column(created, String[]::new, row -> row.details().attributes()),
          column(created, String[]::new, row -> row.details().ipv4Address()),
          column(created, String[]::new, row -> row.details().ipv6Address()),
          checkouts(created, Long[]::new, NewSession.CheckoutOpening::id),
          checkouts(created, Integer[]::new, NewSession.CheckoutOpening::credentialId),
          checkouts(created, String[]::new, NewSession.CheckoutOpening::targetHost),
          column(creations, Long[]::new, change -> change.of().createdBy()),
          column(events, String[]::new, event -> event.type().wireName()),
          column(events, Integer[]::new, SessionEvent::realmId),
          column(events, UUID[]::new, SessionEvent::sessionId),
          column(events, Long[]::new, SessionEvent::userId),
          column(events, Long[]::new, SessionEvent::at),
          column(events, String[]::new, EventData::of),
          tokens(created, Buffer[]::new, token -> Buffer.buffer(token.secret().bytes())),
          tokens(created, String[]::new, NewSession.Token::properties),
          column(created, Boolean[]::new, row -> row.details().reserved())
        });
  }

  private static <S, T> Object column(
      List<S> rows, IntFunction<T[]> array, Function<S, @Nullable T> value) {
    T[] column = array.apply(rows.size());
    for (int i = 0; i < column.length; i++) {
      column[i] = value.apply(rows.get(i));
    }
    return column;
  }

  private static <T> Object checkouts(
      List<NewSession> rows,
      IntFunction<T[]> array,
      Function<NewSession.CheckoutOpening, @Nullable T> value) {
    return column(
        rows,
        array,
        row -> {
          NewSession.CheckoutOpening checkout = row.details().checkout();
          return checkout == null ? null : value.apply(checkout);
        });
  }

  private static <T> Object tokens(
      List<NewSession> rows, IntFunction<T[]> array, Function<NewSession.Token, T> value) {
    return column(
        rows,
        array,
        row -> {
          NewSession.Token token = row.details().token();
          return token == null ? null : value.apply(token);
        });
  }

  private static @Nullable Short code(@Nullable EndReason reason) {
    return reason == null ? null : reason.code();
  }

  private static @Nullable Long warned(long threshold) {
    return threshold == Long.MAX_VALUE ? null : threshold;
  }

  private static @Nullable Long time(long millis) {
    return millis == 0 ? null : millis;
  }

  /** PostgreSQL's array literal: an array of arrays would be flattened by unnest. */
  private static String arrayLiteral(Terms terms) {
    return terms.warnBefore().toString().replace('[', '{').replace(']', '}');
  }
}
