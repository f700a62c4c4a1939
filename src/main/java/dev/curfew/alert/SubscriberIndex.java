package dev.curfew.alert;

import dev.curfew.store.EventFilter;
import dev.curfew.store.LoggedEvent;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who may want an event, found by what the event is about. A subscription stands under the
 * narrowest part of its filter; whether it wants the event is still for its filter to say.
 */
final class SubscriberIndex {
  private final Map<UUID, Set<Subscription>> bySession = new HashMap<>();
  private final Map<Long, Set<Subscription>> byUser = new HashMap<>();
  private final Map<Integer, Set<Subscription>> byRealm = new HashMap<>();
  private final Set<Subscription> everywhere = new LinkedHashSet<>();

  void add(Subscription subscription) {
    EventFilter filter = subscription.filter();
    if (filter.sessionId() != null) {
      add(bySession, filter.sessionId(), subscription);
    } else if (filter.users() != null) {
      filter.users().forEach(user -> add(byUser, user, subscription));
    } else if (filter.realmId() != null) {
      add(byRealm, filter.realmId(), subscription);
    } else {
      everywhere.add(subscription);
    }
  }

  void remove(Subscription subscription) {
    EventFilter filter = subscription.filter();
    if (filter.sessionId() != null) {
      remove(bySession, filter.sessionId(), subscription);
    } else if (filter.users() != null) {
      filter.users().forEach(user -> remove(byUser, user, subscription));
    } else if (filter.realmId() != null) {
      remove(byRealm, filter.realmId(), subscription);
    } else {
      everywhere.remove(subscription);
    }
  }

  private static <K> void add(Map<K, Set<Subscription>> map, K key, Subscription subscription) {
    map.computeIfAbsent(key, none -> new LinkedHashSet<>()).add(subscription);
  }

  private static <K> void remove(Map<K, Set<Subscription>> map, K key, Subscription subscription) {
    map.computeIfPresent(
        key,
        (same, subscriptions) -> {
          subscriptions.remove(subscription);
          return subscriptions.isEmpty() ? null : subscriptions;
        });
  }

  /** The action must not add or remove. */
  void forEachCandidate(LoggedEvent event, Consumer<Subscription> action) {
    if (event.sessionId() != null) {
      each(bySession.get(event.sessionId()), action);
    }
    if (event.userId() != null) {
      each(byUser.get(event.userId()), action);
    }
    each(byRealm.get(event.realmId()), action);
    each(everywhere, action);
  }

  private static void each(
      @Nullable Set<Subscription> subscriptions, Consumer<Subscription> action) {
    if (subscriptions != null) {
      subscriptions.forEach(action);
    }
  }
}
