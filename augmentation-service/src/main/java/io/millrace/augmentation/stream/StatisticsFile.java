package io.millrace.augmentation.stream;

import io.millrace.augmentation.transform.FeatureStatistics;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.tensor.DType;
import io.millrace.contracts.tensor.Safetensors;
import io.millrace.contracts.tensor.SafetensorsLayout;
import io.millrace.contracts.tensor.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Statistics as safetensors: {@code mean} and {@code std} F64 {@code [channels]}, and {@code zca}
 * F32 {@code [values, values]} if images are whitened.
 */
public final class StatisticsFile {
  private StatisticsFile() {}

  /**
   * Writes statistics.
   *
   * @param statistics null for a file without tensors
   */
  public static byte[] write(FeatureStatistics statistics, Map<String, String> metadata) {
    var layout = new SafetensorsLayout(tensors(statistics), metadata);
    byte[] file = new byte[layout.bytes()];
    layout.writeHeader(file);
    if (statistics == null) {
      return file;
    }
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    at(bytes, layout.offset("mean")).asDoubleBuffer().put(statistics.mean());
    at(bytes, layout.offset("std")).asDoubleBuffer().put(statistics.std());
    if (statistics.zca() != null) {
      at(bytes, layout.offset("zca")).asFloatBuffer().put(statistics.zca());
    }
    return file;
  }

  /**
   * Reads statistics.
   *
   * @throws InvalidMessageException if they do not have this form
   */
  public static FeatureStatistics read(byte[] file) {
    Safetensors tensors = Safetensors.read(ByteBuffer.wrap(file));
    double[] mean = doubles(tensors.tensor("mean"));
    double[] std = doubles(tensors.tensor("std"));
    float[] zca = null;
    if (tensors.tensors().containsKey("zca")) {
      Safetensors.Tensor matrix = of(tensors.tensor("zca"), DType.F32);
      zca = new float[matrix.spec().elements()];
      matrix.data().asFloatBuffer().get(zca);
    }
    return new FeatureStatistics(mean, std, zca);
  }

  private static List<TensorSpec> tensors(FeatureStatistics statistics) {
    var tensors = new ArrayList<TensorSpec>();
    if (statistics != null) {
      tensors.add(new TensorSpec("mean", DType.F64, List.of(statistics.mean().length)));
      tensors.add(new TensorSpec("std", DType.F64, List.of(statistics.std().length)));
      if (statistics.zca() != null) {
        int values = (int) Math.sqrt(statistics.zca().length);
        tensors.add(new TensorSpec("zca", DType.F32, List.of(values, values)));
      }
    }
    return tensors;
  }

  private static ByteBuffer at(ByteBuffer file, int offset) {
    return file.position(offset).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static double[] doubles(Safetensors.Tensor tensor) {
    double[] values = new double[of(tensor, DType.F64).spec().elements()];
    tensor.data().asDoubleBuffer().get(values);
    return values;
  }

  private static Safetensors.Tensor of(Safetensors.Tensor tensor, DType type) {
    if (tensor.spec().dtype() != type) {
      throw new InvalidMessageException(
          tensor.spec().name() + ".dtype", tensor.spec().dtype() + " is not " + type);
    }
    return tensor;
  }
}
