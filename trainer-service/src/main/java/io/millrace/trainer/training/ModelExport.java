package io.millrace.trainer.training;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.tensor.DType;
import io.millrace.contracts.tensor.SafetensorsLayout;
import io.millrace.contracts.tensor.TensorSpec;
import io.millrace.trainer.network.Network;
import io.millrace.trainer.network.Weights;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A trained network for other tools: safetensors with Keras' variables, and the metadata that a
 * prediction needs.
 *
 * <ul>
 *   <li>{@code version}: 1
 *   <li>{@code keras}: the model's JSON, which Keras 3 reads
 *   <li>{@code request}: the run's request
 *   <li>{@code data}: the data set's description without its dates: the sample's shape, the classes
 *       in the order of the outputs, or a series' scale
 * </ul>
 */
final class ModelExport {
  private static final int BLOCK = 1 << 14;

  private ModelExport() {}

  /**
   * Writes the file.
   *
   * @param file a new file, or one to replace
   * @throws io.millrace.contracts.InvalidMessageException if it would be larger than 2 GiB
   */
  static void write(
      Path file,
      Network network,
      NetworkPlan plan,
      TrainingRequest request,
      DatasetDescription data)
      throws IOException {
    List<Weights> weights = network.weights();
    var layout =
        new SafetensorsLayout(
            weights.stream()
                .map(one -> new TensorSpec(one.name(), DType.F32, one.shape()))
                .toList(),
            metadata(plan, request, data));
    int end = weights.isEmpty() ? layout.bytes() : layout.offset(weights.get(0).name());
    byte[] header = new byte[end];
    layout.writeHeader(header);
    ByteBuffer bytes = ByteBuffer.allocate(BLOCK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      out.write(header);
      for (Weights one : weights) {
        float[] values = one.values().get();
        for (int at = 0; at < values.length; at += BLOCK) {
          int n = Math.min(BLOCK, values.length - at);
          bytes.asFloatBuffer().put(values, at, n);
          out.write(bytes.array(), 0, n * Float.BYTES);
        }
      }
    }
  }

  /** What a prediction needs besides the network, by name. */
  static Map<String, String> metadata(
      NetworkPlan plan, TrainingRequest request, DatasetDescription data) {
    var metadata = new TreeMap<String, String>();
    metadata.put("version", "1");
    metadata.put("keras", KerasJson.of(plan));
    metadata.put("request", Messages.text(request));
    metadata.put("data", Messages.text(data.withoutDates()));
    return metadata;
  }
}
