package dev.curfew;

import dev.curfew.config.CurfewConfig;
import dev.curfew.config.StoreKind;
import dev.curfew.config.StoreSettings;
import dev.curfew.fault.CurfewException;
import dev.curfew.storage.AzureOptions;
import dev.curfew.storage.AzureStore;
import dev.curfew.storage.Finding;
import dev.curfew.storage.FolderStore;
import dev.curfew.storage.ObjectStore;
import dev.curfew.storage.S3Options;
import dev.curfew.storage.S3Store;
import dev.curfew.storage.SmbOptions;
import dev.curfew.storage.SmbStore;
import dev.curfew.storage.StoreState;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;

/** The two stores of a node, of the kinds that are configured, and how they were last found. */
final class RecordingStores implements AutoCloseable {
  private final Place raw;
  private final Place finished;
  private volatile List<StoreState> states = List.of();

  /** A store and where it is. */
  private record Place(String store, StoreKind kind, String location, ObjectStore objects) {
    StoreState check(LongSupplier clock) {
      Finding finding = objects.check();
      return new StoreState(store, kind, location, finding, clock.getAsLong());
    }
  }

  private RecordingStores(Place raw, Place finished) {
    this.raw = raw;
    this.finished = finished;
  }

  /**
   * Opens both: blocking. Whether they can be used is found by {@link #check}.
   *
   * @throws CurfewException STORAGE_UNAVAILABLE when a folder cannot be made
   */
  static RecordingStores open(CurfewConfig.Recording settings) {
    Place raw = open("raw", settings.raw(), settings.rawDirectory());
    try {
      return new RecordingStores(
          raw, open("finished", settings.finished(), settings.destination()));
    } catch (RuntimeException failure) {
      raw.objects.close();
      throw failure;
    }
  }

  private static Place open(String store, StoreSettings settings, Path folder) {
    return switch (settings.kind()) {
      case FOLDER -> {
        ObjectStore objects = new FolderStore(folder);
        String location = folder.toAbsolutePath().normalize().toUri().toString();
        yield new Place(store, StoreKind.FOLDER, location, objects);
      }
      case S3 -> {
        S3Options options = options(settings.s3());
        yield new Place(store, StoreKind.S3, options.location(), new S3Store(options));
      }
      case SMB -> {
        SmbOptions options = options(settings.smb());
        yield new Place(store, StoreKind.SMB, options.location(), new SmbStore(options));
      }
      case AZURE -> {
        AzureOptions options = options(settings.azure());
        yield new Place(store, StoreKind.AZURE, options.location(), new AzureStore(options));
      }
    };
  }

  private static S3Options options(StoreSettings.S3 settings) {
    return new S3Options(
        settings.endpoint().map(URI::create),
        settings.region(),
        settings.bucket().orElseThrow(),
        settings.prefix().orElse(""),
        settings.pathStyle(),
        settings
            .accessKeyId()
            .map(id -> new S3Options.Credentials(id, settings.secretAccessKey().orElseThrow())),
        new S3Options.Encryption(settings.encryption(), settings.kmsKeyId()),
        settings.timeout());
  }

  private static SmbOptions options(StoreSettings.Smb settings) {
    return new SmbOptions(
        settings.host().orElseThrow(),
        settings.port(),
        settings.share().orElseThrow(),
        settings.folder().orElse(""),
        settings.domain().orElse(""),
        settings.user().orElseThrow(),
        settings.password().orElseThrow(),
        settings.encrypt(),
        settings.timeout());
  }

  private static AzureOptions options(StoreSettings.Azure settings) {
    String account = settings.account().orElseThrow();
    return new AzureOptions(
        URI.create(settings.endpoint().orElse("https://" + account + ".blob.core.windows.net")),
        account,
        settings.container().orElseThrow(),
        settings.prefix().orElse(""),
        settings.accountKey(),
        settings.sasToken(),
        settings.timeout());
  }

  /** Chunks, and artefacts until they are delivered. */
  ObjectStore raw() {
    return raw.objects;
  }

  /** Where finished recordings are delivered. */
  ObjectStore finished() {
    return finished.objects;
  }

  /** Tries both: blocking. */
  List<StoreState> check(LongSupplier clock) {
    List<StoreState> found = List.of(raw.check(clock), finished.check(clock));
    states = found;
    return found;
  }

  /** Both as they were found by the last {@link #check}; empty before the first. */
  List<StoreState> states() {
    return states;
  }

  /** Whether a store could be used when it was last tried. */
  boolean isReady(String store) {
    return states.stream()
        .anyMatch(state -> state.store().equals(store) && state.finding().ready());
  }

  @Override
  public void close() {
    raw.objects.close();
    finished.objects.close();
  }
}
