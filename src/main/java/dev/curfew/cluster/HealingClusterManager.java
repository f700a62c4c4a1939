package dev.curfew.cluster;

import com.hazelcast.config.Config;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.core.spi.cluster.RegistrationListener;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Vert.x's way to Hazelcast, which finds back after a split.
 *
 * <p>Where each address of the event bus is served stands in a map that the members share. When a
 * network splits, each part deletes what the other had registered; when it heals, the parts' maps
 * are merged, and a member that is late with its deleting deletes what its fellows have just
 * brought back. Nobody notices: a fellow's addresses stay unknown until it is restarted. Besides,
 * each member remembers where it sent last, and a change that it was not told of leaves it sending
 * to nowhere.
 *
 * <p>So nothing is concluded from what has happened. Each member {@linkplain #reassert says again}
 * on a schedule what it serves, which changes nothing where it stands already, and forgets what it
 * remembers of the others.
 */
final class HealingClusterManager extends HazelcastClusterManager {
  private record Registration(String address, RegistrationInfo info) {}

  private final Set<Registration> own = ConcurrentHashMap.newKeySet();
  private @Nullable RegistrationListener listener;

  HealingClusterManager(Config config) {
    super(config);
  }

  @Override
  public void registrationListener(RegistrationListener listener) {
    this.listener = listener;
    super.registrationListener(listener);
  }

  @Override
  public void addRegistration(
      String address, RegistrationInfo registration, Completable<Void> promise) {
    if (!registration.localOnly()) {
      own.add(new Registration(address, registration));
    }
    super.addRegistration(address, registration, promise);
  }

  @Override
  public void removeRegistration(
      String address, RegistrationInfo registration, Completable<Void> promise) {
    own.remove(new Registration(address, registration));
    super.removeRegistration(address, registration, promise);
  }

  /**
   * Says again where this member is and what it serves, and has the others' addresses looked up
   * anew. Fails where Hazelcast does; is then to be tried again.
   */
  Future<Void> reassert() {
    RegistrationListener remembering = listener;
    NodeInfo info = getNodeInfo();
    if (!isActive() || remembering == null || info == null) {
      return Future.succeededFuture();
    }
    Promise<Void> told = Promise.promise();
    setNodeInfo(info, told);
    List<Future<?>> all = new ArrayList<>(List.of(told.future()));
    own.forEach(registration -> all.add(reassert(registration)));
    return Future.join(all)
        .map(
            done -> {
              // Only when all of Hazelcast has answered: where a member hangs, what is remembered
              // still leads to the others, and looking it up would not.
              remembering.registrationsLost();
              return null;
            });
  }

  private Future<Void> reassert(Registration registration) {
    Promise<Void> added = Promise.promise();
    super.addRegistration(registration.address(), registration.info(), added);
    return added.future().compose(again -> takeBackIfGone(registration));
  }

  /**
   * What was unregistered meanwhile is forgotten first and removed second: whichever of that
   * removal and the addition came last, this removal comes after both.
   */
  private Future<Void> takeBackIfGone(Registration registration) {
    if (own.contains(registration)) {
      return Future.succeededFuture();
    }
    Promise<Void> removed = Promise.promise();
    super.removeRegistration(registration.address(), registration.info(), removed);
    return removed.future();
  }
}
