package dev.curfew.config;

import java.util.Locale;

/** Where recordings may be kept. */
public enum StoreKind {
  /** A folder of this machine or a share that is mounted there. */
  FOLDER(CurfewConfig.StorageMode.UNC),
  /** A share, spoken to by SMB. */
  SMB(CurfewConfig.StorageMode.UNC),
  /** A bucket of S3 or of what speaks its protocol. */
  S3(CurfewConfig.StorageMode.AWS),
  /** A container of Azure Blob Storage. */
  AZURE(CurfewConfig.StorageMode.AZURE);

  private final CurfewConfig.StorageMode storageMode;

  StoreKind(CurfewConfig.StorageMode storageMode) {
    this.storageMode = storageMode;
  }

  /** What the PSM dialect calls it. */
  public CurfewConfig.StorageMode storageMode() {
    return storageMode;
  }

  /** As it is written in the file. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
