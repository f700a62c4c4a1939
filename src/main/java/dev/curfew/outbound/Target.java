package dev.curfew.outbound;

import java.net.InetAddress;
import java.net.URI;
import java.util.List;

/**
 * Where a call may go: the URL, and the addresses that were checked, which are the only ones that
 * may be connected to.
 */
public record Target(URI url, List<InetAddress> addresses) {
  public Target {
    addresses = List.copyOf(addresses);
  }

  boolean secure() {
    return "https".equalsIgnoreCase(url.getScheme());
  }

  int port() {
    int written = url.getPort();
    if (written >= 0) {
      return written;
    }
    return secure() ? 443 : 80;
  }

  /** The host without the brackets of an IPv6 address. */
  static String host(URI url) {
    String host = url.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  String host() {
    return host(url);
  }

  /** Path and query, as they are sent. */
  String requestUri() {
    String path = url.getRawPath();
    String query = url.getRawQuery();
    return (path == null || path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
  }
}
