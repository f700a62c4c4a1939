package dev.curfew.worker;

import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a node is and what it lets a worker in with.
 *
 * @param path in front of every path of the API, without a slash at its end; usually empty
 * @param certificates PEM file of the certificates to trust; null for those that the JDK trusts
 */
public record NodeAddress(
    boolean tls, String host, int port, String path, Secret key, @Nullable Path certificates) {

  /**
   * @param url such as {@code https://curfew.example.com:8443}
   * @throws CurfewException BAD_CONFIGURATION when it is not an address of HTTP
   */
  public static NodeAddress of(String url, Secret key, @Nullable Path certificates) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw unusable(url);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    boolean tls = scheme.equals("https");
    if (uri.getHost() == null || (!tls && !scheme.equals("http"))) {
      throw unusable(url);
    }
    int port = uri.getPort() > 0 ? uri.getPort() : tls ? 443 : 80;
    String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceAll("/+$", "");
    return new NodeAddress(tls, uri.getHost(), port, path, key, certificates);
  }

  private static CurfewException unusable(String url) {
    return CurfewException.of(
        ErrorCode.BAD_CONFIGURATION, url + " is not an address such as https://host:8443");
  }

  @Override
  public String toString() {
    return (tls ? "https://" : "http://") + host + ":" + port + path;
  }
}
