package dev.curfew.directory;

import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.auth.SealedSecret;
import dev.curfew.auth.SecretBox;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.outbound.TargetGuard;
import dev.curfew.outbound.WebhookSecret;
import dev.curfew.realm.Delivery;
import dev.curfew.realm.LaneFilter;
import dev.curfew.realm.LaneState;
import dev.curfew.realm.Page;
import dev.curfew.realm.WebhookSubscription;
import dev.curfew.session.EventType;
import dev.curfew.session.SessionKind;
import dev.curfew.store.DeliveryStore;
import dev.curfew.store.EventCursor;
import dev.curfew.store.EventStore;
import dev.curfew.store.WebhookStore;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Webhook subscriptions of a realm, and what became of their messages. A subscription is sent
 * whatever happens in its realm, so only its administrators make and change one; auditors may look.
 */
public final class Subscriptions {
  /** For how long the secret before signs, too, unless somebody says otherwise. */
  public static final Duration OVERLAP = Duration.ofHours(24);

  /** The type of a message that only shows that the way is open. */
  public static final String TEST = "dev.curfew.subscription.test";

  private static final Duration LONGEST_OVERLAP = Duration.ofDays(30);
  private static final int MOST_THRESHOLDS = 16;

  private final WebhookStore store;
  private final DeliveryStore deliveries;
  private final EventStore log;
  private final TargetGuard guard;
  private final SecretBox secrets;
  private final Realms realms;
  private final Users users;
  private final SortableIds ids;
  private final Notices notices;

  Subscriptions(
      WebhookStore store,
      DeliveryStore deliveries,
      EventStore log,
      TargetGuard guard,
      SecretBox secrets,
      Realms realms,
      Users users,
      SortableIds ids,
      Notices notices) {
    this.store = store;
    this.deliveries = deliveries;
    this.log = log;
    this.guard = guard;
    this.secrets = secrets;
    this.realms = realms;
    this.users = users;
    this.ids = ids;
    this.notices = notices;
  }

  /**
   * A subscription with a secret that was just set.
   *
   * @param generated the secret, where the caller did not bring one: shown once
   */
  public record Keyed(WebhookSubscription subscription, Optional<Secret> generated) {}

  /**
   * Begins with what happens from now on.
   *
   * @param realm null for the caller's own
   * @param secret null to have one made
   * @return fails with INVALID_FIELD naming the field, FORBIDDEN, NOT_FOUND for the realm
   */
  public Future<Keyed> create(
      Principal by, @Nullable String realm, SubscriptionTerms terms, @Nullable Secret secret) {
    Authorisation.requireAdministrator(by, by.realmId(), "Realm");
    WebhookSecret key =
        secret == null ? WebhookSecret.generate() : WebhookSecret.parse("secret", secret);
    UUID id = ids.next();
    Future<Integer> realmId =
        realm == null
            ? Future.succeededFuture(by.realmId())
            : realms.resolve(by, realm).map(found -> found.id());
    return realmId
        .compose(
            into ->
                checked(by, into, terms)
                    .compose(
                        checked ->
                            store.insert(
                                new WebhookStore.NewRow(
                                    id,
                                    into,
                                    by.userId(),
                                    checked.url(),
                                    checked.description(),
                                    checked.filter(),
                                    sealed(key, id)),
                                by.administrator())))
        .onSuccess(made -> notices.thresholds())
        .map(made -> keyed(made, key, secret == null));
  }

  private static Keyed keyed(
      WebhookSubscription subscription, WebhookSecret key, boolean generated) {
    return new Keyed(subscription, generated ? Optional.of(key.text()) : Optional.empty());
  }

  private SealedSecret sealed(WebhookSecret key, UUID id) {
    return secrets.seal(key.text(), WebhookSubscription.secretPlace(id));
  }

  private record Checked(String url, @Nullable String description, LaneFilter filter) {}

  private Future<Checked> checked(Principal by, int realmId, SubscriptionTerms terms) {
    String description =
        FieldRules.optionalText("description", terms.description(), FieldRules.LONGEST_REMARK);
    Set<String> types =
        among("types", terms.types(), name -> EventType.ofWireName(name).isPresent());
    Set<String> kinds =
        among("filter.kinds", terms.kinds(), name -> SessionKind.ofWireName(name).isPresent());
    List<Long> thresholds = thresholds(terms.thresholds());
    return guard
        .admit("url", terms.url())
        .map(URI::toString)
        .compose(
            url ->
                user(by, realmId, terms.user())
                    .map(
                        user ->
                            new Checked(
                                url,
                                description,
                                new LaneFilter(
                                    types, kinds, user, terms.session(), false, thresholds))));
  }

  private static @Nullable Set<String> among(
      String field, @Nullable List<String> names, Predicate<String> known) {
    if (names == null) {
      return null;
    }
    if (names.isEmpty()) {
      throw CurfewException.invalid(field, "must name at least one");
    }
    for (int i = 0; i < names.size(); i++) {
      if (!known.test(names.get(i))) {
        throw CurfewException.invalid(field + "[" + i + "]", "is not known");
      }
    }
    return new HashSet<>(names);
  }

  /** In whole seconds, as events tell them; the longest first, each once. */
  private static @Nullable List<Long> thresholds(@Nullable List<Duration> wanted) {
    if (wanted == null) {
      return null;
    }
    if (wanted.isEmpty() || wanted.size() > MOST_THRESHOLDS) {
      throw CurfewException.invalid("thresholds", "must be from 1 to " + MOST_THRESHOLDS);
    }
    return FieldRules.thresholds("thresholds", wanted);
  }

  private Future<@Nullable Set<Long>> user(Principal by, int realmId, @Nullable String anyForm) {
    return anyForm == null
        ? Future.succeededFuture(null)
        : users
            .resolve(by, anyForm)
            .map(
                user -> {
                  if (user.realmId() != realmId) {
                    throw CurfewException.invalid(
                        "filter.user", "must belong to the realm of the subscription");
                  }
                  return Set.of((long) user.numericId());
                });
  }

  /** Newest first; an administrator or auditor of one realm sees that one's. */
  public Future<Page<WebhookSubscription>> list(Principal by, PageRequest page) {
    Authorisation.requireReader(by, by.realmId(), "Realm");
    @Nullable UUID after = page.key(UUID::fromString).orElse(null);
    return store
        .list(Realms.visibleTo(by), after, page.rows())
        .map(rows -> page.page(rows, WebhookSubscription::id));
  }

  /** For administrators and auditors of its realm. */
  public Future<WebhookSubscription> get(Principal by, UUID id) {
    return found(id)
        .map(
            subscription -> {
              Authorisation.requireReader(by, subscription.lane().realmId(), what(id));
              return subscription;
            });
  }

  private Future<WebhookSubscription> found(UUID id) {
    return store.find(id).map(found -> found.orElseThrow(() -> notFound(id)));
  }

  private static String what(UUID id) {
    return "Subscription " + id;
  }

  private static CurfewException notFound(UUID id) {
    return CurfewException.notFound(what(id));
  }

  private Future<WebhookSubscription> administered(Principal by, UUID id) {
    return found(id)
        .map(
            subscription -> {
              Authorisation.requireAdministrator(by, subscription.lane().realmId(), what(id));
              return subscription;
            });
  }

  /** Makes new terms of what is there. */
  @FunctionalInterface
  public interface Change {
    SubscriptionTerms of(WebhookSubscription now);
  }

  /**
   * Holds for what is laid out from then on; a new URL for all that is not sent yet.
   *
   * @return fails as {@link #create}
   */
  public Future<WebhookSubscription> change(Principal by, UUID id, Change change) {
    return administered(by, id)
        .compose(
            now ->
                checked(by, now.lane().realmId(), change.of(now))
                    .compose(
                        checked ->
                            store.change(
                                now,
                                checked.url(),
                                checked.description(),
                                checked.filter(),
                                by.administrator())))
        .map(changed -> changed.orElseThrow(() -> notFound(id)))
        .onSuccess(changed -> notices.thresholds());
  }

  /**
   * Sends nothing until it is resumed.
   *
   * @param reason for those who see that it is paused; null for none
   */
  public Future<WebhookSubscription> pause(Principal by, UUID id, @Nullable String reason) {
    String checked = FieldRules.optionalText("reason", reason, FieldRules.LONGEST_REMARK);
    return changeState(by, id, LaneState.PAUSED, checked);
  }

  /** Sends again, what happened meanwhile first; also after the target has said 410. */
  public Future<WebhookSubscription> resume(Principal by, UUID id) {
    return changeState(by, id, LaneState.ENABLED, null);
  }

  private Future<WebhookSubscription> changeState(
      Principal by, UUID id, LaneState state, @Nullable String reason) {
    return administered(by, id)
        .compose(now -> store.changeState(now, state, reason, by.administrator()))
        .map(changed -> changed.orElseThrow(() -> notFound(id)))
        .onSuccess(changed -> notices.thresholds());
  }

  /**
   * Sets a new secret.
   *
   * @param secret null to have one made
   * @param overlap for how long messages are signed with the one before, too; null for {@link
   *     #OVERLAP}
   */
  public Future<Keyed> rotate(
      Principal by, UUID id, @Nullable Secret secret, @Nullable Duration overlap) {
    WebhookSecret key =
        secret == null ? WebhookSecret.generate() : WebhookSecret.parse("secret", secret);
    Duration both = overlap == null ? OVERLAP : overlap;
    if (both.compareTo(LONGEST_OVERLAP) > 0) {
      throw CurfewException.invalid("overlap", "must be at most " + LONGEST_OVERLAP.toDays() + "d");
    }
    return administered(by, id)
        .compose(now -> store.rotate(now, sealed(key, id), both, by.administrator()))
        .map(changed -> changed.orElseThrow(() -> notFound(id)))
        .onSuccess(changed -> notices.events())
        .map(changed -> keyed(changed, key, secret == null));
  }

  /**
   * Queues a message behind all that wait.
   *
   * @return the delivery
   */
  public Future<Delivery> test(Principal by, UUID id) {
    return administered(by, id)
        .compose(
            subscription ->
                store.enqueue(
                    subscription,
                    "msg_" + ids.next(),
                    TEST,
                    new JsonObject()
                        .put("subscriptionId", id.toString())
                        .put("realm", subscription.realm())
                        .put("message", "A test of this subscription")
                        .encode(),
                    by.administrator()))
        .onSuccess(queued -> notices.events())
        .compose(delivery -> delivery(id, delivery));
  }

  /** What was not sent yet is never sent. */
  public Future<Void> delete(Principal by, UUID id) {
    return administered(by, id)
        .compose(subscription -> store.delete(subscription, by.administrator()))
        .map(
            deleted -> {
              if (!deleted) {
                throw notFound(id);
              }
              notices.thresholds();
              return null;
            });
  }

  /**
   * Deliveries, newest first.
   *
   * @param state null for all
   */
  public Future<Page<Delivery>> deliveries(
      Principal by, UUID id, Delivery.@Nullable State state, PageRequest page) {
    @Nullable Long before = page.key(Long::valueOf).orElse(null);
    return get(by, id)
        .compose(subscription -> deliveries.list(id, state, before, page.rows()))
        .map(rows -> page.page(rows, Delivery::number));
  }

  public Future<Delivery> delivery(Principal by, UUID id, UUID deliveryId) {
    return get(by, id).compose(subscription -> delivery(id, deliveryId));
  }

  private Future<Delivery> delivery(UUID id, UUID deliveryId) {
    return deliveries
        .find(id, deliveryId)
        .map(found -> found.orElseThrow(() -> noDelivery(deliveryId)));
  }

  private static CurfewException noDelivery(UUID id) {
    return CurfewException.notFound("Delivery " + id);
  }

  /**
   * Makes a delivery due now, with the whole schedule of retries before it: one that waits stays in
   * its place, one that was delivered or given up goes behind all that wait.
   */
  public Future<Delivery> retry(Principal by, UUID id, UUID deliveryId) {
    return administered(by, id)
        .compose(subscription -> store.retry(subscription, deliveryId, by.administrator()))
        .compose(
            there -> there ? delivery(id, deliveryId) : Future.failedFuture(noDelivery(deliveryId)))
        .onSuccess(due -> notices.events());
  }

  /**
   * Sends everything after a place in the log again, as far as the log still has it.
   *
   * @param after an event's id
   * @return fails with BAD_CURSOR
   */
  public Future<WebhookSubscription> replay(Principal by, UUID id, String after) {
    EventCursor cursor = EventCursor.parse("after", after);
    return administered(by, id)
        .compose(
            subscription ->
                log.requireKnown("after", cursor)
                    .compose(known -> store.replay(subscription, cursor, by.administrator())))
        .map(changed -> changed.orElseThrow(() -> notFound(id)))
        .onSuccess(changed -> notices.events());
  }
}
