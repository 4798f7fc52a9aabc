package io.millrace.results.tensorboard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A zip archive of event files: {@code <variant>/<run>/events.out.tfevents...}. */
public final class RunArchive {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ZipOutputStream zip = new ZipOutputStream(bytes);

  /** Adds a run, and returns the next bytes of the archive. */
  public byte[] add(RunScalars run) {
    try {
      var entry = new ZipEntry(run.variant() + "/" + run.run() + "/" + run.fileName());
      entry.setTime((long) (run.begin() * 1e3));
      zip.putNextEntry(entry);
      for (Iterator<byte[]> pieces = run.pieces(); pieces.hasNext(); ) {
        zip.write(pieces.next());
      }
      zip.closeEntry();
      return take();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Cannot happen in memory.
    }
  }

  /** The last bytes of the archive. */
  public byte[] end() {
    try {
      zip.close();
      return take();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Cannot happen in memory.
    }
  }

  private byte[] take() {
    byte[] taken = bytes.toByteArray();
    bytes.reset();
    return taken;
  }
}
