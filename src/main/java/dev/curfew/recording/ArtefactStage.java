package dev.curfew.recording;

import dev.curfew.storage.ObjectStore;
import dev.curfew.storage.Payload;
import dev.curfew.storage.Watch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
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
  private final ObjectStore objects;

  ArtefactStage(ObjectStore objects) {
    this.objects = objects;
  }

  /**
   * Stores an artefact.
   *
   * @return its location
   */
  String put(UUID sessionId, String place, Artefact artefact, Watch watch) {
    String location = folder(sessionId) + "/" + place + "/" + artefact.kind().fileName();
    objects.put(location, new FilePayload(artefact.file(), artefact.size()), watch);
    return location;
  }

  /**
   * A part of what lies at a location.
   *
   * @throws dev.curfew.fault.CurfewException NOT_FOUND when there is nothing
   */
  InputStream open(String location, long offset, long length) {
    return objects.open(location, offset, length);
  }

  /** What lies at a location, to be stored elsewhere. */
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
