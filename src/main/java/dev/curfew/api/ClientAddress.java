package dev.curfew.api;

import dev.curfew.config.CidrBlock;
import io.netty.util.NetUtil;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a request comes from. Proxy headers are believed only when the peer is a configured trusted
 * proxy; then the last address in {@code X-Forwarded-For} that is not a trusted proxy itself
 * counts.
 *
 * @param text the address without port or zone
 */
public record ClientAddress(String text, boolean isIpv6) {

  public static ClientAddress of(HttpServerRequest request, List<CidrBlock> trusted) {
    String peer = request.remoteAddress() == null ? "" : request.remoteAddress().hostAddress();
    String address = peer == null ? "" : peer;
    if (!trusted.isEmpty() && isTrusted(address, trusted)) {
      String forwarded = forwarded(request, trusted);
      if (forwarded != null) {
        address = forwarded;
      }
    }
    return new ClientAddress(withoutZone(address), address.indexOf(':') >= 0);
  }

  /** Whether the client came over TLS: to this node, or to the trusted proxy that is its peer. */
  static boolean isSecure(HttpServerRequest request, List<CidrBlock> trusted) {
    if (request.isSSL()) {
      return true;
    }
    String protocol = trusted.isEmpty() ? null : request.getHeader("X-Forwarded-Proto");
    return protocol != null
        && protocol.strip().equalsIgnoreCase("https")
        && request.remoteAddress() != null
        && isTrusted(request.remoteAddress().hostAddress(), trusted);
  }

  private static @Nullable String forwarded(HttpServerRequest request, List<CidrBlock> trusted) {
    List<String> headers = request.headers().getAll("X-Forwarded-For");
    String outermost = null;
    for (int i = headers.size() - 1; i >= 0; i--) {
      String[] hops = headers.get(i).split(",", -1);
      for (int j = hops.length - 1; j >= 0; j--) {
        String hop = hops[j].strip();
        if (parsed(hop) == null) {
          return outermost;
        }
        outermost = hop;
        if (!isTrusted(hop, trusted)) {
          return hop;
        }
      }
    }
    if (outermost != null) {
      return outermost;
    }
    String real = request.getHeader("X-Real-IP");
    return real != null && parsed(real.strip()) != null ? real.strip() : null;
  }

  private static boolean isTrusted(String address, List<CidrBlock> trusted) {
    InetAddress parsed = parsed(withoutZone(address));
    return parsed != null && trusted.stream().anyMatch(block -> block.contains(parsed));
  }

  private static @Nullable InetAddress parsed(String text) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
    if (bytes == null) {
      return null;
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      return null;
    }
  }

  private static String withoutZone(String address) {
    int zone = address.indexOf('%');
    return zone < 0 ? address : address.substring(0, zone);
  }
}
