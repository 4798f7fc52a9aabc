package io.millrace.trainer.dl4j;

import io.millrace.contracts.tensor.DType;
import io.millrace.trainer.dl4j.device.Residence;
import io.millrace.trainer.network.Batch;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A batch's features in the network's shape, as a stage takes them: images {@code [batch, channels,
 * height, width]}, series {@code [time, batch, features]}, rows {@code [batch, features]}. Every
 * batch reuses the same memory.
 */
final class BatchInput implements AutoCloseable {
  private static final int BYTES = 256;

  private final float[] table = new float[BYTES];
  private float tableScale = Float.NaN;
  private float tableOffset = Float.NaN;

  private final Residence residence;
  private INDArray array;
  private float[] values = {};
  private byte[] raw = {};

  /** The received features: a value is {@code data · scale + offset}. */
  private record Numbers(FloatBuffer data, float scale, float offset) {
    float at(int index) {
      return data.get(index) * scale + offset;
    }
  }

  /**
   * @param residence where the new arrays are
   */
  BatchInput(Residence residence) {
    this.residence = residence;
  }

  /** The features in the shape in which they were received, valid until the next call. */
  INDArray of(Batch batch) {
    List<Integer> shape = batch.shape();
    return of(batch, shape.subList(1, shape.size()));
  }

  /**
   * The features, valid until the next call.
   *
   * @param sample the shape of the network's samples
   */
  INDArray of(Batch batch, List<Integer> sample) {
    var shape = new ArrayList<Integer>();
    shape.add(batch.size());
    shape.addAll(sample);
    int count = batch.features().spec().elements();
    if (values.length < count) {
      values = new float[count];
    }
    if (shape.size() == 4) {
      images(batch, shape);
      return put(count, shape.get(0), shape.get(3), shape.get(1), shape.get(2));
    }
    if (shape.size() == 2) {
      rows(numbers(batch), count);
      return put(count, shape.get(0), shape.get(1));
    }
    series(numbers(batch), shape);
    return put(count, shape.get(1), shape.get(0), shape.get(2));
  }

  @SuppressWarnings("try")
  private INDArray put(int count, long... shape) {
    if (array == null || array.length() != count || array.rank() != shape.length) {
      close();
      try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
        array = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
      }
    }
    residence.write(values, array);
    return array;
  }

  private void images(Batch batch, List<Integer> shape) {
    int pixels = shape.get(1) * shape.get(2);
    int channels = shape.get(3);
    if (batch.features().spec().dtype() == DType.U8) {
      bytes(batch);
      for (int image = 0; image < shape.get(0); image++) {
        transpose(image * pixels * channels, pixels, channels);
      }
    } else {
      Numbers numbers = numbers(batch);
      for (int image = 0; image < shape.get(0); image++) {
        transpose(numbers, image * pixels * channels, pixels, channels);
      }
    }
  }

  /** Copies bytes into {@link #raw}, and their values into the table. */
  private void bytes(Batch batch) {
    fillTable(batch.scale(), batch.offset());
    int count = batch.features().spec().elements();
    if (raw.length < count) {
      raw = new byte[count];
    }
    ByteBuffer data = batch.features().data();
    data.get(data.position(), raw, 0, count);
  }

  private Numbers numbers(Batch batch) {
    if (batch.features().spec().dtype() != DType.U8) {
      FloatBuffer data = batch.features().data().asFloatBuffer();
      return new Numbers(data, batch.scale(), batch.offset());
    }
    bytes(batch);
    float[] numbers = new float[batch.features().spec().elements()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = table[raw[i] & 0xFF];
    }
    return new Numbers(FloatBuffer.wrap(numbers), 1, 0);
  }

  private void transpose(int start, int pixels, int channels) {
    for (int c = 0; c < channels; c++) {
      int to = start + c * pixels;
      int from = start + c;
      for (int i = 0; i < pixels; i++) {
        values[to + i] = table[raw[from + i * channels] & 0xFF];
      }
    }
  }

  private void transpose(Numbers numbers, int start, int pixels, int channels) {
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < pixels; i++) {
        values[start + c * pixels + i] = numbers.at(start + i * channels + c);
      }
    }
  }

  private void rows(Numbers numbers, int count) {
    for (int i = 0; i < count; i++) {
      values[i] = numbers.at(i);
    }
  }

  private void series(Numbers numbers, List<Integer> shape) {
    int samples = shape.get(0);
    int window = shape.get(1);
    int features = shape.get(2);
    for (int n = 0; n < samples; n++) {
      for (int t = 0; t < window; t++) {
        for (int f = 0; f < features; f++) {
          values[(t * samples + n) * features + f] = numbers.at((n * window + t) * features + f);
        }
      }
    }
  }

  private void fillTable(float scale, float offset) {
    if (scale != tableScale || offset != tableOffset) {
      for (int i = 0; i < BYTES; i++) {
        table[i] = i * scale + offset;
      }
      tableScale = scale;
      tableOffset = offset;
    }
  }

  @Override
  public void close() {
    if (array != null) {
      array.close();
      array = null;
    }
  }
}
