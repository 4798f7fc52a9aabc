package io.millrace.augmentation.stream;

import io.millrace.augmentation.dataset.SeriesDataset;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.tensor.DType;
import io.millrace.contracts.tensor.SafetensorsLayout;
import io.millrace.contracts.tensor.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Batches of a series, scaled: {@code labels} F32 {@code [samples, horizon]}, {@code features} F32
 * {@code [samples, window, 1]}.
 */
final class SeriesBatches implements Batches {
  private static final Map<String, String> METADATA =
      new TreeMap<>(Map.of("scale", "1", "offset", "0"));

  private final SeriesDataset dataset;
  private final BatchTask.Produce task;
  private final int[] order;
  private final int batchSize;

  SeriesBatches(SeriesDataset dataset, BatchTask.Produce task, int[] order) {
    this.dataset = dataset;
    this.task = task;
    this.order = order;
    this.batchSize = task.source().batchSize();
  }

  @Override
  public int count() {
    return BatchSource.batches(order.length, batchSize);
  }

  @Override
  public int samples(int batch) {
    return Math.min(batchSize, order.length - batch * batchSize);
  }

  @Override
  public byte[] make(int batch, byte[] reuse) {
    int samples = samples(batch);
    int window = dataset.window();
    int horizon = dataset.horizon();
    var layout =
        new SafetensorsLayout(
            List.of(
                new TensorSpec("labels", DType.F32, List.of(samples, horizon)),
                new TensorSpec("features", DType.F32, List.of(samples, window, 1))),
            METADATA);
    byte[] file =
        reuse != null && reuse.length == layout.bytes() ? reuse : new byte[layout.bytes()];
    layout.writeHeader(file);
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int labels = layout.offset("labels");
    int features = layout.offset("features");
    for (int i = 0; i < samples; i++) {
      int sample = order[batch * batchSize + i];
      for (int offset = 0; offset < window + horizon; offset++) {
        int at =
            offset < window
                ? features + 4 * (i * window + offset)
                : labels + 4 * (i * horizon + offset - window);
        bytes.putFloat(at, dataset.value(task.part(), sample, offset));
      }
    }
    return file;
  }
}
