package dev.curfew.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.replay.CapturedEvent.ClipboardCopy;
import dev.curfew.replay.CapturedEvent.Frame;
import dev.curfew.replay.CapturedEvent.Keystroke;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptureReaderTest {
  @TempDir Path directory;

  @BeforeEach
  void smallCapture() throws IOException {
    write(
        "session.json",
        """
        {"title":"small","width":4,"height":2,"started":1000,"ended":2000,
         "frames":2,"keystrokes":3,"clipboard":1,"recorder":{"version":3}}
        """);
    write(
        "frames.jsonl",
        """
        {"file":"frames/1.png","at":1000}
        {"file":"frames/2.png","at":2000}
        """);
    write(
        "keystrokes.jsonl",
        """
        {"key":"l","at":1000}
        {"key":"Ctrl+C","at":1500}

        {"key":"Enter","at":1500}
        """);
    write("clipboard.jsonl", "{\"text\":\"zażółć <b>\\n\",\"at\":1500}");
    Files.createDirectory(directory.resolve("frames"));
    Files.write(directory.resolve("frames/1.png"), new byte[] {1});
    Files.write(directory.resolve("frames/2.png"), new byte[] {2, 2});
  }

  @Test
  void bundledCapture_isTheRealOne() {
    CaptureReader reader = CaptureReader.bundled(CaptureReader.DBA_MAINTENANCE);

    CapturedSession session = reader.read();

    assertThat(session.title()).isEqualTo("dba-maintenance");
    assertThat(session.width()).isEqualTo(1024);
    assertThat(session.height()).isEqualTo(768);
    assertThat(session.durationMillis()).isEqualTo(57_940);
    assertThat(session.frames()).hasSize(58);
    assertThat(session.keystrokes()).hasSize(386);
    assertThat(session.clipboard()).hasSize(2);
    assertThat(session.events()).hasSize(446).isSortedAccordingTo(byTime());
    assertThat(session.keystrokes().stream().filter(key -> key.key().equals("Enter"))).hasSize(9);
    assertThat(reader.image(session.frames().get(57))).startsWith(0x89, 'P', 'N', 'G').hasSize(918);
  }

  @Test
  void directoryCapture_readsEverything() {
    CaptureReader reader = CaptureReader.ofDirectory(directory);

    CapturedSession session = reader.read();

    assertThat(session)
        .isEqualTo(
            new CapturedSession(
                "small",
                4,
                2,
                1000,
                2000,
                List.of(new Frame("frames/1.png", 1000), new Frame("frames/2.png", 2000)),
                List.of(
                    new Keystroke("l", 1000),
                    new Keystroke("Ctrl+C", 1500),
                    new Keystroke("Enter", 1500)),
                List.of(new ClipboardCopy("zażółć <b>\n", 1500))));
    assertThat(session.events())
        .extracting(event -> event.getClass().getSimpleName())
        .containsExactly("Frame", "Keystroke", "Keystroke", "Keystroke", "ClipboardCopy", "Frame");
    assertThat(reader.image(session.frames().get(1))).containsExactly(2, 2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "frames.jsonl | 2 | {\"file\":\"frames/2.png\"} | frames.jsonl line 2: \"at\" is missing",
        "frames.jsonl | 1 | {\"file\":\"../etc/x\",\"at\":1000} | frames.jsonl line 1: \"file\" must"
            + " be a path inside the capture",
        "frames.jsonl | 1 | {\"file\":\"/etc/x\",\"at\":1000} | frames.jsonl line 1: \"file\" must"
            + " be a path inside the capture",
        "frames.jsonl | 2 | {\"file\":\"frames/9.png\",\"at\":1000} | frames.jsonl line 2:"
            + " frames/9.png not found",
        "keystrokes.jsonl | 2 | {\"key\":\"x\",\"at\":999} | keystrokes.jsonl line 2: \"at\" must be"
            + " a whole number from 1000 to 2000",
        "keystrokes.jsonl | 4 | {\"key\":\"x\",\"at\":1499} | keystrokes.jsonl line 4: \"at\" is"
            + " earlier than in the line before",
        "keystrokes.jsonl | 1 | {\"key\":7,\"at\":1000} | keystrokes.jsonl line 1: \"key\" must be"
            + " text",
        "keystrokes.jsonl | 1 | {\"key\":\"x\",\"key\":\"y\",\"at\":1000} | keystrokes.jsonl line 1:"
            + " not well-formed JSON",
        "clipboard.jsonl | 1 | {\"text\":\"x\",\"at\":1000.5} | clipboard.jsonl line 1: \"at\" must"
            + " be a whole number",
        "clipboard.jsonl | 1 | {\"text\":\"x\",\"at\":1000 | clipboard.jsonl line 1: not well-formed"
            + " JSON",
        "clipboard.jsonl | 1 | [1] | clipboard.jsonl line 1: not a JSON object",
        "clipboard.jsonl | 1 | {} {} | clipboard.jsonl line 1: more than one JSON value",
      })
  void brokenLine_isNamed(String file, int line, String content, String message)
      throws IOException {
    Path path = directory.resolve(file);
    List<String> lines = new ArrayList<>(Files.readAllLines(path));
    lines.set(line - 1, content);
    Files.write(path, lines);

    assertThatExceptionOfType(CurfewException.class)
        .isThrownBy(() -> CaptureReader.ofDirectory(directory).read())
        .withMessageContaining(message);
  }

  @Test
  void notUtf8_isNamed() throws IOException {
    Files.write(
        directory.resolve("clipboard.jsonl"),
        "{\"text\":\"\u00e9\",\"at\":1500}".getBytes(StandardCharsets.ISO_8859_1));

    refused(ErrorCode.UNPROCESSABLE, "clipboard.jsonl line 1: not");
  }

  @Test
  void wrongCount_isRefused() throws IOException {
    write("keystrokes.jsonl", "{\"key\":\"l\",\"at\":1000}\n");

    refused(ErrorCode.UNPROCESSABLE, "keystrokes.jsonl: has 1 lines where session.json says 3");
  }

  @Test
  void missingFile_isNamed() throws IOException {
    Files.delete(directory.resolve("keystrokes.jsonl"));

    refused(ErrorCode.NOT_FOUND, "keystrokes.jsonl not found in " + directory);
  }

  @Test
  void endBeforeStart_isRefused() throws IOException {
    write(
        "session.json",
        """
        {"title":"small","width":4,"height":2,"started":1000,"ended":999,
         "frames":2,"keystrokes":3,"clipboard":1}
        """);

    refused(ErrorCode.UNPROCESSABLE, "session.json: \"ended\" must be a whole number from 1000");
  }

  @Test
  void unknownCapture_isNotFound() {
    assertThatExceptionOfType(CurfewException.class)
        .isThrownBy(() -> CaptureReader.bundled("nothing"))
        .withMessage("bundled capture nothing not found");
    assertThatExceptionOfType(CurfewException.class)
        .isThrownBy(() -> CaptureReader.ofDirectory(directory.resolve("nothing")))
        .withMessageEndingWith("nothing not found");
  }

  private void refused(ErrorCode code, String message) {
    assertThatExceptionOfType(CurfewException.class)
        .isThrownBy(() -> CaptureReader.ofDirectory(directory).read())
        .satisfies(e -> assertThat(e.code()).isEqualTo(code))
        .withMessageContaining(message);
  }

  private static Comparator<CapturedEvent> byTime() {
    return Comparator.comparingLong(CapturedEvent::at);
  }

  private void write(String file, String content) throws IOException {
    Files.writeString(directory.resolve(file), content);
  }
}
