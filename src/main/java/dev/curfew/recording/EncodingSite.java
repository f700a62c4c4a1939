package dev.curfew.recording;

import dev.curfew.lease.Claim;
import io.vertx.core.Future;
import java.util.function.BooleanSupplier;

/** Where an encoder works: it gives recordings out and takes what was made of them. */
public interface EncodingSite extends WorkSite {

  /**
   * The claimed recording. Fails as every call of the site does.
   *
   * @param cancelled whether whoever reads it need not wait any longer, from any thread
   */
  Future<RecordingSource> source(Claim claim, BooleanSupplier cancelled);

  /**
   * Takes a finished artefact; a later one of the same kind replaces it.
   *
   * @param cancelled whether to stop, from any thread
   */
  Future<Void> deliver(Claim claim, Artefact artefact, BooleanSupplier cancelled);
}
