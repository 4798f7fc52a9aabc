package io.millrace.trainer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.tensor.DType;
import io.millrace.trainer.dl4j.device.Residence;
import io.millrace.trainer.network.Batch;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchInputTest {
  private static final List<Integer> SHAPE = List.of(2, 2, 3, 3);
  private static final int VALUES = 36;

  @Test
  void standardizedImagesKeepTheirValues() {
    float[] values = new float[VALUES];
    for (int i = 0; i < VALUES; i++) {
      values[i] = (i - 18) / 7f;
    }
    Batch batch = Samples.batch(DType.F32, SHAPE, Samples.bytes(values), Samples.ints(0, 1), 1);
    assertThat(read(batch)).containsExactly(channelsFirst(values));
  }

  @Test
  void bytesAreScaled() {
    byte[] bytes = new byte[VALUES];
    float[] values = new float[VALUES];
    for (int i = 0; i < VALUES; i++) {
      bytes[i] = (byte) (i * 7);
      values[i] = i * 7 * 0.5f;
    }
    Batch batch = Samples.batch(DType.U8, SHAPE, ByteBuffer.wrap(bytes), Samples.ints(0, 1), 0.5f);
    assertThat(read(batch)).containsExactly(channelsFirst(values));
  }

  /** Images of 2 x 3 pixels with 3 channels, for a network that takes 18 values or a series. */
  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"U8", "F32"})
  void samplesAreReshapedToTheInputShapeOfTheNetwork(DType type) {
    byte[] bytes = new byte[VALUES];
    float[] values = new float[VALUES];
    for (int i = 0; i < VALUES; i++) {
      bytes[i] = (byte) (i * 7);
      values[i] = i * 7;
    }
    ByteBuffer data = type == DType.U8 ? ByteBuffer.wrap(bytes) : Samples.bytes(values);
    Batch batch = Samples.batch(type, SHAPE, data, Samples.ints(0, 1), 1);

    try (var input = new BatchInput(Residence.HOST)) {
      assertThat(Residence.HOST.read(input.of(batch, List.of(18)))).containsExactly(values);
      float[] series = Residence.HOST.read(input.of(batch, List.of(6, 3)));
      // The values are ordered by time, then by sample.
      assertThat(series).startsWith(0, 7, 14, 18 * 7, 19 * 7, 20 * 7, 21, 28, 35);
    }
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
