package dev.curfew.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.curfew.lease.ChunkKind;
import dev.curfew.recording.ChunkContent.Inline;
import dev.curfew.recording.ChunkContent.Stored;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ChunkManifestTest {
  static final UUID RECORDING = UUID.fromString("01932f5e-8c2a-7b3d-9e4f-5a6b7c8d9e0f");

  final List<Chunk> chunks = new ArrayList<>(manifest(RECORDING));

  static List<Chunk> manifest(UUID recording) {
    List<Chunk> chunks = new ArrayList<>();
    Sha256 link = ChunkManifest.genesis(recording);
    for (int i = 1; i <= 4; i++) {
      Chunk chunk =
          i % 2 == 0
              ? ChunkManifest.next(link, i, ChunkKind.KEYSTROKES, 1_000 + i, "zażółć " + i)
              : ChunkManifest.next(
                  link,
                  i,
                  ChunkKind.SCREENSHOT,
                  1_000 + i,
                  3,
                  Sha256.of(new byte[] {1, 2, (byte) i}),
                  new Stored("png"));
      chunks.add(chunk);
      link = chunk.link();
    }
    return chunks;
  }

  @Test
  void link_isTheDocumentedHash() {
    // Computed once by hand from the documented layout; it must never change.
    assertThat(ChunkManifest.genesis(RECORDING).hex())
        .isEqualTo("41c7321be408bbc9eee8df3df7ff2f80376834081195cca4645f8a7b5723344b");
    assertThat(chunks.get(0).link().hex())
        .isEqualTo("4d7f82110d3c1969740d5acc328ec559b454aa6b138215c73c0842ff15673a63");
  }

  @Test
  void wholeManifest_isGood() {
    assertThat(ChunkManifest.verify(RECORDING, chunks)).isEmpty();
    assertThat(ChunkManifest.verify(RECORDING, List.of())).isEmpty();
  }

  @Test
  void manifestOfAnotherRecording_breaksAtOnce() {
    breaksAt(0, 1, "hash chain", manifest(UUID.randomUUID()));
  }

  @Test
  void removedChunk_isNoticed() {
    chunks.remove(1);

    breaksAt(1, 3, "stands where chunk 2 should", chunks);
  }

  @Test
  void swappedChunks_areNoticed() {
    Collections.swap(chunks, 1, 2);

    breaksAt(1, 3, "stands where chunk 2 should", chunks);
  }

  @Test
  void everyField_isProtected() {
    Chunk good = chunks.get(2);
    Stored stored = new Stored("png");
    Sha256 other = Sha256.of(new byte[] {9});
    List<Chunk> forged =
        List.of(
            new Chunk(3, ChunkKind.RAW, good.capturedAt(), 3, good.sha256(), good.link(), stored),
            new Chunk(3, good.kind(), good.capturedAt() + 1, 3, good.sha256(), good.link(), stored),
            new Chunk(3, good.kind(), good.capturedAt(), 4, good.sha256(), good.link(), stored),
            new Chunk(3, good.kind(), good.capturedAt(), 3, other, good.link(), stored),
            new Chunk(3, good.kind(), good.capturedAt(), 3, good.sha256(), other, stored));
    for (Chunk chunk : forged) {
      chunks.set(2, chunk);
      breaksAt(2, 3, "hash chain", chunks);
    }
  }

  @Test
  void changedText_isNoticed() {
    Chunk good = chunks.get(1);
    chunks.set(
        1,
        new Chunk(
            2,
            good.kind(),
            good.capturedAt(),
            good.size(),
            good.sha256(),
            good.link(),
            new Inline("zażółć 3")));

    breaksAt(1, 2, "has text that does not match its hash", chunks);
  }

  @Test
  void textChunk_countsUtf8BytesAndHasNoObject() {
    assertThat(chunks.get(1).size()).isEqualTo(12);
    assertThatIllegalStateException().isThrownBy(() -> chunks.get(1).key(RECORDING));
    assertThat(chunks.get(0).key(RECORDING))
        .isEqualTo(new ChunkKey(RECORDING, 1, chunks.get(0).sha256(), "png"));
  }

  private static void breaksAt(int index, long sequence, String reason, List<Chunk> chunks) {
    assertThat(ChunkManifest.verify(RECORDING, chunks))
        .hasValueSatisfying(
            found -> {
              assertThat(found.index()).isEqualTo(index);
              assertThat(found.sequence()).isEqualTo(sequence);
              assertThat(found.reason()).contains(reason);
            });
  }
}
