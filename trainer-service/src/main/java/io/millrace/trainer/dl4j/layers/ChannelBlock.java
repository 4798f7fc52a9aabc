package io.millrace.trainer.dl4j.layers;

import io.millrace.trainer.dl4j.device.Floats;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Some of an array's channels, copied to the heap: few enough to stay in a core's cache while they
 * are read more than once.
 */
public final class ChannelBlock {
  private static final int IMAGES = 4;

  private final Channels channels;
  private final int count;
  private final float[] values;

  /**
   * @param channels the layout of the arrays that are read and written
   */
  public ChannelBlock(Channels channels) {
    this.channels = channels;
    // If the channels of a position are adjacent, single channels would be slow to read.
    this.count = channels.inner() == 1 ? channels.count() : Math.min(IMAGES, channels.count());
    this.values = new float[channels.outer() * count * channels.inner()];
  }

  /** The number of channels in a block. */
  public int count() {
    return count;
  }

  /** The block's values, in the order that {@link #read} returns. */
  public float[] values() {
    return values;
  }

  /** Copies channels from {@code first} on into the block, and returns their layout there. */
  public Channels read(INDArray array, int first) {
    Channels part = part(first);
    FloatBuffer from = Floats.buffer(array);
    int length = part.count() * part.inner();
    for (int o = 0; o < part.outer(); o++) {
      from.get(channels.at(o, first, 0), values, o * length, length);
    }
    return part;
  }

  /** Copies the block back to the channels from {@code first} on. */
  public void write(INDArray array, int first) {
    Channels part = part(first);
    FloatBuffer to = Floats.buffer(array);
    int length = part.count() * part.inner();
    for (int o = 0; o < part.outer(); o++) {
      to.put(channels.at(o, first, 0), values, o * length, length);
    }
  }

  private Channels part(int first) {
    return new Channels(
        channels.outer(), Math.min(count, channels.count() - first), channels.inner());
  }
}
