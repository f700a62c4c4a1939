package dev.curfew.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.terminal.ParsedCast.Event;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TerminalRecordingTest {
  private static final String ESC = "\u001b";

  /** Everything that may be cut: characters of all lengths, sequences of all kinds, no UTF-8. */
  private static final byte[] MIXED = mixed();

  private static byte[] mixed() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(
        (ESC + "[8;50;132t" + ESC + "]0;t\u00eftle\u0007$ ls \u20ac \ud83d\ude00\r\n")
            .getBytes(StandardCharsets.UTF_8));
    bytes.writeBytes(new byte[] {'a', (byte) 0xff, (byte) 0xe2, (byte) 0x82, 'b', (byte) 0xc3});
    bytes.writeBytes(
        (ESC
                + "[1;31mred"
                + ESC
                + "[0m"
                + ESC
                + "P1$r0m"
                + ESC
                + "\\"
                + ESC
                + "(B"
                + ESC
                + ESC
                + "[8;40;100t"
                + ESC
                + "]8;;http://x"
                + ESC
                + "[8;41;101t"
                + ESC
                + "_cut\u0018 end "
                + ESC
                + "[8;0;0t\u009c\u0085"
                + ESC)
            .getBytes(StandardCharsets.UTF_8));
    return bytes.toByteArray();
  }

  private static byte[] part(byte[] bytes, int from, int to) {
    return Arrays.copyOfRange(bytes, from, to);
  }

  private static byte[] ttyrec(Object... framesOfMicrosAndText) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < framesOfMicrosAndText.length; i += 2) {
      long micros = Cast.START * 1_000 + (Integer) framesOfMicrosAndText[i];
      byte[] text = ((String) framesOfMicrosAndText[i + 1]).getBytes(StandardCharsets.UTF_8);
      out.writeBytes(
          ByteBuffer.allocate(12)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt((int) (micros / 1_000_000))
              .putInt((int) (micros % 1_000_000))
              .putInt(text.length)
              .array());
      out.writeBytes(text);
    }
    return out.toByteArray();
  }

  @Test
  void terminalOutput_isTheGoldenFile() throws IOException {
    byte[] smile = "\ud83d\ude00".getBytes(StandardCharsets.UTF_8);
    Cast cast =
        new Cast()
            .typed(1_234, "l")
            .piece(1_250, "l")
            .typed(1_400, "\r")
            .piece(1_400, "\r\n" + ESC + "[")
            .piece(1_410, "1;34mbin" + ESC + "[0m \"q\" \\")
            .piece(2_000, part(smile, 0, 3))
            .piece(2_001, part(smile, 3, 4))
            .piece(3_000, "x" + ESC + "[8;50;132ty")
            .piece(2_900, new byte[] {(byte) 0xff})
            .typed(3_600_000, "\u0004");

    try (InputStream golden = getClass().getResourceAsStream("terminal.cast")) {
      assertThat(cast.file().orElseThrow())
          .isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void timesOfEvents_areTheTrueOnes() {
    ParsedCast cast = new Cast().typed(700, "a").piece(1_999, "A").piece(61_000, "B").parsed();

    assertThat(cast.header().getLong("timestamp")).isEqualTo(Cast.START / 1_000);
    assertThat(cast.events())
        .containsExactly(
            new Event(700_000, "i", "a"),
            new Event(1_999_000, "o", "A"),
            new Event(61_000_000, "o", "B"));
  }

  @Test
  void bytesCutAtAnyPosition_giveTheSameText() {
    ParsedCast whole = new Cast().piece(0, MIXED).parsed();
    assertThat(whole.output()).contains("\ud83d\ude00", "a\ufffd\ufffdb\ufffd" + ESC).endsWith(ESC);
    assertThat(whole.header().getInteger("width")).isEqualTo(132);
    assertThat(whole.header().getInteger("height")).isEqualTo(50);
    assertThat(whole.sizes()).containsExactly("100x40", "101x41");

    for (int cut = 0; cut <= MIXED.length; cut++) {
      assertSame(whole, cut);
    }
    assertSame(whole, java.util.stream.IntStream.range(1, MIXED.length).toArray());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void bytesOfAnyKindCutAnywhere_giveTheSameText(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      byte[] bytes = new byte[random.nextInt(3_000) + 1];
      for (int i = 0; i < bytes.length; i++) {
        // Mostly what sequences are made of, with text and no UTF-8 between.
        bytes[i] =
            random.nextInt(3) == 0
                ? (byte) (" \u001b[]P\\_;8t0(m\u0007\u0018~".charAt(random.nextInt(18)))
                : (byte) (random.nextInt(4) == 0 ? 128 + random.nextInt(128) : 'a');
      }
      String expected = new String(bytes, StandardCharsets.UTF_8);
      TextAndSizes whole = new TextAndSizes(bytes);
      int[] cuts = random.ints(random.nextInt(20), 0, bytes.length).sorted().toArray();
      TextAndSizes cut = new TextAndSizes(bytes, cuts);
      assertThat(whole.text.toString()).isEqualTo(expected);
      assertThat(cut.text.toString()).as("cut at %s", Arrays.toString(cuts)).isEqualTo(expected);
      assertThat(cut.sizes).isEqualTo(whole.sizes);
    }
  }

  private static void assertSame(ParsedCast whole, int... cuts) {
    Cast cast = new Cast();
    int from = 0;
    for (int cut : cuts) {
      cast.piece(cut, part(MIXED, from, cut));
      from = cut;
    }
    ParsedCast parsed = cast.piece(MIXED.length, part(MIXED, from, MIXED.length)).parsed();
    assertThat(parsed.output()).as("cut at %s", Arrays.toString(cuts)).isEqualTo(whole.output());
    assertThat(parsed.sizes()).isEqualTo(whole.sizes());
    assertThat(parsed.header().getInteger("width")).isEqualTo(132);
    // No event but the last ends within a character or a sequence that was cut.
    List<Event> shown = parsed.events().stream().filter(event -> event.code().equals("o")).toList();
    for (Event event : shown.subList(0, shown.size() - 1)) {
      assertThat(event.data()).doesNotEndWith(ESC + "[").doesNotEndWith(ESC);
    }
  }

  /** The text alone, without the look at the beginning that decides on the format. */
  private static final class TextAndSizes implements TerminalText.Screen {
    final StringBuilder text = new StringBuilder();
    final List<String> sizes = new java.util.ArrayList<>();

    TextAndSizes(byte[] bytes, int... cuts) {
      TerminalText terminal = new TerminalText();
      try {
        int from = 0;
        for (int cut : cuts) {
          terminal.accept(part(bytes, from, cut), this);
          from = cut;
        }
        terminal.accept(part(bytes, from, bytes.length), this);
        terminal.finish(this);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    @Override
    public void output(String shown) {
      text.append(shown);
    }

    @Override
    public void resized(int columns, int rows) {
      sizes.add(columns + "x" + rows);
    }
  }

  @Test
  void sequenceWithoutAnEnd_isNotHeldBackForEver() throws IOException {
    TextAndSizes screen = new TextAndSizes(new byte[0]);
    TerminalText terminal = new TerminalText();
    terminal.accept((ESC + "Pq").getBytes(StandardCharsets.US_ASCII), screen);
    byte[] pixels = new byte[10_000];
    Arrays.fill(pixels, (byte) '~');
    for (int i = 0; i < 20; i++) {
      terminal.accept(pixels, screen);
    }

    assertThat(screen.text).hasSizeGreaterThan(100_000);
    terminal.finish(screen);
    assertThat(screen.text).hasSize(200_003);
  }

  @Test
  void longRecording_isDecidedOnItsBeginning() {
    Cast cast = new Cast();
    for (int i = 0; i < 3_000; i++) {
      cast.piece(i * 100L, "line " + i + " of a long recording of a terminal\r\n");
    }
    cast.piece(400_000, new byte[5_000]);

    ParsedCast parsed = cast.parsed();

    assertThat(parsed.events()).hasSize(3_001);
    assertThat(parsed.events().get(2_999).micros()).isEqualTo(299_900_000);
    assertThat(parsed.output()).endsWith("\0\0");
  }

  @Test
  void unknownSize_is80By24() {
    ParsedCast cast = new Cast().piece(0, "hello").parsed();

    assertThat(cast.header().getInteger("width")).isEqualTo(80);
    assertThat(cast.header().getInteger("height")).isEqualTo(24);
    assertThat(cast.header().getString("title")).isEqualTo("a title");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"version\": 1, \"width\": 80, \"height\": 24, \"stdout\": [[0.1, \"a\"],",
        "{\"version\": 2, \"width\": 80, \"height\": 24}\n[0.1, \"o\", \"a\"]\n",
        "{\"version\": 3, \"term\": {\"cols\": 80, \"rows\": 24}}\n[0.1, \"o\", \"a\"]\n"
      })
  void asciicast_isPassedOn(String file) {
    Cast cast = new Cast().typed(0, "x");
    byte[] bytes = file.getBytes(StandardCharsets.UTF_8);
    cast.piece(0, part(bytes, 0, 10)).piece(500, part(bytes, 10, bytes.length));

    assertThat(cast.file()).contains(file);
  }

  @Test
  void ttyrec_keepsItsOwnTimes() {
    byte[] file =
        ttyrec(5, ESC + "[8;30;90t$ ", 250_001, "l\u00e9s\r\n", 9_000_000, ESC + "[8;31;91tx");
    for (int cut = 0; cut <= file.length; cut++) {
      Cast cast =
          new Cast()
              .typed(1, "not in its clock")
              .piece(70_000, part(file, 0, cut))
              .piece(80_000, part(file, cut, file.length));

      ParsedCast parsed = cast.parsed();

      assertThat(parsed.header().getInteger("width")).isEqualTo(90);
      assertThat(parsed.events())
          .containsExactly(
              new Event(5, "o", ESC + "[8;30;90t"),
              new Event(5, "o", "$ "),
              new Event(250_001, "o", "l\u00e9s\r\n"),
              new Event(9_000_000, "o", ESC + "[8;31;91t"),
              new Event(9_000_000, "r", "91x31"),
              new Event(9_000_000, "o", "x"));
      assertThat(cast.faults).isEmpty();
    }
  }

  @Test
  void ttyrecThatBreaksOff_isConvertedUpToThere() {
    byte[] long1 = ttyrec(0, "x".repeat(70_000));
    Cast cast = new Cast().piece(0, long1).piece(1, new byte[100]).piece(2, new byte[100]);

    assertThat(cast.parsed().output()).hasSize(70_000);
    assertThat(cast.faults)
        .containsExactly("goes on as something else than the ttyrec that it began as");
  }

  @Test
  void whatIsNoTerminal_makesNoAsciicast() {
    byte[] random = new byte[10_000];
    new Random(1).nextBytes(random);
    byte[] rdp = {3, 0, 0, 19, 14, (byte) 0xe0, 0, 0, 'c', 'o', 'o', 'k', 'i', 'e', '=', 'x', 'y'};

    assertThat(new Cast().file()).isEmpty();
    assertThat(new Cast().piece(0, random).file()).isEmpty();
    assertThat(new Cast().piece(0, rdp).file()).isEmpty();
    assertThat(new Cast().piece(0, new byte[] {1, 2, 3}).file()).isEmpty();
    assertThat(new Cast().piece(0, "4.size,1.0,4.1024,3.768;").file()).isEmpty();
    assertThat(new Cast().piece(0, new byte[] {0x1f, (byte) 0x8b, 'a', 'b', 'c'}).file()).isEmpty();
  }

  @Test
  void textOfAnotherCharacterSet_isStillATerminal() {
    byte[] latin = "Gr\u00fc\u00dfe aus M\u00fcnchen\r\n".getBytes(StandardCharsets.ISO_8859_1);

    assertThat(new Cast().piece(0, latin).parsed().output())
        .isEqualTo("Gr\ufffd\ufffde aus M\ufffdnchen\r\n");
  }
}
