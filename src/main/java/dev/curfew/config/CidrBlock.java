package dev.curfew.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A range of addresses: {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or one address without a prefix
 * length. Names are never looked up.
 */
public final class CidrBlock {
  // Strict, because the JDK looks up what it does not recognise as an address.
  private static final Pattern IPV4 =
      Pattern.compile(
          "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\\.(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
  private static final String RULE =
      "must be an address or a range such as 10.0.0.0/8 or 2001:db8::/32";

  private final InetAddress network;
  private final int prefixLength;

  private CidrBlock(InetAddress network, int prefixLength) {
    this.network = network;
    this.prefixLength = prefixLength;
  }

  /**
   * A range that the program itself names.
   *
   * @throws IllegalArgumentException when it is not one
   */
  public static CidrBlock of(String text) {
    try {
      return parse(text);
    } catch (SettingRefused e) {
      throw new IllegalArgumentException(text + " " + e.getMessage(), e);
    }
  }

  static CidrBlock parse(String text) throws SettingRefused {
    int slash = text.indexOf('/');
    InetAddress address = literal(slash < 0 ? text : text.substring(0, slash));
    int bits = address.getAddress().length * 8;
    if (slash < 0) {
      return new CidrBlock(address, bits);
    }
    String length = text.substring(slash + 1);
    if (!length.matches("[0-9]{1,3}") || Integer.parseInt(length) > bits) {
      throw new SettingRefused("must have a prefix length from 0 to " + bits);
    }
    CidrBlock block = new CidrBlock(address, Integer.parseInt(length));
    if (!Arrays.equals(block.masked(address.getAddress()), address.getAddress())) {
      throw new SettingRefused("has bits set beyond its prefix length");
    }
    return block;
  }

  /** Whether the address lies in this range; an IPv4 address never lies in an IPv6 range. */
  public boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == network.getAddress().length
        && Arrays.equals(masked(bytes), network.getAddress());
  }

  private byte[] masked(byte[] address) {
    byte[] masked = new byte[address.length];
    for (int i = 0; i < address.length; i++) {
      int kept = Math.max(0, Math.min(8, prefixLength - 8 * i));
      masked[i] = (byte) (address[i] & (0xff << (8 - kept)));
    }
    return masked;
  }

  private static InetAddress literal(String text) throws SettingRefused {
    if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
      throw new SettingRefused(RULE);
    }
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new SettingRefused(RULE);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CidrBlock block
        && prefixLength == block.prefixLength
        && network.equals(block.network);
  }

  @Override
  public int hashCode() {
    return Objects.hash(network, prefixLength);
  }

  @Override
  public String toString() {
    return network.getHostAddress() + "/" + prefixLength;
  }
}
