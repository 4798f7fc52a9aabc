package io.millrace.augmentation.stream;

import io.millrace.augmentation.dataset.ImageDataset;
import io.millrace.augmentation.transform.AffineWarp;
import io.millrace.augmentation.transform.RandomTransform;
import io.millrace.augmentation.transform.TransformParameters;
import io.millrace.contracts.request.Augmentation;
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
 * Batches of images: {@code labels} I32 {@code [samples]}, {@code features} U8 {@code [samples,
 * height, width, channels]}; a network's input is {@code feature · scale + offset} by the metadata.
 */
final class ImageBatches implements Batches {
  private final ImageDataset dataset;
  private final BatchTask.Produce task;
  private final int[] order;
  private final int batchSize;
  private final AffineWarp warp;
  private final RandomTransform transform;

  /** Sorted: the order of {@code Map.of} changes from process to process. */
  private final Map<String, String> metadata;

  ImageBatches(ImageDataset dataset, BatchTask.Produce task, int[] order) {
    Augmentation augmentation = task.source().augmentation();
    this.dataset = dataset;
    this.task = task;
    this.order = order;
    this.batchSize = task.source().batchSize();
    this.warp =
        new AffineWarp(
            dataset.height(),
            dataset.width(),
            dataset.channels(),
            augmentation.fillMode(),
            augmentation.cval(),
            augmentation.interpolationOrder());
    this.transform =
        task.part() == Part.TRAIN && augmentation.isRandom()
            ? new RandomTransform(augmentation, dataset.height(), dataset.width())
            : null;
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
                new TensorSpec("labels", DType.I32, List.of(samples)),
                new TensorSpec(
                    "features",
                    DType.U8,
                    List.of(samples, dataset.height(), dataset.width(), dataset.channels()))),
            metadata);
    byte[] file =
        reuse != null && reuse.length == layout.bytes() ? reuse : new byte[layout.bytes()];
    layout.writeHeader(file);
    ByteBuffer labels = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    labels.position(layout.offset("labels"));
    int features = layout.offset("features");
    for (int i = 0; i < samples; i++) {
      int sample = order[batch * batchSize + i];
      labels.putInt(dataset.label(task.part(), sample));
      warp.apply(
          parameters(sample),
          dataset.pixels(task.part(), sample),
          file,
          features + i * warp.values());
    }
    return file;
  }

  private TransformParameters parameters(int sample) {
    return transform == null
        ? TransformParameters.IDENTITY
        : transform.draw(task.source().seed(), task.epoch(), sample);
  }
}
