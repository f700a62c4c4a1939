package dev.curfew.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.StreamingAead;
import com.google.crypto.tink.streamingaead.AesGcmHkdfStreamingKey;
import com.google.crypto.tink.streamingaead.PredefinedStreamingAeadParameters;
import com.google.crypto.tink.streamingaead.StreamingAeadConfig;
import com.google.crypto.tink.util.SecretBytes;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordingCipherTest {
  private static final int MIB = 1 << 20;
  private static final UUID SESSION = UUID.fromString("01930000-0000-7000-8000-00000000003f");
  private static final byte[] PLACE = RecordingCipher.associatedData(SESSION, "video.mp4");
  private static final byte[] OLD = key(1);
  private static final byte[] NEW = key(2);
  private static final RecordingCipher CIPHER = RecordingCipher.of(List.of(OLD));
  private static final String KEY = String.valueOf(CIPHER.currentKey());

  static byte[] key(int seed) {
    byte[] key = new byte[RecordingCipher.KEY_BYTES];
    new Random(seed).nextBytes(key);
    return key;
  }

  private static byte[] content(int length) {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    return content;
  }

  /** What the store has, as often and from where it was read. */
  private static final class Object implements RecordingCipher.Stored {
    final List<String> requests = new ArrayList<>();
    private final byte[] bytes;

    Object(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public InputStream open(long offset, long length) {
      requests.add(offset + "+" + length);
      if (offset > bytes.length) {
        throw new IllegalArgumentException("behind the end");
      }
      return new ByteArrayInputStream(
          bytes, (int) offset, (int) Math.min(length, bytes.length - offset));
    }
  }

  private static byte[] whole(RecordingCipher cipher, byte[] stored) throws IOException {
    try (InputStream in = cipher.decrypt(KEY, PLACE, new ByteArrayInputStream(stored))) {
      return in.readAllBytes();
    }
  }

  private static byte[] from(byte[] stored, long offset, int length) throws IOException {
    try (InputStream in = CIPHER.decrypt(KEY, PLACE, stored.length, new Object(stored), offset)) {
      return in.readNBytes(length);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1000, MIB - 56, MIB, 3 * MIB + 17})
  void content_comesBackWholeAndFromAnyOffset(int length) throws IOException {
    byte[] plain = content(length);
    byte[] stored = CIPHER.encrypt(KEY, PLACE, plain);

    assertThat(whole(CIPHER, stored)).isEqualTo(plain);
    Random random = new Random(length);
    for (int i = 0; i < 20; i++) {
      int offset = random.nextInt(length + 1);
      int count = Math.min(length - offset, 1 + random.nextInt(2 * MIB));
      assertThat(from(stored, offset, count))
          .isEqualTo(Arrays.copyOfRange(plain, offset, offset + count));
    }
    assertThat(from(stored, length, 10)).isEmpty();
  }

  @Test
  void range_isReadWithoutWhatComesBefore() throws IOException {
    byte[] plain = content(5 * MIB);
    Object object = new Object(CIPHER.encrypt(KEY, PLACE, plain));
    try (InputStream in = CIPHER.decrypt(KEY, PLACE, object.bytes.length, object, 4L * MIB)) {
      assertThat(in.readNBytes(100)).isEqualTo(Arrays.copyOfRange(plain, 4 * MIB, 4 * MIB + 100));
    }
    assertThat(object.requests)
        .as("the header, then from the wanted segment on")
        .containsExactly("0+40", 4L * MIB + "+" + (object.bytes.length - 4L * MIB));
  }

  @Test
  void everyAlteration_isFoundOut() throws IOException {
    byte[] plain = content(2 * MIB + 500);
    byte[] stored = CIPHER.encrypt(KEY, PLACE, plain);
    for (int at : new int[] {0, 5, 39, 40, 1000, MIB, stored.length - 1}) {
      byte[] flipped = stored.clone();
      flipped[at] ^= 1;
      altered(() -> whole(CIPHER, flipped));
    }
    altered(() -> whole(CIPHER, Arrays.copyOf(stored, stored.length - 1)));
    altered(() -> whole(CIPHER, Arrays.copyOf(stored, 2 * MIB)));
    altered(() -> whole(CIPHER, Arrays.copyOf(stored, 20)));
    altered(() -> whole(CIPHER, new byte[0]));
    altered(() -> whole(CIPHER, Arrays.copyOf(stored, stored.length + 1)));

    byte[] lastFlipped = stored.clone();
    lastFlipped[stored.length - 1] ^= 1;
    assertThat(from(lastFlipped, 0, 100)).as("what is good of it").hasSize(100);
    altered(() -> from(lastFlipped, 2L * MIB, 100));
    byte[] cut = Arrays.copyOf(stored, MIB);
    altered(
        () -> {
          try (InputStream in =
              CIPHER.decrypt(KEY, PLACE, stored.length, new Object(cut), 2L * MIB)) {
            return in.readAllBytes();
          }
        });
  }

  @Test
  void objectInThePlaceOfAnother_isFoundOut() {
    byte[] stored = CIPHER.encrypt(KEY, PLACE, content(100));
    byte[] otherName = RecordingCipher.associatedData(SESSION, "timeline.json");
    byte[] otherSession = RecordingCipher.associatedData(UUID.randomUUID(), "video.mp4");
    for (byte[] place : List.of(otherName, otherSession)) {
      altered(() -> CIPHER.decrypt(KEY, place, new ByteArrayInputStream(stored)).readAllBytes());
    }
  }

  private interface Reading {
    byte[] read() throws IOException;
  }

  private static void altered(Reading reading) {
    assertThatExceptionOfType(CurfewException.class)
        .isThrownBy(reading::read)
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_CORRUPT));
  }

  @Test
  void rotation_newKeyEncryptsOldOneStillDecrypts() throws IOException {
    byte[] plain = content(1000);
    byte[] stored = CIPHER.encrypt(KEY, PLACE, plain);
    RecordingCipher rotated = RecordingCipher.of(List.of(NEW, OLD));

    assertThat(rotated.currentKey()).isNotEqualTo(KEY).matches("[0-9a-f]{8}");
    assertThat(whole(rotated, stored)).isEqualTo(plain);
  }

  @Test
  void missingKey_isNamedAndNotTakenForDamage() {
    byte[] stored = CIPHER.encrypt(KEY, PLACE, content(1000));
    for (RecordingCipher without :
        List.of(RecordingCipher.of(List.of(NEW)), RecordingCipher.none())) {
      assertThatExceptionOfType(CurfewException.class)
          .isThrownBy(() -> whole(without, stored))
          .withMessageContaining(KEY)
          .withMessageContaining("recording.encryption.keys")
          .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE));
    }
    assertThat(KEY).isEqualTo(Sha256.of(OLD).hex().substring(0, 8));
  }

  @Test
  void storeThatFails_isNotTakenForDamage() {
    InputStream away =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("connection reset");
          }
        };
    assertThatThrownBy(() -> CIPHER.decrypt(KEY, PLACE, away).readAllBytes())
        .isInstanceOf(IOException.class)
        .hasMessage("connection reset");
    assertThatThrownBy(
            () -> CIPHER.decrypt(KEY, PLACE, 1000, (from, count) -> away, 10).readAllBytes())
        .isInstanceOf(IOException.class)
        .hasMessage("connection reset");
  }

  @Test
  void format_isThatOfTink() throws Exception {
    StreamingAeadConfig.register();
    AesGcmHkdfStreamingKey key =
        AesGcmHkdfStreamingKey.create(
            PredefinedStreamingAeadParameters.AES256_GCM_HKDF_1MB,
            SecretBytes.copyFrom(OLD, InsecureSecretKeyAccess.get()));
    StreamingAead tink =
        KeysetHandle.newBuilder()
            .addEntry(KeysetHandle.importKey(key).withRandomId().makePrimary())
            .build()
            .getPrimitive(RegistryConfiguration.get(), StreamingAead.class);
    byte[] plain = content(MIB + 1);
    byte[] stored = CIPHER.encrypt(KEY, PLACE, plain);

    assertThat(tink.newDecryptingStream(new ByteArrayInputStream(stored), PLACE).readAllBytes())
        .isEqualTo(plain);
  }

  @Test
  void unusableKeys_areRefused() {
    assertThatThrownBy(() -> RecordingCipher.of(List.of(new byte[16])))
        .hasMessageContaining("32 bytes, not 16");
    assertThatThrownBy(() -> RecordingCipher.of(List.of(OLD, NEW, OLD)))
        .hasMessageContaining(KEY + " is listed twice");
  }
}
