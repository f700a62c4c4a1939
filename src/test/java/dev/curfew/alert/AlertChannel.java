package dev.curfew.alert;

/** The ways to follow events; they tell the same. */
enum AlertChannel {
  WEB_SOCKET {
    @Override
    AlertReader connect(AlertClient.Factory clients, AlertNode node, String key, String query) {
      return clients.connect(node, key, query);
    }
  },
  SERVER_SENT_EVENTS {
    @Override
    AlertReader connect(AlertClient.Factory clients, AlertNode node, String key, String query) {
      return clients.stream(node, key, query);
    }
  };

  abstract AlertReader connect(
      AlertClient.Factory clients, AlertNode node, String key, String query);
}
