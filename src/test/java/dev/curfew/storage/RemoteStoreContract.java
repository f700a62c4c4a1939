package dev.curfew.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.fault.ErrorCode;
import dev.curfew.testing.CuttableLink;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What every {@link ObjectStore} does that is reached over a network. */
abstract class RemoteStoreContract extends ObjectStoreContract {
  /** What requests cost beside their content, in bytes. */
  private static final int ENVELOPES = 256 * 1024;

  /** The network between the stores of this test and their server. */
  abstract CuttableLink link();

  /** The size of the pieces in which a large object is sent, in bytes. */
  abstract int pieceSize();

  @Test
  void putThatFailsHalfWay_isTakenUpAgain() throws Exception {
    ObjectStore store = store();
    byte[] former = random(100_000, 21);
    byte[] content = random(large(), 22);
    store.put("a/b", former);
    int arrived = large() - pieceSize() / 2;
    link().cutAfter(arrived);
    refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store.put("a/b", Payload.of(content), Watch.NONE));
    link().mend();
    assertThat(read(store.open("a/b"))).isEqualTo(former);

    // Another process knows nothing but what the server tells.
    ObjectStore next = store();
    AtomicLong moved = new AtomicLong();
    long before = link().sent();
    next.put("a/b", Payload.of(content), moved::addAndGet);

    // PITFALLS 16: the pieces that arrived are neither sent nor counted twice.
    assertThat(link().sent() - before)
        .isLessThan(large() - arrived + pieceSize() + ENVELOPES)
        .isGreaterThan(large() - arrived);
    assertThat(moved).hasValue(large());
    assertThat(read(next.open("a/b"))).isEqualTo(content);
    assertThat(everything()).containsExactly("a/b");
  }

  @Test
  void smallPutThatIsCut_isNoObject() throws Exception {
    ObjectStore store = store();
    byte[] content = random(100_000, 23);
    assertThat(store.list("a")).isEmpty();
    link().cutAfter(50_000);
    refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store.put("a/b", Payload.of(content), Watch.NONE));
    link().mend();

    assertThat(store.list("a")).isEmpty();
    store.put("a/b", content);
    assertThat(read(store.open("a/b"))).isEqualTo(content);
  }

  @Test
  void serverOutOfReach_isUnavailableAndComesBack() throws Exception {
    ObjectStore store = store();
    store.put("a/b", bytes("b"));
    link().cut();

    refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store.put("a/c", bytes("c")));
    refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store.open("a/b"));
    refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store.size("a/b"));
    refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store.list("a"));
    refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store.delete("a/b"));
    refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store.deleteAll("a"));
    Finding finding = store.check();
    assertThat(finding.state()).as(finding.message()).isEqualTo(Finding.State.UNREACHABLE);

    link().mend();
    assertThat(read(store.open("a/b"))).isEqualTo(bytes("b"));
    assertThat(store.check().ready()).isTrue();
  }
}
