package dev.curfew.storage;

import com.hierynomus.msfscc.FileAttributes;
import com.hierynomus.msfscc.fileinformation.FileIdBothDirectoryInformation;
import com.hierynomus.smbj.common.SMBRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Folders of a share with all that is in them. */
final class SmbTree {
  private static final Set<String> SELF_AND_PARENT = Set.of(".", "..");

  private SmbTree() {}

  /**
   * Adds the names of all objects below a folder.
   *
   * @param prefix of the names
   */
  static void list(SmbSession session, String folder, String prefix, List<String> names) {
    for (FileIdBothDirectoryInformation entry : entries(session, folder)) {
      String name = entry.getFileName();
      if (isFolder(entry)) {
        list(session, SmbPaths.child(folder, name), prefix + name + "/", names);
      } else if (!SmbUpload.isTemporary(name)) {
        names.add(prefix + name);
      }
    }
  }

  /** Removes a folder with all that is in it. */
  static void remove(SmbSession session, String folder) {
    for (FileIdBothDirectoryInformation entry : entries(session, folder)) {
      String path = SmbPaths.child(folder, entry.getFileName());
      if (isFolder(entry)) {
        remove(session, path);
      } else {
        removeFile(session, path);
      }
    }
    try {
      session.ask(
          share -> {
            share.rmdir(folder, false);
            return folder;
          });
    } catch (SMBRuntimeException e) {
      // Somebody is writing there again, or was quicker.
      if (!SmbFailures.isNotEmpty(e) && !SmbFailures.isMissing(e)) {
        throw e;
      }
    }
  }

  /** Removes a file; none is fine, and so is a temporary that its writer will rename or remove. */
  static void removeFile(SmbSession session, String path) {
    try {
      session.ask(
          share -> {
            share.rm(path);
            return path;
          });
    } catch (SMBRuntimeException e) {
      boolean written = SmbUpload.isTemporary(SmbPaths.last(path)) && SmbFailures.isHeld(e);
      if (!written && !SmbFailures.isMissing(e)) {
        throw e;
      }
    }
  }

  private static List<FileIdBothDirectoryInformation> entries(SmbSession session, String folder) {
    try {
      List<FileIdBothDirectoryInformation> entries =
          new ArrayList<>(session.ask(share -> share.list(folder)));
      entries.removeIf(entry -> SELF_AND_PARENT.contains(entry.getFileName()));
      return entries;
    } catch (SMBRuntimeException e) {
      if (SmbFailures.isMissing(e)) {
        return List.of();
      }
      throw e;
    }
  }

  private static boolean isFolder(FileIdBothDirectoryInformation entry) {
    return (entry.getFileAttributes() & FileAttributes.FILE_ATTRIBUTE_DIRECTORY.getValue()) != 0;
  }
}
