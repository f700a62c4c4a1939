package dev.curfew.outbound;

import dev.curfew.config.CidrBlock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which addresses belong to the public Internet, by IANA's registries of special-purpose addresses.
 * The metadata services of clouds lie in ranges that are not public: 169.254.169.254 is link-local,
 * fd00:ec2::254 unique-local, 100.100.100.200 shared address space.
 */
final class AddressRules {
  /** Everything of IPv4 that is not for everyone. */
  private static final List<CidrBlock> SPECIAL_IPV4 =
      blocks(
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.0.0.0/24",
          "192.0.2.0/24",
          "192.88.99.0/24",
          "192.168.0.0/16",
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "224.0.0.0/4",
          "240.0.0.0/4",
          // Azure's platform services for virtual machines.
          "168.63.129.16/32");

  /** All that has been given out for everyone; the rest of IPv6 is special or nobody's yet. */
  private static final CidrBlock GLOBAL_IPV6 = CidrBlock.of("2000::/3");

  /** Within that: protocol assignments with Teredo, documentation, 6to4 (which tunnels to IPv4). */
  private static final List<CidrBlock> SPECIAL_IPV6 =
      blocks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

  /** Addresses of networks without IPv4, which carry an IPv4 address in their last four bytes. */
  private static final CidrBlock NAT64 = CidrBlock.of("64:ff9b::/96");

  private AddressRules() {}

  private static List<CidrBlock> blocks(String... ranges) {
    return Stream.of(ranges).map(CidrBlock::of).toList();
  }

  /** An IPv4 address mapped into IPv6 is an IPv4 address here: the JDK unmaps it. */
  static boolean isPublic(InetAddress address) {
    if (address.getAddress().length == 4) {
      return SPECIAL_IPV4.stream().noneMatch(range -> range.contains(address));
    }
    if (NAT64.contains(address)) {
      return isPublic(lastFourBytes(address));
    }
    return GLOBAL_IPV6.contains(address)
        && SPECIAL_IPV6.stream().noneMatch(range -> range.contains(address));
  }

  private static InetAddress lastFourBytes(InetAddress address) {
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(address.getAddress(), 12, 16));
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
