package io.millrace.augmentation.stream;

import io.millrace.augmentation.dataset.DatasetContent;
import io.millrace.augmentation.dataset.ImageDataset;
import io.millrace.augmentation.transform.BatchMixing;
import io.millrace.augmentation.transform.ImagePipeline;
import io.millrace.augmentation.transform.Standardization;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.TransformSpec;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.Part;
import io.millrace.contracts.tensor.DType;
import io.millrace.contracts.tensor.SafetensorsLayout;
import io.millrace.contracts.tensor.TensorSpec;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Batches of images. {@code labels} are classes, I32 {@code [samples]}; or, if the samples of a
 * batch are mixed, shares of classes, F32 {@code [samples, classes]}; or numeric targets, F32
 * {@code [samples, 1]}, to which the test part adds the training part's {@code mean} in the same
 * shape. {@code features} are U8 {@code [samples, height, width, channels]}, or F32 if images are
 * standardized, which then applies to every part. The input of a network is {@code feature · scale
 * + offset}, with the values of the metadata.
 */
final class ImageBatches implements EpochBatches {
  private static final VarHandle FLOATS =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

  /** The tensor with the naive prediction: the mean of the training part. */
  private static final String MEAN = "mean";

  private final ImageDataset dataset;
  private final BatchTask.Produce task;
  private final int[] order;
  private final int batchSize;
  private final int values;

  /** Null if samples are not transformed. */
  private final ImagePipeline pipeline;

  private final List<BatchMixing> mixing;

  /** Null if images are sent as bytes. */
  private final Standardization standardization;

  /** The image that is being standardized. */
  private final float[] image;

  /** All samples before this one are being fetched or were fetched. */
  private int ahead;

  /** Sorted, because the order of {@code Map.of} differs between processes. */
  private final Map<String, String> metadata;

  /**
   * @param standardization null to send images as bytes
   */
  ImageBatches(
      ImageDataset dataset, BatchTask.Produce task, int[] order, Standardization standardization) {
    Augmentation augmentation = task.source().augmentation();
    this.dataset = dataset;
    this.task = task;
    this.order = order;
    this.batchSize = task.source().batchSize();
    this.values = dataset.height() * dataset.width() * dataset.channels();
    this.standardization = standardization;
    this.image = new float[standardization == null ? 0 : values];
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
                standardization == null
                    ? BigDecimal.valueOf(augmentation.rescale()).toPlainString()
                    : "1",
                "offset",
                "0"));
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
    fetchAhead(batch);
    byte[] file =
        reuse != null && reuse.length == layout.bytes() ? reuse : new byte[layout.bytes()];
    layout.writeHeader(file);
    float[] shares = images(batch, samples, file, layout.offset("features"));
    ByteBuffer labels = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    labels.position(layout.offset("labels"));
    if (dataset.hasTargets()) {
      putNumbers(batch, samples, labels);
      if (task.part() == Part.TEST) {
        labels.position(layout.offset(MEAN));
        for (int i = 0; i < samples; i++) {
          labels.putFloat(dataset.mean());
        }
      }
    } else if (shares == null) {
      for (int i = 0; i < samples; i++) {
        labels.putInt(dataset.label(task.part(), order[batch * batchSize + i]));
      }
    } else {
      for (float share : shares) {
        labels.putFloat(share);
      }
    }
    return file;
  }

  /** Starts to fetch the samples of a batch and of the task's next batches. */
  private void fetchAhead(int batch) {
    long end = Math.min((long) task.firstBatch() + task.batchCount(), batch + 2L) * batchSize;
    int until = (int) Math.min(end, order.length);
    for (int i = Math.max(ahead, batch * batchSize); i < until; i++) {
      dataset.fetchAhead(task.part(), order[i]);
    }
    ahead = until;
  }

  private void putNumbers(int batch, int samples, ByteBuffer labels) {
    for (int i = 0; i < samples; i++) {
      labels.putFloat(dataset.target(task.part(), order[batch * batchSize + i]));
    }
  }

  private SafetensorsLayout layout(int samples) {
    var tensors = new ArrayList<TensorSpec>();
    if (dataset.hasTargets()) {
      tensors.add(new TensorSpec("labels", DType.F32, List.of(samples, 1)));
    } else if (mixing.isEmpty()) {
      tensors.add(new TensorSpec("labels", DType.I32, List.of(samples)));
    } else {
      tensors.add(new TensorSpec("labels", DType.F32, List.of(samples, classes())));
    }
    tensors.add(
        new TensorSpec(
            "features",
            standardization == null ? DType.U8 : DType.F32,
            List.of(samples, dataset.height(), dataset.width(), dataset.channels())));
    if (dataset.hasTargets() && task.part() == Part.TEST) {
      tensors.add(new TensorSpec(MEAN, DType.F32, List.of(samples, 1)));
    }
    return new SafetensorsLayout(tensors, metadata);
  }

  /** Writes the features and returns the shares of the labels, or null if no samples are mixed. */
  private float[] images(int batch, int samples, byte[] file, int at) {
    if (standardization != null && mixing.isEmpty()) {
      for (int i = 0; i < samples; i++) {
        levels(order[batch * batchSize + i]);
        standardized(file, at + i * values * Float.BYTES);
      }
      return null;
    }
    byte[] bytes = standardization == null ? file : new byte[samples * values];
    int start = standardization == null ? at : 0;
    for (int i = 0; i < samples; i++) {
      image(order[batch * batchSize + i], bytes, start + i * values);
    }
    float[] shares = mixing.isEmpty() ? null : mixed(batch, samples, bytes, start);
    if (standardization != null) {
      for (int i = 0; i < samples; i++) {
        levels(bytes, i * values);
        standardized(file, at + i * values * Float.BYTES);
      }
    }
    return shares;
  }

  /** Transforms a sample and keeps fractions of levels. */
  private void levels(int sample) {
    byte[] pixels = dataset.pixels(task.part(), sample);
    if (pipeline == null) {
      levels(pixels, 0);
    } else {
      pipeline.apply(task.source().seed(), task.epoch(), sample, pixels, image, 0);
    }
  }

  private void levels(byte[] bytes, int at) {
    for (int i = 0; i < values; i++) {
      image[i] = bytes[at + i] & 0xFF;
    }
  }

  private void standardized(byte[] file, int at) {
    standardization.apply(image);
    for (int i = 0; i < values; i++) {
      FLOATS.set(file, at + i * Float.BYTES, image[i]);
    }
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
