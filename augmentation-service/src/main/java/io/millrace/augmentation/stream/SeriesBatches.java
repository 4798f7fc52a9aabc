package io.millrace.augmentation.stream;

import io.millrace.augmentation.dataset.DatasetContent;
import io.millrace.augmentation.dataset.SeriesDataset;
import io.millrace.augmentation.transform.SeriesPipeline;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.Part;
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
 * {@code [samples, window, 1]}. The transforms change a training sample's features; what is to be
 * predicted of it stays as it was.
 */
final class SeriesBatches implements Batches {
  private static final Map<String, String> METADATA =
      new TreeMap<>(Map.of("scale", "1", "offset", "0"));

  private final SeriesDataset dataset;
  private final BatchTask.Produce task;
  private final int[] order;
  private final int batchSize;

  /** The features of the sample in hand. */
  private final float[] window;

  /** Null where samples are taken as they are. */
  private final SeriesPipeline pipeline;

  SeriesBatches(SeriesDataset dataset, BatchTask.Produce task, int[] order) {
    this.dataset = dataset;
    this.task = task;
    this.order = order;
    this.batchSize = task.source().batchSize();
    this.window = new float[dataset.window()];
    Augmentation augmentation = task.source().augmentation();
    this.pipeline =
        task.part() == Part.TRAIN && augmentation.isRandom()
            ? new SeriesPipeline(augmentation, window.length)
            : null;
  }

  @Override
  public DatasetContent content() {
    return dataset.content();
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
    int horizon = dataset.horizon();
    var layout =
        new SafetensorsLayout(
            List.of(
                new TensorSpec("labels", DType.F32, List.of(samples, horizon)),
                new TensorSpec("features", DType.F32, List.of(samples, window.length, 1))),
            METADATA);
    byte[] file =
        reuse != null && reuse.length == layout.bytes() ? reuse : new byte[layout.bytes()];
    layout.writeHeader(file);
    ByteBuffer labels = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    labels.position(layout.offset("labels"));
    ByteBuffer features = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    features.position(layout.offset("features"));
    for (int i = 0; i < samples; i++) {
      int sample = order[batch * batchSize + i];
      for (int ahead = 0; ahead < horizon; ahead++) {
        labels.putFloat(dataset.value(task.part(), sample, window.length + ahead));
      }
      load(sample);
      for (float value : window) {
        features.putFloat(value);
      }
    }
    return file;
  }

  private void load(int sample) {
    for (int i = 0; i < window.length; i++) {
      window[i] = dataset.value(task.part(), sample, i);
    }
    if (pipeline != null) {
      pipeline.apply(task.source().seed(), task.epoch(), sample, window);
    }
  }
}
