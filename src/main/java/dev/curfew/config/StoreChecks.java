package dev.curfew.config;

import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/** Rules for the two stores of recordings: what the chosen kind needs, and that they are apart. */
final class StoreChecks {
  private static final String RAW = "recording.raw";
  private static final String FINISHED = "recording.finished";

  /** What every store can take for the beginning of a name. */
  private static final Pattern PREFIX =
      Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,199})*");

  private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,62}");
  private static final Pattern REGION = Pattern.compile("[A-Za-z0-9-]{1,63}");
  private static final Pattern ACCOUNT = Pattern.compile("[a-z0-9]{3,24}");
  private static final Pattern CONTAINER = Pattern.compile("[a-z0-9$][a-z0-9-]{2,62}");
  private static final String SHARE_PART = "(?!\\.{1,2}(/|$))[^\\\\/:*?\"<>|\\p{Cntrl}]+";
  private static final Pattern SHARE = Pattern.compile(SHARE_PART);
  private static final Pattern SHARE_FOLDER =
      Pattern.compile(SHARE_PART + "(/" + SHARE_PART + ")*");

  private final CurfewConfig.Recording recording;
  private final BiConsumer<String, String> refuse;

  private StoreChecks(CurfewConfig.Recording recording, BiConsumer<String, String> refuse) {
    this.recording = recording;
    this.refuse = refuse;
  }

  /**
   * @param refuse takes the key of each setting at fault and the reason against it
   */
  static void check(CurfewConfig.Recording recording, BiConsumer<String, String> refuse) {
    StoreChecks checks = new StoreChecks(recording, refuse);
    checks.store(RAW, recording.raw());
    checks.store(FINISHED, recording.finished());
    checks.apart();
  }

  private void store(String key, StoreSettings store) {
    switch (store.kind()) {
      case FOLDER -> {
        // Its path has a default.
      }
      case SMB -> smb(key, store.smb());
      case S3 -> s3(key, store.s3());
      case AZURE -> azure(key, store.azure());
    }
  }

  private void smb(String key, StoreSettings.Smb smb) {
    needs(key, StoreKind.SMB, "host", smb.host());
    needs(key, StoreKind.SMB, "share", smb.share());
    needs(key, StoreKind.SMB, "user", smb.user());
    needs(key, StoreKind.SMB, "password", smb.password());
    if (smb.host().isPresent() && !CrossChecks.isHost(smb.host().get())) {
      refuse.accept(key + ".smb.host", "must be an address or a host name");
    }
    matches(key + ".smb.share", smb.share(), SHARE, "must be the name of a share");
    matches(
        key + ".smb.folder", smb.folder(), SHARE_FOLDER, "must be names divided by single slashes");
  }

  private void s3(String key, StoreSettings.S3 s3) {
    needs(key, StoreKind.S3, "bucket", s3.bucket());
    matches(key + ".s3.bucket", s3.bucket(), BUCKET, "must be the name of a bucket");
    matches(key + ".s3.region", Optional.of(s3.region()), REGION, "must be the name of a region");
    prefix(key + ".s3.prefix", s3.prefix());
    endpoint(key + ".s3.endpoint", s3.endpoint());
    if (s3.accessKeyId().isPresent() != s3.secretAccessKey().isPresent()) {
      refuse.accept(
          key + (s3.accessKeyId().isPresent() ? ".s3.secret-access-key" : ".s3.access-key-id"),
          "is needed too: an access key and its secret go together");
    }
    if (s3.kmsKeyId().isPresent() && s3.encryption() != S3Encryption.KMS) {
      refuse.accept(key + ".s3.kms-key-id", "has a meaning with encryption aws:kms only");
    }
  }

  private void azure(String key, StoreSettings.Azure azure) {
    needs(key, StoreKind.AZURE, "account", azure.account());
    needs(key, StoreKind.AZURE, "container", azure.container());
    matches(
        key + ".azure.account",
        azure.account(),
        ACCOUNT,
        "must be the name of a storage account: 3 to 24 small letters and digits");
    matches(key + ".azure.container", azure.container(), CONTAINER, "must be a container's name");
    if (azure.accountKey().isPresent() && !isBase64(azure.accountKey().get())) {
      refuse.accept(key + ".azure.account-key", "must be base64, as Azure shows it");
    }
    prefix(key + ".azure.prefix", azure.prefix());
    endpoint(key + ".azure.endpoint", azure.endpoint());
    if (azure.accountKey().isPresent() == azure.sasToken().isPresent()) {
      refuse.accept(
          key + ".kind", "is azure and needs either azure.account-key or azure.sas-token");
    }
  }

  private static boolean isBase64(Secret secret) {
    try {
      return Base64.getDecoder().decode(secret.reveal()).length > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Said where the kind stands: the missing setting has no place of its own. */
  private void needs(String key, StoreKind kind, String name, Optional<?> value) {
    if (value.isEmpty()) {
      refuse.accept(key + ".kind", "is " + kind + " and needs " + key + "." + kind + "." + name);
    }
  }

  private void prefix(String key, Optional<String> prefix) {
    matches(
        key,
        prefix,
        PREFIX,
        "must be letters, digits, dots, hyphens and underscores, in parts divided by single"
            + " slashes");
  }

  private void endpoint(String key, Optional<String> endpoint) {
    if (endpoint.isPresent() && !CrossChecks.isUrl(endpoint.get())) {
      refuse.accept(key, "must be an http or https URL without user, query or fragment");
    }
  }

  private void matches(String key, Optional<String> value, Pattern pattern, String rule) {
    if (value.isPresent() && !pattern.matcher(value.get()).matches()) {
      refuse.accept(key, rule);
    }
  }

  /** What is at the destination must outlive the clean-up of what is not. */
  private void apart() {
    boolean rawFolder = recording.raw().kind() == StoreKind.FOLDER;
    boolean finishedFolder = recording.finished().kind() == StoreKind.FOLDER;
    if (rawFolder && overlap(recording.rawDirectory(), recording.workDirectory())) {
      refuse.accept("recording.work-directory", "must be apart from recording.raw-directory");
    }
    if (rawFolder && finishedFolder && overlap(recording.rawDirectory(), recording.destination())) {
      refuse.accept("recording.destination", "must be apart from recording.raw-directory");
    }
    if (finishedFolder && overlap(recording.workDirectory(), recording.destination())) {
      refuse.accept("recording.destination", "must be apart from recording.work-directory");
    }
    if (!rawFolder && overlap(place(recording.raw()), place(recording.finished()))) {
      refuse.accept(
          FINISHED + ".kind",
          "must be apart from recording.raw: give each a folder, prefix or bucket of its own");
    }
  }

  private static boolean overlap(Path one, Path other) {
    Path a = one.toAbsolutePath().normalize();
    Path b = other.toAbsolutePath().normalize();
    return a.startsWith(b) || b.startsWith(a);
  }

  private static boolean overlap(String one, String other) {
    return one.startsWith(other) || other.startsWith(one);
  }

  /** What is in the place of another begins with that one's. */
  private static String place(StoreSettings store) {
    return switch (store.kind()) {
      case FOLDER -> "folder:";
      case SMB ->
          place(
              "smb:" + store.smb().host().orElse("") + ":" + store.smb().port(),
              store.smb().share(),
              store.smb().folder());
      case S3 ->
          place("s3:" + store.s3().endpoint().orElse(""), store.s3().bucket(), store.s3().prefix());
      case AZURE ->
          place(
              "azure:" + store.azure().endpoint().orElse("") + store.azure().account().orElse(""),
              store.azure().container(),
              store.azure().prefix());
    };
  }

  private static String place(String server, Optional<String> part, Optional<String> folder) {
    return server.toLowerCase(Locale.ROOT)
        + "/"
        + part.orElse("")
        + "/"
        + folder.map(name -> name + "/").orElse("");
  }
}
