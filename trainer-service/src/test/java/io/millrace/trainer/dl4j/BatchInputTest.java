package io.millrace.trainer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.tensor.DType;
import io.millrace.trainer.network.Batch;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchInputTest {
  private static final List<Integer> SHAPE = List.of(2, 2, 3, 3);
  private static final int VALUES = 36;

  @Test
  void standardizedImagesComeInAsTheyAre() {
    float[] values = new float[VALUES];
    for (int i = 0; i < VALUES; i++) {
      values[i] = (i - 18) / 7f;
    }
    Batch batch = Samples.batch(DType.F32, SHAPE, Samples.bytes(values), Samples.ints(0, 1), 1);
    assertThat(read(batch)).containsExactly(channelsFirst(values));
  }

  @Test
  void bytesComeInScaled() {
    byte[] bytes = new byte[VALUES];
    float[] values = new float[VALUES];
    for (int i = 0; i < VALUES; i++) {
      bytes[i] = (byte) (i * 7);
      values[i] = i * 7 * 0.5f;
    }
    Batch batch = Samples.batch(DType.U8, SHAPE, ByteBuffer.wrap(bytes), Samples.ints(0, 1), 0.5f);
    assertThat(read(batch)).containsExactly(channelsFirst(values));
  }

  private static float[] read(Batch batch) {
    try (var input = new BatchInput(Residence.HOST)) {
      return Residence.HOST.read(input.of(batch));
    }
  }

  private static float[] channelsFirst(float[] values) {
    float[] turned = new float[VALUES];
    for (int n = 0; n < 2; n++) {
      for (int pixel = 0; pixel < 6; pixel++) {
        for (int c = 0; c < 3; c++) {
          turned[n * 18 + c * 6 + pixel] = values[n * 18 + pixel * 3 + c];
        }
      }
    }
    return turned;
  }
}
