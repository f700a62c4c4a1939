package dev.curfew.recording.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.curfew.recording.storage.ManifestChain.ManifestRow;
import dev.curfew.recording.storage.ManifestChain.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ManifestChainTest {
  private static final UUID RECORDING = UUID.fromString("0199d0c4-7b1a-7000-8000-00000000abcd");

  private final List<ManifestRow> rows = manifest(RECORDING, 10);

  private static List<ManifestRow> manifest(UUID recording, int length) {
    List<ManifestRow> rows = new ArrayList<>();
    byte[] previous = ManifestChain.origin(recording);
    for (int i = 0; i < length; i++) {
      ManifestRow row = following(previous, i);
      rows.add(row);
      previous = row.link();
    }
    return rows;
  }

  private static ManifestRow following(byte[] previous, long sequence) {
    int kind = (int) (1 + sequence % 4);
    byte[] sha256 = Sha256.of(("chunk " + sequence).getBytes(StandardCharsets.UTF_8));
    long at = 1_790_000_000_000L + sequence;
    return new ManifestRow(
        sequence,
        kind,
        at,
        100 + sequence,
        sha256,
        ManifestChain.link(previous, sequence, kind, at, 100 + sequence, sha256));
  }

  private static void assertFirstBad(Verdict verdict, int index, long sequence) {
    assertThat(verdict.sound()).isFalse();
    assertThat(verdict.fault().orElseThrow().index()).isEqualTo(index);
    assertThat(verdict.fault().orElseThrow().sequence()).isEqualTo(sequence);
    assertThat(verdict.next()).isEqualTo(index);
  }

  /** The encoding is kept in databases: these values may never change. */
  @Test
  void encoding_isAsDocumented() {
    assertThat(HexFormat.of().formatHex(ManifestChain.origin(RECORDING)))
        .isEqualTo("34bd0d7e3e9a3a474ff434f9677f91ea199bc6321f13b7a49edaf69b149dad7d");
    assertThat(HexFormat.of().formatHex(rows.get(9).link()))
        .isEqualTo("1f12bfb6ae32bc219cc922214ed121284398177f2a244bdeb41dd06b65012d86");
  }

  @Test
  void manifest_asCaptured_isSound() {
    Verdict verdict = ManifestChain.verify(RECORDING, rows);
    assertThat(verdict.sound()).isTrue();
    assertThat(verdict.next()).isEqualTo(10);
    assertThat(verdict.end()).isEqualTo(rows.get(9).link());
  }

  @Test
  void manifest_empty_isSoundAndEndsAtItsOrigin() {
    Verdict verdict = ManifestChain.verify(RECORDING, List.of());
    assertThat(verdict.sound()).isTrue();
    assertThat(verdict.end()).isEqualTo(ManifestChain.origin(RECORDING));
  }

  @Test
  void manifest_inPages_isSound() {
    Verdict first = ManifestChain.verify(RECORDING, rows.subList(0, 4));
    Verdict second = ManifestChain.verify(first.end(), first.next(), rows.subList(4, 10));
    assertThat(second.sound()).isTrue();
    assertThat(second.end()).isEqualTo(rows.get(9).link());
    assertThat(ManifestChain.verify(first.end(), first.next(), rows.subList(5, 10)).sound())
        .isFalse();
  }

  static Stream<UnaryOperator<ManifestRow>> alterations() {
    byte[] other = Sha256.of(new byte[] {1});
    return Stream.of(
        r -> new ManifestRow(r.sequence(), 4, r.capturedAt(), r.size(), r.sha256(), r.link()),
        r -> new ManifestRow(r.sequence(), r.kind(), 0, r.size(), r.sha256(), r.link()),
        r -> new ManifestRow(r.sequence(), r.kind(), r.capturedAt(), 0, r.sha256(), r.link()),
        r -> new ManifestRow(r.sequence(), r.kind(), r.capturedAt(), r.size(), other, r.link()),
        r -> new ManifestRow(r.sequence(), r.kind(), r.capturedAt(), r.size(), r.sha256(), other),
        r ->
            new ManifestRow(
                r.sequence(), r.kind(), r.capturedAt(), r.size(), r.sha256(), new byte[0]),
        r ->
            new ManifestRow(
                r.sequence(), r.kind(), r.capturedAt(), r.size(), new byte[0], r.link()));
  }

  @ParameterizedTest
  @MethodSource("alterations")
  void row_altered_isNamed(UnaryOperator<ManifestRow> alteration) {
    rows.set(5, alteration.apply(rows.get(5)));
    assertFirstBad(ManifestChain.verify(RECORDING, rows), 5, 5);
  }

  @Test
  void row_alteredAndLinkedAnew_breaksTheNext() {
    ManifestRow row = rows.get(5);
    byte[] link = ManifestChain.link(rows.get(4).link(), 5, 1, 0, row.size(), row.sha256());
    rows.set(5, new ManifestRow(5, 1, 0, row.size(), row.sha256(), link));
    assertFirstBad(ManifestChain.verify(RECORDING, rows), 6, 6);
  }

  @Test
  void row_missing_isNamed() {
    rows.remove(5);
    assertFirstBad(ManifestChain.verify(RECORDING, rows), 5, 6);
  }

  @Test
  void row_firstMissing_isNamed() {
    rows.remove(0);
    assertFirstBad(ManifestChain.verify(RECORDING, rows), 0, 1);
  }

  @Test
  void row_missingAndTheRestRenumbered_isNamed() {
    rows.remove(5);
    rows.replaceAll(
        r ->
            r.sequence() < 5
                ? r
                : new ManifestRow(
                    r.sequence() - 1, r.kind(), r.capturedAt(), r.size(), r.sha256(), r.link()));
    assertFirstBad(ManifestChain.verify(RECORDING, rows), 5, 5);
  }

  @Test
  void rows_cutOff_endElsewhere() {
    Verdict verdict = ManifestChain.verify(RECORDING, rows.subList(0, 9));
    assertThat(verdict.sound()).isTrue();
    assertThat(verdict.end()).isNotEqualTo(rows.get(9).link());
  }

  @Test
  void rows_reordered_areNamed() {
    Collections.swap(rows, 3, 7);
    assertFirstBad(ManifestChain.verify(RECORDING, rows), 3, 7);
  }

  @Test
  void row_inserted_isNamed() {
    rows.add(4, following(rows.get(3).link(), 99));
    assertFirstBad(ManifestChain.verify(RECORDING, rows), 4, 99);
  }

  @Test
  void row_insertedWithAFittingLink_breaksTheNext() {
    rows.add(4, following(rows.get(3).link(), 4));
    assertThat(ManifestChain.verify(RECORDING, rows).fault().orElseThrow().index()).isEqualTo(5);
  }

  @Test
  void rows_ofAnotherRecording_areNamed() {
    assertFirstBad(ManifestChain.verify(new UUID(1, 2), rows), 0, 0);
  }

  @Test
  void link_ofNoDigest_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ManifestChain.link(new byte[0], 0, 1, 0, 0, new byte[32]));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ManifestChain.link(new byte[32], 0, 1, 0, 0, new byte[31]));
  }
}
