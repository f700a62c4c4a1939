package dev.curfew.storage;

import com.hierynomus.msdtyp.AccessMask;
import com.hierynomus.mssmb2.SMB2CreateDisposition;
import com.hierynomus.mssmb2.SMB2ShareAccess;
import com.hierynomus.smbj.common.SMBRuntimeException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One put: a temporary file beside the target, that is flushed and renamed.
 *
 * <p>The temporary's name is made of the target's and the size, so that a later try finds what an
 * earlier one left; as much of it is kept as reads back as the content begins. Nobody else can
 * write it meanwhile: it is opened without sharing that, and renamed through the same handle. Who
 * finds it held by another writes one of a name of its own.
 */
final class SmbUpload {
  private static final String TEMPORARY = ".part-";

  /** Flushed now and then, so that the last flush has not all of it to do. */
  private static final long FLUSHED_AT_ONCE = 32L * SmbSession.PIECE;

  /** Longer than a server takes to notice that the writer before has gone. */
  private static final long HELD_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final SmbSession session;
  private final String target;
  private final Payload content;
  private final Watch watch;
  private final long renameNanos;

  /**
   * @param target path in the share
   */
  SmbUpload(SmbSession session, SmbOptions options, String target, Payload content, Watch watch) {
    this.session = session;
    this.target = target;
    this.content = content;
    this.watch = watch;
    this.renameNanos = options.timeout().toNanos();
  }

  /** Whether a file is what a put has left, or has not yet finished. */
  static boolean isTemporary(String fileName) {
    return fileName.startsWith(TEMPORARY);
  }

  /**
   * Brings the object onto the share.
   *
   * @throws IOException when the content cannot be read
   */
  void run() throws IOException {
    try (SmbFile temporary = openTemporary()) {
      try {
        write(temporary, proven(temporary));
        temporary.flush();
        rename(temporary);
      } catch (IOException | RuntimeException e) {
        if (!isResumed()) {
          discard(temporary, e);
        }
        throw e;
      }
    }
    session.flushFolder(SmbPaths.parent(target));
    if (isResumed()) {
      sweep();
    }
  }

  /** What is sent with one request is sent again as a whole. */
  private boolean isResumed() {
    return content.size() > SmbSession.PIECE;
  }

  private static void discard(SmbFile temporary, Exception failure) {
    try {
      temporary.deleteWhenClosed();
    } catch (SMBRuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private SmbFile openTemporary() {
    String path = path(TEMPORARY + content.size() + "-");
    long giveUpAt = System.nanoTime() + (isResumed() ? HELD_NANOS : 0);
    boolean foldersMade = false;
    while (true) {
      try {
        return openTemporary(path);
      } catch (SMBRuntimeException e) {
        if (SmbFailures.isMissing(e) && !foldersMade) {
          session.createFolders(SmbPaths.parent(target));
          foldersMade = true;
          continue;
        }
        if (!SmbFailures.isHeld(e)) {
          throw e;
        }
      }
      if (System.nanoTime() - giveUpAt >= 0) {
        return openTemporary(path(TEMPORARY + UUID.randomUUID() + "-"));
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private SmbFile openTemporary(String path) {
    return session.open(
        path,
        EnumSet.of(AccessMask.GENERIC_READ, AccessMask.GENERIC_WRITE, AccessMask.DELETE),
        EnumSet.of(SMB2ShareAccess.FILE_SHARE_READ),
        SMB2CreateDisposition.FILE_OPEN_IF);
  }

  private String path(String prefix) {
    return SmbPaths.sibling(target, prefix + SmbPaths.last(target));
  }

  /** How much of the temporary is the beginning of the content; the rest is cut off. */
  private long proven(SmbFile temporary) throws IOException {
    long there = temporary.size();
    if (there == 0) {
      return 0;
    }
    long end = Math.min(there, content.size());
    long proven = 0;
    byte[] ours = new byte[(int) Math.min(SmbSession.PIECE, end)];
    byte[] theirs = new byte[ours.length];
    try (InputStream in = content.open(0)) {
      while (proven < end) {
        int length = (int) Math.min(ours.length, end - proven);
        readFully(in, ours, length, proven);
        if (temporary.read(theirs, proven, length) < length
            || !Arrays.equals(ours, 0, length, theirs, 0, length)) {
          break;
        }
        proven += length;
        watch.moved(length);
      }
    }
    if (proven < there) {
      temporary.setSize(proven);
    }
    return proven;
  }

  private void write(SmbFile temporary, long from) throws IOException {
    long written = from;
    byte[] piece = new byte[(int) Math.min(SmbSession.PIECE, content.size() - from)];
    try (InputStream in = content.open(from)) {
      while (written < content.size()) {
        int length = (int) Math.min(piece.length, content.size() - written);
        readFully(in, piece, length, written);
        temporary.write(piece, written, length);
        written += length;
        if ((written - from) % FLUSHED_AT_ONCE == 0) {
          temporary.flush();
        }
        watch.moved(length);
      }
      if (in.read() >= 0) {
        throw new IOException("more bytes came than the " + content.size() + " announced");
      }
    }
  }

  private void readFully(InputStream in, byte[] buffer, int length, long offset)
      throws IOException {
    int count = in.readNBytes(buffer, 0, length);
    if (count < length) {
      throw new EOFException(
          (offset + count) + " bytes came where " + content.size() + " were announced");
    }
  }

  /** A file that somebody reads cannot be replaced, but it can be renamed. */
  private void rename(SmbFile temporary) {
    long giveUpAt = System.nanoTime() + renameNanos;
    while (true) {
      try {
        temporary.rename(target);
        return;
      } catch (SMBRuntimeException e) {
        if (!SmbFailures.isInUse(e) || System.nanoTime() - giveUpAt >= 0) {
          throw e;
        }
      }
      if (!moveAside()) {
        LockSupport.parkNanos(LOOK_NANOS);
      }
    }
  }

  /** Frees the target's name; its readers go on reading. Whether it is free. */
  private boolean moveAside() {
    try (SmbFile former =
        session.open(
            target,
            EnumSet.of(AccessMask.DELETE),
            SMB2ShareAccess.ALL,
            SMB2CreateDisposition.FILE_OPEN)) {
      former.rename(path(TEMPORARY + UUID.randomUUID() + "-"));
      former.deleteWhenClosed();
      return true;
    } catch (SMBRuntimeException e) {
      if (SmbFailures.isGone(e)) {
        return true;
      }
      if (SmbFailures.isHeld(e)) {
        return false;
      }
      throw e;
    }
  }

  /** Removes what puts of the same object in other sizes have left. */
  private void sweep() {
    String folder = SmbPaths.parent(target);
    String end = "-" + SmbPaths.last(target);
    for (var file : session.ask(share -> share.list(folder, TEMPORARY + "*" + end))) {
      String name = file.getFileName();
      if (isTemporary(name) && name.endsWith(end)) {
        SmbTree.removeFile(session, SmbPaths.child(folder, name));
      }
    }
  }
}
