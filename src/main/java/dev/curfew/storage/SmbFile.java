package dev.curfew.storage;

import com.hierynomus.msfscc.fileinformation.FileDispositionInformation;
import com.hierynomus.msfscc.fileinformation.FileStandardInformation;
import com.hierynomus.smbj.common.SMBRuntimeException;
import com.hierynomus.smbj.share.File;

/** An open file of a share. */
final class SmbFile implements AutoCloseable {
  private final SmbSession session;
  private final File file;

  SmbFile(SmbSession session, File file) {
    this.session = session;
    this.file = file;
  }

  /** In bytes. */
  long size() {
    return session.ask(
        share -> file.getFileInformation(FileStandardInformation.class).getEndOfFile());
  }

  /**
   * Reads from an offset on; less than asked for at the end only.
   *
   * @return how many bytes
   */
  int read(byte[] buffer, long offset, int length) {
    int count = 0;
    while (count < length) {
      int from = count;
      int more = session.ask(share -> file.read(buffer, offset + from, from, length - from));
      if (more <= 0) {
        return count;
      }
      count += more;
    }
    return count;
  }

  void write(byte[] buffer, long offset, int length) {
    long count = session.ask(share -> file.write(buffer, offset, 0, length));
    if (count != length) {
      throw new SMBRuntimeException("the server took " + count + " of " + length + " bytes");
    }
  }

  void setSize(long size) {
    ask(() -> file.setLength(size));
  }

  /** Brings what was written onto the disk. */
  void flush() {
    ask(file::flush);
  }

  /**
   * Gives the file another name, in place of a file that has it.
   *
   * @param path in the share
   */
  void rename(String path) {
    ask(() -> file.rename(path, true));
  }

  /** Removes the file when the last that has it open closes it. */
  void deleteWhenClosed() {
    ask(() -> file.setFileInformation(new FileDispositionInformation(true)));
  }

  private void ask(Runnable request) {
    session.ask(
        share -> {
          request.run();
          return file;
        });
  }

  @Override
  public void close() {
    ask(file::close);
  }
}
