package dev.curfew.cluster;

import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipAdapter;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import dev.curfew.config.CurfewConfig;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The network of members: Hazelcast tells who is there, and the event bus reaches all of them.
 *
 * <p>Hazelcast has its own ids of members, which change when a split heals. What others know a
 * member by is an attribute that each carries along.
 */
public final class HazelcastCluster implements Contacts {
  private static final Logger LOG = LoggerFactory.getLogger(HazelcastCluster.class);

  private static final String MEMBER_ATTRIBUTE = "curfew.member";

  /** How often this member says again what it serves: how long a damaged route stays so. */
  private static final Duration REASSERTION = Duration.ofSeconds(2);

  /** A member that does not take a connection for so long is not waited for. */
  private static final Duration CONNECT = Duration.ofSeconds(2);

  /** Connections of the event bus are tried this often, and given up after as long again. */
  private static final Duration PING = Duration.ofSeconds(2);

  private final UUID self;
  private final Vertx vertx;
  private final HealingClusterManager routes;
  private final AtomicBoolean reasserting = new AtomicBoolean();
  private final List<Runnable> watchers = new CopyOnWriteArrayList<>();

  private HazelcastCluster(UUID self, Vertx vertx, HealingClusterManager routes) {
    this.self = self;
    this.vertx = vertx;
    this.routes = routes;
  }

  /**
   * Joins the others, or begins a cluster where none of them runs yet. Takes seconds. Not to be
   * called on an event loop: names are resolved and files read.
   *
   * @param self what this life of this node is known by
   * @param options of the Vert.x instance that is made; those of its event bus are filled in
   * @return in touch with those who were found; fails with {@link dev.curfew.fault.CurfewException}
   *     BAD_CONFIGURATION
   */
  public static Future<HazelcastCluster> start(
      UUID self, CurfewConfig.Cluster settings, VertxOptions options) {
    InetAddress host;
    Config config;
    try {
      host = HazelcastConfiguration.host(settings);
      config = HazelcastConfiguration.read(settings, host);
      HazelcastConfiguration.checkFiles(settings.tls());
    } catch (CurfewException unusable) {
      return Future.failedFuture(unusable);
    }
    config.getMemberAttributeConfig().setAttribute(MEMBER_ATTRIBUTE, self.toString());
    HealingClusterManager routes = new HealingClusterManager(config);
    options.setEventBusOptions(bus(options.getEventBusOptions(), settings, host));
    return Vertx.builder()
        .with(options)
        .withClusterManager(routes)
        .buildClustered()
        .recover(failure -> Future.failedFuture(refused(settings, failure)))
        .map(
            vertx -> {
              HazelcastCluster cluster = new HazelcastCluster(self, vertx, routes);
              cluster.follow();
              return cluster;
            });
  }

  /**
   * Ports in use, certificates that are none, members of other settings: all are the operator's.
   */
  private static CurfewException refused(CurfewConfig.Cluster settings, Throwable failure) {
    return CurfewException.causedBy(
        ErrorCode.BAD_CONFIGURATION,
        "cluster: cannot join at %s, ports %d (cluster.port) and %d (cluster.bus-port): %s"
            .formatted(settings.host(), settings.port(), settings.busPort(), failure.getMessage()),
        failure);
  }

  private static EventBusOptions bus(
      EventBusOptions options, CurfewConfig.Cluster settings, InetAddress host) {
    options
        .setHost(host.getHostAddress())
        .setPort(settings.busPort())
        .setConnectTimeout((int) CONNECT.toMillis())
        .setClusterPingInterval(PING.toMillis())
        .setClusterPingReplyInterval(PING.toMillis());
    CurfewConfig.ClusterTls tls = settings.tls();
    if (tls.enabled()) {
      options
          .setSsl(true)
          .setClientAuth(ClientAuth.REQUIRED)
          .setKeyCertOptions(
              new PemKeyCertOptions()
                  .addCertPath(tls.certificate().orElseThrow().toString())
                  .addKeyPath(tls.key().orElseThrow().toString()))
          .setTrustOptions(new PemTrustOptions().addCertPath(tls.trust().orElseThrow().toString()));
    }
    return options;
  }

  private void follow() {
    hazelcast()
        .getCluster()
        .addMembershipListener(
            new MembershipAdapter() {
              @Override
              public void memberAdded(MembershipEvent event) {
                LOG.info("In touch with {}", event.getMember().getAddress());
                changed();
              }

              @Override
              public void memberRemoved(MembershipEvent event) {
                LOG.warn("No longer in touch with {}", event.getMember().getAddress());
                changed();
              }
            });
    hazelcast()
        .getLifecycleService()
        .addLifecycleListener(
            event -> {
              if (event.getState() == LifecycleState.MERGED) {
                LOG.warn("Back in touch after a split of the network");
                changed();
              }
            });
    vertx.setPeriodic(REASSERTION.toMillis(), timer -> reassert());
  }

  private void changed() {
    watchers.forEach(Runnable::run);
  }

  private void reassert() {
    if (reasserting.compareAndSet(false, true)) {
      routes
          .reassert()
          .onFailure(failure -> LOG.debug("Addresses not said again", failure))
          .onComplete(done -> reasserting.set(false));
    }
  }

  /** What runs on this network; closing it leaves the cluster. */
  public Vertx vertx() {
    return vertx;
  }

  HazelcastInstance hazelcast() {
    return routes.getHazelcastInstance();
  }

  @Override
  public Set<UUID> inTouch() {
    Set<UUID> members = new HashSet<>(Set.of(self));
    try {
      Cluster cluster = hazelcast().getCluster();
      for (Member member : cluster.getMembers()) {
        String id = member.getAttribute(MEMBER_ATTRIBUTE);
        if (id != null) {
          members.add(UUID.fromString(id));
        }
      }
      return members;
    } catch (HazelcastInstanceNotActiveException left) {
      return members;
    }
  }

  @Override
  public void watch(Runnable changed) {
    watchers.add(changed);
  }
}
