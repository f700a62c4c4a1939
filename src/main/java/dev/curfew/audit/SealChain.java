package dev.curfew.audit;

import dev.curfew.auth.SealKey;
import dev.curfew.store.DigestedEvent;
import dev.curfew.store.EventCursor;
import dev.curfew.store.Seal;
import dev.curfew.store.SealBatch;
import dev.curfew.store.SealFloor;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a seal is made of. All numbers have 8 bytes, the highest first; a place in the log is its
 * xid, its id and when its transaction began, in epoch seconds; the hash before the first is 32
 * bytes of zero.
 *
 * <ul>
 *   <li>A realm's seal: the text {@code curfew.seal.1}, the realm's id, the seal's number, that of
 *       its batch, how many events, the first and the last place, the hash of the realm's seal
 *       before: that is its header. Its hash is SHA-256 over the header and the digests of its
 *       events in the log's order. Its authenticator is over the header and the hash.
 *   <li>A batch: the text {@code curfew.batch.1}, its number, day, last place, how many events,
 *       when it was sealed in epoch milliseconds, the hash of the batch before; then for each of
 *       its seals, by realm, the realm's id, the seal's number and its hash. Its hash is SHA-256
 *       over that. Its authenticator is over the text {@code curfew.batch.1} and the hash.
 *   <li>The floor: the authenticator is over the text {@code curfew.floor.1} and the day.
 * </ul>
 */
final class SealChain {
  private static final String SEAL = "curfew.seal.1";
  private static final String BATCH = "curfew.batch.1";
  private static final String FLOOR = "curfew.floor.1";
  private static final int HASH_BYTES = 32;

  /** What the first link of a chain is linked to. */
  static final String NOTHING_BEFORE = "00".repeat(HASH_BYTES);

  private static final HexFormat HEX = HexFormat.of();

  private final SealKey key;

  SealChain(SealKey key) {
    this.key = key;
  }

  // Making

  /**
   * Seals what a batch holds of one realm.
   *
   * @param before the realm's last seal; null for its first
   * @param events at least one, in the log's order
   */
  Seal seal(int realmId, @Nullable Seal before, long batch, List<DigestedEvent> events) {
    Buffer marks = Buffer.buffer(events.size() * Seal.MARK_BYTES);
    events.forEach(event -> marks.appendBuffer(event.digest().slice(0, Seal.MARK_BYTES)));
    Seal open =
        new Seal(
            realmId,
            before == null ? 1 : before.number() + 1,
            batch,
            events.size(),
            events.get(0).cursor(),
            events.get(events.size() - 1).cursor(),
            marks,
            "",
            "");
    String previous = before == null ? NOTHING_BEFORE : before.hash();
    String hash = hash(open, previous, events);
    return new Seal(
        open.realmId(),
        open.number(),
        open.batch(),
        open.events(),
        open.first(),
        open.last(),
        open.marks(),
        hash,
        key.authenticator(authenticated(open, previous, hash)));
  }

  /**
   * Seals a batch.
   *
   * @param before the batch before; null for the first
   * @param events all of its events, at least one
   * @param seals its seals, by realm
   * @param sealedAt epoch milliseconds
   */
  SealBatch batch(
      @Nullable SealBatch before, List<DigestedEvent> events, List<Seal> seals, long sealedAt) {
    SealBatch open =
        new SealBatch(
            before == null ? 1 : before.number() + 1,
            events.get(0).day(),
            events.get(events.size() - 1).cursor(),
            events.size(),
            sealedAt,
            "",
            "");
    String hash = hash(open, before == null ? NOTHING_BEFORE : before.hash(), seals);
    return new SealBatch(
        open.number(),
        open.day(),
        open.last(),
        open.events(),
        open.sealedAt(),
        hash,
        key.authenticator(authenticated(hash)));
  }

  SealFloor floor(long day) {
    return new SealFloor(day, key.authenticator(floorContent(day)));
  }

  // Checking

  /** Whether the installation made this seal, after one with that hash. */
  boolean isAuthentic(Seal seal, String previous) {
    return key.isAuthentic(authenticated(seal, previous, seal.hash()), seal.mac());
  }

  /** Whether the seal is over just these events. */
  static boolean covers(Seal seal, String previous, List<DigestedEvent> events) {
    return seal.events() == events.size() && hash(seal, previous, events).equals(seal.hash());
  }

  /** Whether the installation made a batch with this hash, whatever the rest of it says. */
  boolean isAuthentic(SealBatch batch) {
    return key.isAuthentic(authenticated(batch.hash()), batch.mac());
  }

  /** Whether the batch is over just these seals, and follows one with that hash. */
  static boolean covers(SealBatch batch, String previous, List<Seal> seals) {
    return hash(batch, previous, seals).equals(batch.hash());
  }

  boolean isAuthentic(SealFloor floor) {
    return key.isAuthentic(floorContent(floor.day()), floor.mac());
  }

  // Bytes

  private static String hash(Seal seal, String previous, List<DigestedEvent> events) {
    MessageDigest sha256 = sha256();
    sha256.update(header(seal, previous));
    for (DigestedEvent event : events) {
      sha256.update(event.digest().getBytes());
    }
    return HEX.formatHex(sha256.digest());
  }

  private static String hash(SealBatch batch, String previous, List<Seal> seals) {
    Buffer content = text(BATCH);
    content.appendLong(batch.number()).appendLong(batch.day());
    place(content, batch.last());
    content.appendLong(batch.events()).appendLong(batch.sealedAt()).appendBytes(parsed(previous));
    for (Seal seal : seals) {
      content.appendLong(seal.realmId()).appendLong(seal.number()).appendBytes(parsed(seal.hash()));
    }
    return HEX.formatHex(sha256().digest(content.getBytes()));
  }

  private static byte[] header(Seal seal, String previous) {
    Buffer header = text(SEAL);
    header
        .appendLong(seal.realmId())
        .appendLong(seal.number())
        .appendLong(seal.batch())
        .appendLong(seal.events());
    place(header, seal.first());
    place(header, seal.last());
    return header.appendBytes(parsed(previous)).getBytes();
  }

  private static byte[] authenticated(Seal seal, String previous, String hash) {
    return Buffer.buffer(header(seal, previous)).appendBytes(parsed(hash)).getBytes();
  }

  private static byte[] authenticated(String batchHash) {
    return text(BATCH).appendBytes(parsed(batchHash)).getBytes();
  }

  private static byte[] floorContent(long day) {
    return text(FLOOR).appendLong(day).getBytes();
  }

  private static Buffer text(String text) {
    return Buffer.buffer(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void place(Buffer content, EventCursor place) {
    content.appendLong(place.xid()).appendLong(place.id()).appendLong(place.recordedAt());
  }

  private static byte[] parsed(String hash) {
    return HEX.parseHex(hash);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
