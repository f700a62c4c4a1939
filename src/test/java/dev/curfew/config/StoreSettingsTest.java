package dev.curfew.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.curfew.fault.CurfewException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where recordings are kept, as an operator writes it. */
class StoreSettingsTest {
  @TempDir Path directory;

  private Path file(String yaml) throws IOException {
    return Files.writeString(directory.resolve("curfew.yaml"), yaml);
  }

  private static String refusal(ConfigLoader loader) {
    String[] message = new String[1];
    assertThatExceptionOfType(CurfewException.class)
        .isThrownBy(loader::load)
        .satisfies(e -> message[0] = e.getMessage());
    return message[0];
  }

  @Test
  void bucket_isReadWithItsSecretFromAFile() throws IOException {
    Files.writeString(directory.resolve("secret"), "hunter2\n");
    CurfewConfig config =
        new ConfigLoader()
            .file(
                file(
                    """
                    recording:
                      finished:
                        kind: s3
                        s3:
                          endpoint: https://objects.example.com:9000
                          bucket: recordings
                          prefix: curfew/finished
                          path-style: true
                          access-key-id: AKIA1
                          secret-access-key: file:%s
                          encryption: aws:kms
                          kms-key-id: alias/recordings
                    """
                        .formatted(directory.resolve("secret"))))
            .environment(Map.of("CURFEW_RECORDING_FINISHED_S3_REGION", "eu-central-1"))
            .load();

    StoreSettings finished = config.recording().finished();
    assertThat(finished.kind()).isEqualTo(StoreKind.S3);
    assertThat(finished.s3().region()).isEqualTo("eu-central-1");
    assertThat(finished.s3().bucket()).contains("recordings");
    assertThat(finished.s3().secretAccessKey().map(Secret::reveal)).contains("hunter2");
    assertThat(finished.s3().encryption()).isEqualTo(S3Encryption.KMS);
    assertThat(config.recording().raw().kind()).isEqualTo(StoreKind.FOLDER);
    assertThat(config.toString()).doesNotContain("hunter2");
  }

  @Test
  void whatTheChosenKindNeeds_isAskedForWhereTheKindStands() throws IOException {
    String yaml =
        """
        recording:
          raw:
            kind: smb
            smb:
              host: files.example.com
          finished:
            kind: s3
        """;
    Path file = file(yaml);

    assertThat(refusal(new ConfigLoader().file(file)))
        .contains(
            file + ":3: recording.raw.kind is smb and needs recording.raw.smb.share",
            file + ":3: recording.raw.kind is smb and needs recording.raw.smb.user",
            file + ":3: recording.raw.kind is smb and needs recording.raw.smb.password",
            file + ":7: recording.finished.kind is s3 and needs recording.finished.s3.bucket");
  }

  @Test
  void whatBelongsToAnotherKind_meansNothing() {
    CurfewConfig config =
        CurfewConfig.of(
            Map.of(
                "recording.raw.s3.endpoint", "not an address",
                "recording.raw.s3.access-key-id", "alone",
                "recording.raw.azure.prefix", "//"));

    assertThat(config.recording().raw().s3().bucket()).isEqualTo(Optional.empty());
  }

  @ParameterizedTest
  @CsvSource({
    "s3, s3.bucket, a bucket, s3.bucket must be the name of a bucket",
    "s3, s3.region, us east, s3.region must be the name of a region",
    "s3, s3.prefix, a//b, s3.prefix must be letters",
    "s3, s3.endpoint, objects.example.com, s3.endpoint must be an http or https URL",
    "s3, s3.access-key-id, AKIA, s3.secret-access-key is needed too",
    "s3, s3.secret-access-key, hunter2, s3.access-key-id is needed too",
    "s3, s3.kms-key-id, alias/a, s3.kms-key-id has a meaning with encryption aws:kms only",
    "s3, s3.timeout, 0s, s3.timeout must be from",
    "smb, smb.folder, a//b, smb.folder must be names divided",
    "smb, smb.port, 0, smb.port must be from 1 to 65535",
    "azure, azure.endpoint, ftp://blobs, azure.endpoint must be an http or https URL",
    "smb, smb.host, files/a, smb.host must be an address",
    "azure, azure.account, Firm!, azure.account must be the name of a storage account",
    "azure, azure.account-key, hunter2!, azure.account-key must be base64",
    "azure, azure.sas-token, sv=1, kind is azure and needs either",
    "ftp, s3.bucket, b, kind must be one of",
  })
  void settingOfTheChosenKind_isCheckedWithTheOthers(
      String kind, String name, String value, String reason) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("recording.finished.kind", kind);
    settings.put("recording.finished.s3.bucket", "recordings");
    settings.put("recording.finished.smb.host", "files");
    settings.put("recording.finished.smb.share", "recordings");
    settings.put("recording.finished.smb.user", "curfew");
    settings.put("recording.finished.smb.password", "hunter2");
    settings.put("recording.finished.azure.account", "firm");
    settings.put("recording.finished.azure.container", "recordings");
    settings.put("recording.finished.azure.account-key", "aHVudGVyMg==");
    settings.put("recording.finished." + name, value);

    assertThat(refusal(new ConfigLoader().override(settings)))
        .contains("recording.finished." + reason)
        .doesNotContain("hunter2");
  }

  @Test
  void storesInOnePlace_areRefused() {
    Map<String, String> settings =
        new LinkedHashMap<>(
            Map.of(
                "recording.raw.kind", "s3",
                "recording.raw.s3.bucket", "recordings",
                "recording.finished.kind", "s3",
                "recording.finished.s3.bucket", "recordings"));

    assertThat(refusal(new ConfigLoader().override(settings)))
        .contains("recording.finished.kind must be apart from recording.raw");
    settings.put("recording.finished.s3.prefix", "finished");
    assertThat(refusal(new ConfigLoader().override(settings))).contains("must be apart");
    settings.put("recording.raw.s3.prefix", "raw");
    assertThat(CurfewConfig.of(settings).recording().raw().s3().prefix()).contains("raw");
  }

  @Test
  void folderThatIsNotUsed_mayBeAnywhere() {
    CurfewConfig config =
        CurfewConfig.of(
            Map.of(
                "recording.finished.kind", "s3",
                "recording.finished.s3.bucket", "recordings",
                "recording.destination", "./data/recordings/raw"));

    assertThat(config.recording().finished().kind()).isEqualTo(StoreKind.S3);
  }
}
