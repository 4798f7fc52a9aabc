package io.millrace.trainer.dl4j.device;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.FloatPointer;

/** Copies single-precision numbers between memory and streams, one block at a time. */
public final class FloatBlocks {
  private static final int BLOCK = 1 << 14;

  private final float[] floats = new float[BLOCK];
  private final ByteBuffer bytes;

  /**
   * @param order the byte order in the stream
   */
  public FloatBlocks(ByteOrder order) {
    bytes = ByteBuffer.allocate(BLOCK * Float.BYTES).order(order);
  }

  /** Writes the first {@code count} numbers. */
  public void write(FloatPointer from, long count, OutputStream out) throws IOException {
    for (long at = 0; at < count; at += BLOCK) {
      int n = (int) Math.min(BLOCK, count - at);
      from.position(at).get(floats, 0, n);
      bytes.asFloatBuffer().put(floats, 0, n);
      out.write(bytes.array(), 0, n * Float.BYTES);
    }
    from.position(0);
  }

  /** Reads the first {@code count} numbers. */
  public void read(DataInputStream in, FloatPointer to, long count) throws IOException {
    for (long at = 0; at < count; at += BLOCK) {
      int n = (int) Math.min(BLOCK, count - at);
      in.readFully(bytes.array(), 0, n * Float.BYTES);
      bytes.asFloatBuffer().get(floats, 0, n);
      to.position(at).put(floats, 0, n);
    }
    to.position(0);
  }
}
