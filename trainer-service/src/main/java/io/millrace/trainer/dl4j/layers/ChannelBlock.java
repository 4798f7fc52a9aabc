package io.millrace.trainer.dl4j.layers;

import io.millrace.trainer.dl4j.device.Floats;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Some channels of an array at a time, on the heap: few enough that they stay in a core's cache
 * while they are looked at more than once.
 */
public final class ChannelBlock {
  private static final int IMAGES = 4;

  private final Channels channels;
  private final int count;
  private final float[] values;

  /**
   * @param channels of the arrays that are read and written
   */
  public ChannelBlock(Channels channels) {
    this.channels = channels;
    // Where the channels of a place lie side by side, some of them alone would be slow to come by.
    this.count = channels.inner() == 1 ? channels.count() : Math.min(IMAGES, channels.count());
    this.values = new float[channels.outer() * count * channels.inner()];
  }

  /** Channels that are there at once. */
  public int count() {
    return count;
  }

  /** The values that are there, in the order that {@link #read} tells. */
  public float[] values() {
    return values;
  }

  /** Brings the channels from the given one on in, and tells where they are. */
  public Channels read(INDArray array, int first) {
    Channels part = part(first);
    FloatBuffer from = Floats.buffer(array);
    int length = part.count() * part.inner();
    for (int o = 0; o < part.outer(); o++) {
      from.get(channels.at(o, first, 0), values, o * length, length);
    }
    return part;
  }

  /** Brings the channels from the given one on out. */
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
