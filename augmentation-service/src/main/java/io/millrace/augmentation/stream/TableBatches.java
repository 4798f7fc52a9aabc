package io.millrace.augmentation.stream;

import io.millrace.augmentation.dataset.DatasetContent;
import io.millrace.augmentation.dataset.TableDataset;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Batches of a series or of rows, scaled. {@code labels} are F32 {@code [samples, values]}, or I32
 * {@code [samples]} for classes; {@code features} are F32 {@code [samples, window, features]}, or
 * {@code [samples, features]} for rows. The test part also has the naive predictions of the labels,
 * each in a tensor with its name. The transforms change the features of training samples but not
 * their labels.
 */
final class TableBatches implements EpochBatches {
  private static final Map<String, String> METADATA =
      new TreeMap<>(Map.of("scale", "1", "offset", "0"));

  private final TableDataset dataset;
  private final BatchTask.Produce task;
  private final int[] order;
  private final int batchSize;

  /** The naive predictions by name. */
  private final Map<String, TableDataset.Answer> answers;

  /** The features of the current sample. */
  private final float[] sample;

  /** The label or a naive prediction of the current sample. */
  private final float[] label;

  /** Null if samples are not transformed. */
  private final SeriesPipeline pipeline;

  TableBatches(TableDataset dataset, BatchTask.Produce task, int[] order) {
    this.dataset = dataset;
    this.task = task;
    this.order = order;
    this.batchSize = task.source().batchSize();
    this.sample = new float[dataset.window() * dataset.features()];
    this.label = new float[dataset.labelValues()];
    this.answers = task.part() == Part.TEST ? new TreeMap<>(dataset.answers()) : Map.of();
    Augmentation augmentation = task.source().augmentation();
    this.pipeline =
        task.part() == Part.TRAIN && augmentation.isRandom()
            ? new SeriesPipeline(augmentation, dataset.window(), dataset.areNumbers())
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
    SafetensorsLayout layout = layout(samples);
    byte[] file =
        reuse != null && reuse.length == layout.bytes() ? reuse : new byte[layout.bytes()];
    layout.writeHeader(file);
    ByteBuffer labels = at(layout, "labels", file);
    ByteBuffer features = at(layout, "features", file);
    for (int i = 0; i < samples; i++) {
      int index = order[batch * batchSize + i];
      if (label.length == 0) {
        labels.putInt(dataset.labelClass(task.part(), index));
      } else {
        dataset.label(task.part(), index, label);
        put(label, labels);
      }
      dataset.features(task.part(), index, sample);
      if (pipeline != null) {
        pipeline.apply(task.source().seed(), task.epoch(), index, sample);
      }
      put(sample, features);
    }
    answers.forEach(
        (name, answer) -> {
          ByteBuffer values = at(layout, name, file);
          for (int i = 0; i < samples; i++) {
            answer.write(order[batch * batchSize + i], label);
            put(label, values);
          }
        });
    return file;
  }

  private static ByteBuffer at(SafetensorsLayout layout, String tensor, byte[] file) {
    return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).position(layout.offset(tensor));
  }

  private static void put(float[] values, ByteBuffer to) {
    for (float value : values) {
      to.putFloat(value);
    }
  }

  private SafetensorsLayout layout(int samples) {
    var tensors = new ArrayList<TensorSpec>();
    tensors.add(
        label.length == 0
            ? new TensorSpec("labels", DType.I32, List.of(samples))
            : new TensorSpec("labels", DType.F32, List.of(samples, label.length)));
    var shape = new ArrayList<>(List.of(samples));
    shape.addAll(dataset.shape());
    tensors.add(new TensorSpec("features", DType.F32, shape));
    for (String name : answers.keySet()) {
      tensors.add(new TensorSpec(name, DType.F32, List.of(samples, label.length)));
    }
    return new SafetensorsLayout(tensors, METADATA);
  }
}
