package io.millrace.augmentation.stream;

import io.millrace.augmentation.dataset.ImageDataset;
import io.millrace.augmentation.transform.BatchMixing;
import io.millrace.augmentation.transform.ImagePipeline;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.TransformSpec;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.Part;
import io.millrace.contracts.tensor.DType;
import io.millrace.contracts.tensor.SafetensorsLayout;
import io.millrace.contracts.tensor.TensorSpec;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Batches of images: {@code labels} I32 {@code [samples]}, or, where the samples of a batch are
 * mixed, shares F32 {@code [samples, classes]}; {@code features} U8 {@code [samples, height, width,
 * channels]}; a network's input is {@code feature · scale + offset} by the metadata.
 */
final class ImageBatches implements Batches {
  private final ImageDataset dataset;
  private final BatchTask.Produce task;
  private final int[] order;
  private final int batchSize;
  private final int values;

  /** Null where samples are taken as they are. */
  private final ImagePipeline pipeline;

  private final List<BatchMixing> mixing;

  /** Sorted: the order of {@code Map.of} changes from process to process. */
  private final Map<String, String> metadata;

  ImageBatches(ImageDataset dataset, BatchTask.Produce task, int[] order) {
    Augmentation augmentation = task.source().augmentation();
    this.dataset = dataset;
    this.task = task;
    this.order = order;
    this.batchSize = task.source().batchSize();
    this.values = dataset.height() * dataset.width() * dataset.channels();
    boolean training = task.part() == Part.TRAIN;
    this.pipeline =
        training && augmentation.isRandom()
            ? new ImagePipeline(augmentation, dataset.height(), dataset.width(), dataset.channels())
            : null;
    this.mixing =
        training
            ? augmentation.transforms().stream()
                .filter(TransformSpec::isForBatches)
                .map(BatchMixing::new)
                .toList()
            : List.of();
    this.metadata =
        new TreeMap<>(
            Map.of(
                "scale",
                BigDecimal.valueOf(augmentation.rescale()).toPlainString(),
                "offset",
                "0"));
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
    var layout =
        new SafetensorsLayout(
            List.of(
                mixing.isEmpty()
                    ? new TensorSpec("labels", DType.I32, List.of(samples))
                    : new TensorSpec("labels", DType.F32, List.of(samples, classes())),
                new TensorSpec(
                    "features",
                    DType.U8,
                    List.of(samples, dataset.height(), dataset.width(), dataset.channels()))),
            metadata);
    byte[] file =
        reuse != null && reuse.length == layout.bytes() ? reuse : new byte[layout.bytes()];
    layout.writeHeader(file);
    int features = layout.offset("features");
    for (int i = 0; i < samples; i++) {
      image(order[batch * batchSize + i], file, features + i * values);
    }
    ByteBuffer labels = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    labels.position(layout.offset("labels"));
    if (mixing.isEmpty()) {
      for (int i = 0; i < samples; i++) {
        labels.putInt(dataset.label(task.part(), order[batch * batchSize + i]));
      }
    } else {
      for (float share : mixed(batch, samples, file, features)) {
        labels.putFloat(share);
      }
    }
    return file;
  }

  private void image(int sample, byte[] file, int at) {
    byte[] pixels = dataset.pixels(task.part(), sample);
    if (pipeline == null) {
      System.arraycopy(pixels, 0, file, at, values);
    } else {
      pipeline.apply(task.source().seed(), task.epoch(), sample, pixels, file, at);
    }
  }

  private float[] mixed(int batch, int samples, byte[] file, int features) {
    float[] labels = new float[samples * classes()];
    for (int i = 0; i < samples; i++) {
      labels[i * classes() + dataset.label(task.part(), order[batch * batchSize + i])] = 1;
    }
    byte[] before = new byte[samples * values];
    var shape =
        new BatchMixing.Shape(samples, dataset.height(), dataset.width(), dataset.channels());
    for (BatchMixing mix : mixing) {
      System.arraycopy(file, features, before, 0, before.length);
      mix.mix(task.source().seed(), task.epoch(), batch, shape, file, features, before, labels);
    }
    return labels;
  }

  private int classes() {
    return dataset.description().classes().size();
  }
}
