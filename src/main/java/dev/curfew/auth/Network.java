package dev.curfew.auth;

import io.netty.util.NetUtil;
import java.util.Arrays;
import java.util.HexFormat;

/** Whose requests count as one client's: of an IPv6 address the first 64 bits. */
public final class Network {
  private Network() {}

  /** Whoever has one IPv6 address has the whole of its network; an IPv4 address is itself. */
  public static String of(String address) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
    return bytes == null || bytes.length != 16
        ? address
        : HexFormat.of().formatHex(Arrays.copyOf(bytes, 8));
  }
}
