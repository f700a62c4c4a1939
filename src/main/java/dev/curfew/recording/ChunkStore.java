package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.storage.BoundedStream;
import dev.curfew.storage.ObjectName;
import dev.curfew.storage.ObjectStore;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of recordings until they have been delivered, as objects that are small (a screenshot,
 * a piece of terminal output), written once and never changed:
 *
 * <pre>3f/0193…-…3f/000000000042-9b74…e5.png</pre>
 *
 * The first part is the last two digits of the recording's UUID: those are random in every version
 * of UUID, while the first ones of a version 7 are a clock and would put all of a month into one
 * folder. An object is named by sequence and hash of its content; the name of an encrypted one also
 * says under which key ({@code 000000000042-9b74…e5-3f2a91bc.png}), so that nodes with different
 * keys can store the same chunk at once.
 *
 * <p>Every method blocks, may be called from several threads, and throws {@link CurfewException}
 * STORAGE_UNAVAILABLE when the store cannot be reached, is full or fails; repeating is safe.
 */
public final class ChunkStore implements ChunkSource {
  private static final Pattern NAME =
      Pattern.compile("(\\d{12,19})-([0-9a-f]{64})(?:-([0-9a-f]{8}))?\\.([a-z0-9]+)");

  /** A chunk's object: of the recording's own folder, not of one below it. */
  private static final Pattern CHUNK =
      Pattern.compile("[0-9a-f]{2}/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/[^/]+");

  private final ObjectStore objects;
  private final RecordingCipher cipher;

  public ChunkStore(ObjectStore objects, RecordingCipher cipher) {
    this.objects = objects;
    this.cipher = cipher;
  }

  /** Id of the key under which chunks are to be stored; null where they are stored as they are. */
  @Nullable String encryptionKey() {
    return cipher.currentKey();
  }

  /**
   * Stores an object, encrypted if its key says so. When this returns, the content survives a loss
   * of power. Putting the same object again is harmless, also while another thread or node does so.
   *
   * @throws IllegalArgumentException when the content does not have the hash in the key
   */
  public void put(ChunkKey key, byte[] content) {
    Sha256 actual = Sha256.of(content);
    if (!actual.equals(key.sha256())) {
      throw new IllegalArgumentException(
          "chunk " + key.sequence() + " is named " + key.sha256() + " but contains " + actual);
    }
    String encryptionKey = key.encryptionKey();
    objects.put(
        name(key),
        encryptionKey == null
            ? content
            : cipher.encrypt(encryptionKey, associatedData(key), content));
  }

  /**
   * A part of an object's plain content, see {@link ObjectStore#open(String, long, long)}.
   *
   * @throws CurfewException NOT_FOUND when there is no such object, STORAGE_CORRUPT (also thrown by
   *     the stream) when an encrypted one was altered, STORAGE_UNAVAILABLE also when its key is not
   *     at hand
   */
  public InputStream open(ChunkKey key, long offset, long length) {
    String name = name(key);
    String encryptionKey = key.encryptionKey();
    if (encryptionKey == null) {
      return objects.open(name, offset, length);
    }
    InputStream plain =
        offset == 0
            ? cipher.decrypt(encryptionKey, associatedData(key), objects.open(name))
            : cipher.decrypt(
                encryptionKey,
                associatedData(key),
                objects.size(name),
                (from, count) -> objects.open(name, from, count),
                offset);
    return new BoundedStream(plain, length);
  }

  @Override
  public InputStream open(UUID recording, Chunk chunk, long offset, long length) {
    return open(chunk.key(recording), offset, length);
  }

  /** The whole object, see {@link #open(ChunkKey, long, long)}. */
  public InputStream open(ChunkKey key) {
    return open(key, 0, Long.MAX_VALUE);
  }

  /**
   * Every object of a recording by sequence, those included that no manifest lists; empty for an
   * unknown recording.
   */
  public List<ChunkKey> list(UUID recording) {
    List<ChunkKey> keys = new ArrayList<>();
    for (String name : objects.list(folder(recording))) {
      key(recording, name).ifPresent(keys::add);
    }
    keys.sort(Comparator.comparingLong(ChunkKey::sequence));
    return List.copyOf(keys);
  }

  /**
   * An object that was found.
   *
   * @param size in bytes, as stored
   */
  record Found(ChunkKey key, long size) {}

  /** Every chunk of every recording, those of one by sequence. For stores that hold few. */
  List<Found> all() {
    List<Found> found = new ArrayList<>();
    for (String top : topFolders()) {
      for (String name : objects.list(top)) {
        Matcher parts = CHUNK.matcher(name);
        if (parts.matches()) {
          key(UUID.fromString(parts.group(1)), name)
              .ifPresent(key -> found.add(new Found(key, objects.size(name))));
        }
      }
    }
    return List.copyOf(found);
  }

  /** Removes what is left of folders whose objects have gone. Nobody may put anything meanwhile. */
  void clearEmptyFolders() {
    for (String top : topFolders()) {
      if (objects.list(top).isEmpty()) {
        objects.deleteAll(top);
      }
    }
  }

  private static List<String> topFolders() {
    return IntStream.range(0, 256).mapToObj(i -> "%02x".formatted(i)).toList();
  }

  /** Removes an object; one that is not there is fine. */
  void delete(ChunkKey key) {
    objects.delete(name(key));
  }

  /**
   * Removes every object of a recording, what was {@linkplain ArtefactStage staged} of it included;
   * an unknown recording is fine.
   */
  public void deleteRecording(UUID recording) {
    objects.deleteAll(folder(recording));
  }

  private static Optional<ChunkKey> key(UUID recording, String objectName) {
    Matcher name = NAME.matcher(ObjectName.last(objectName));
    if (!name.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new ChunkKey(
            recording,
            Long.parseLong(name.group(1)),
            Sha256.fromHex(name.group(2)),
            name.group(4),
            name.group(3)));
  }

  /** Where everything of a recording lies. */
  static String folder(UUID recording) {
    String name = recording.toString();
    return name.substring(name.length() - 2) + "/" + name;
  }

  private static String name(ChunkKey key) {
    String encrypted = key.encryptionKey() == null ? "" : "-" + key.encryptionKey();
    return "%s/%012d-%s%s.%s"
        .formatted(
            folder(key.recording()),
            key.sequence(),
            key.sha256().hex(),
            encrypted,
            key.extension());
  }

  private static byte[] associatedData(ChunkKey key) {
    return RecordingCipher.associatedData(
        key.recording(),
        "%012d-%s.%s".formatted(key.sequence(), key.sha256().hex(), key.extension()));
  }
}
