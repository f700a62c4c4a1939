package dev.curfew.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.testing.Await;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which targets customers may name. */
class TargetGuardTest {
  private static NameResolver resolvingTo(String... addresses) {
    List<InetAddress> resolved = new ArrayList<>();
    for (String address : addresses) {
      try {
        resolved.add(InetAddress.getByName(address));
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException(address, e);
      }
    }
    return host -> Future.succeededFuture(resolved);
  }

  private static TargetGuard strict(String... addresses) {
    return new TargetGuard(resolvingTo(addresses), false);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.168.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:a00:1::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1"
      })
  void address_thatIsNotPublic_isRefused(String address) {
    Throwable refused = Await.failure(strict(address).admit("url", "https://hooks.example.com/"));
    assertThat(refused)
        .isInstanceOfSatisfying(
            CurfewException.class,
            known -> {
              assertThat(known.field()).isEqualTo("url");
              assertThat(known.getMessage()).isEqualTo("url must not lead to a private address");
            });

    Throwable later =
        Await.failure(strict(address).resolve(URI.create("https://hooks.example.com/")));
    assertThat(later)
        .isInstanceOfSatisfying(
            CurfewException.class,
            known -> assertThat(known.code()).isEqualTo(ErrorCode.FORBIDDEN));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.1",
        "169.253.255.255",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "223.255.255.255",
        "64:ff9b::8.8.8.8",
        "2606:4700::1111",
        "2a00::1"
      })
  void address_thatIsPublic_isTaken(String address) {
    assertThat(Await.result(strict(address).admit("url", "https://hooks.example.com/a?b=c")))
        .isEqualTo(URI.create("https://hooks.example.com/a?b=c"));
  }

  @Test
  void name_withOnePrivateAddressAmongOthers_isRefused() {
    Await.failure(strict("1.1.1.1", "10.0.0.1").admit("url", "https://hooks.example.com/"));
  }

  @Test
  void name_thatIsUnknown_isRefused() {
    TargetGuard guard =
        new TargetGuard(host -> Future.failedFuture(new UnknownHostException(host)), false);

    assertThat(Await.failure(guard.admit("url", "https://nowhere.invalid/")))
        .hasMessage("url has a host that cannot be resolved");
  }

  @Test
  void privateAddress_whereTheConfigurationAllowsIt_isTaken() {
    TargetGuard lenient = new TargetGuard(resolvingTo("127.0.0.1"), true);

    Await.result(lenient.admit("url", "http://localhost:9/"));
  }

  /** What looks like a number or a name to one reader and like 127.0.0.1 to another. */
  @ParameterizedTest
  @ValueSource(strings = {"http://2130706433/", "http://[::ffff:7f00:1]/"})
  void address_inAnotherSpelling_isResolvedAndRefused(String url) {
    TargetGuard guard =
        new TargetGuard(
            host -> {
              try {
                return Future.succeededFuture(List.of(InetAddress.getAllByName(host)));
              } catch (UnknownHostException e) {
                return Future.failedFuture(e);
              }
            },
            false);

    assertThat(Await.failure(guard.admit("url", url))).isInstanceOf(CurfewException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hooks.example.com",
        "/path",
        "//hooks.example.com/",
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "gopher://hooks.example.com/",
        "http:",
        "http://",
        "http:///path",
        "https:hooks.example.com",
        "https://user@hooks.example.com/",
        "https://user:password@hooks.example.com/",
        "https://hooks.example.com/#fragment",
        "https://hooks.example.com:0/",
        "https://hooks.example.com:65536/",
        "https://hooks.example.com:99999999999/",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/\u0000",
        "https://hooks.example.com/\r\nHost: other",
        "https://[fe80::1%25eth0]/",
        "http://127.1/",
        "https://under_score.example.com/"
      })
  void url_thatIsNotOne_isRefused(String url) {
    assertThatThrownBy(() -> TargetGuard.parse("url", url))
        .isInstanceOfSatisfying(
            CurfewException.class, refusal -> assertThat(refusal.field()).isEqualTo("url"));
  }

  @Test
  void url_thatIsTooLong_isRefused() {
    assertThatThrownBy(() -> TargetGuard.parse("url", "https://a.example/" + "a".repeat(2048)))
        .hasMessage("url must be at most 2048 characters");
  }
}
