package dev.curfew.recording;

import dev.curfew.lease.ArtefactKind;
import dev.curfew.storage.ObjectStore;
import dev.curfew.storage.Payload;
import dev.curfew.storage.Watch;
import dev.curfew.store.StoredForm;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.UUID;

/**
 * Finished artefacts from when they are made until they were uploaded. They lie in the store of the
 * raw recordings, where the uploader of any node can take them: {@code
 * 3f/SESSION/artefacts/PLACE/video.mp4}. Each claim and each delivery has a place of its own, so
 * that an earlier one that still writes stands in nobody's way. A location is an object's name.
 *
 * <p>Everything here blocks and fails as {@link ObjectStore} does.
 */
final class ArtefactStage {
  private static final String ENCRYPTED = ".encrypted";
  private static final int BUFFER = 256 * 1024;

  private final ObjectStore objects;
  private final RecordingCipher cipher;

  ArtefactStage(ObjectStore objects, RecordingCipher cipher) {
    this.objects = objects;
    this.cipher = cipher;
  }

  /** What was put under which name. */
  record Staged(String location, StoredForm stored) {}

  /**
   * Stores an artefact, encrypted where recordings are. The encrypted form lies beside the artefact
   * while it is being stored: what is sent must be the same when sending is taken up again.
   */
  Staged put(UUID sessionId, String place, Artefact artefact, Watch watch) throws IOException {
    String location = folder(sessionId) + "/" + place + "/" + artefact.kind().fileName();
    String key = cipher.currentKey();
    if (key == null) {
      objects.put(location, new FilePayload(artefact.file(), artefact.size()), watch);
      return new Staged(location, StoredForm.plain(artefact.size(), artefact.sha256().hex()));
    }
    Path encrypted = artefact.file().resolveSibling(artefact.kind().fileName() + ENCRYPTED);
    try {
      StoredForm stored = encrypt(key, sessionId, artefact, encrypted, watch);
      objects.put(location, new FilePayload(encrypted, stored.size()), watch);
      return new Staged(location, stored);
    } finally {
      Files.deleteIfExists(encrypted);
    }
  }

  private StoredForm encrypt(
      String key, UUID sessionId, Artefact artefact, Path encrypted, Watch watch)
      throws IOException {
    MessageDigest digest = Sha256.digest();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(artefact.file());
        OutputStream out =
            cipher.encrypting(
                key,
                associatedData(sessionId, artefact.kind()),
                new DigestOutputStream(Files.newOutputStream(encrypted), digest))) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        out.write(buffer, 0, count);
        watch.moved(0);
      }
    }
    return new StoredForm(key, Files.size(encrypted), Sha256.from(digest).hex());
  }

  /** What binds an encrypted artefact to its recording, on the stage and at the destination. */
  static byte[] associatedData(UUID sessionId, ArtefactKind kind) {
    return RecordingCipher.associatedData(sessionId, kind.fileName());
  }

  /**
   * A part of the bytes that lie at a location, encrypted or not.
   *
   * @throws dev.curfew.fault.CurfewException NOT_FOUND when there is nothing
   */
  InputStream open(String location, long offset, long length) {
    return objects.open(location, offset, length);
  }

  /**
   * The bytes that lie at a location, encrypted or not, to be stored elsewhere.
   *
   * @param size in bytes
   */
  Payload payload(String location, long size) {
    return new Payload() {
      @Override
      public long size() {
        return size;
      }

      @Override
      public InputStream open(long offset) {
        return objects.open(location, offset, Long.MAX_VALUE);
      }
    };
  }

  void delete(String location) {
    objects.delete(location);
  }

  void deletePlace(UUID sessionId, String place) {
    objects.deleteAll(folder(sessionId) + "/" + place);
  }

  void deleteAll(UUID sessionId) {
    objects.deleteAll(folder(sessionId));
  }

  private static String folder(UUID sessionId) {
    return ChunkStore.folder(sessionId) + "/artefacts";
  }

  private record FilePayload(Path file, long size) implements Payload {
    @Override
    public InputStream open(long offset) throws IOException {
      SeekableByteChannel channel = Files.newByteChannel(file);
      return Channels.newInputStream(channel.position(offset));
    }
  }
}
