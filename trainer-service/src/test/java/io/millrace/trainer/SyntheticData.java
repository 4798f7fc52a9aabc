package io.millrace.trainer;

import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.Part;
import io.millrace.contracts.tensor.DType;
import io.millrace.contracts.tensor.SafetensorsLayout;
import io.millrace.contracts.tensor.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Small data sets: {@code stripes}, images of 4 by 4 pixels whose class is their brightest row, and
 * {@code wave}, a sine with noise. Batches are pure functions of their task.
 */
public final class SyntheticData {
  static final int CLASSES = 3;
  private static final int SIDE = 4;

  private SyntheticData() {}

  public static DatasetDescription describe(DatasetSpec dataset) {
    if (dataset instanceof DatasetSpec.Series series) {
      return new DatasetDescription(
          null,
          List.of(series.window(), 1),
          90,
          20,
          30,
          null,
          null,
          new DatasetDescription.SeriesScale(
              10.0,
              20.0,
              series.horizon(),
              IntStream.range(0, 30).mapToObj(i -> "2020-01-%02d".formatted(i + 1)).toList()),
          0);
    }
    return new DatasetDescription(
        null,
        List.of(SIDE, SIDE, 1),
        100,
        0,
        40,
        List.of("top", "upper", "lower"),
        List.of(50, 25, 25),
        null,
        0);
  }

  public static int batches(DatasetSpec dataset, Part part, int batchSize) {
    return (describe(dataset).samples(part) + batchSize - 1) / batchSize;
  }

  public static byte[] batch(BatchTask.Produce task, int index) {
    DatasetSpec dataset = task.source().dataset();
    int batchSize = task.source().batchSize();
    int first = index * batchSize;
    int size = Math.min(batchSize, describe(dataset).samples(task.part()) - first);
    var random =
        new Random(31L * index + 1_009L * task.epoch() + 7_919L * task.part().ordinal() + 1);
    return dataset instanceof DatasetSpec.Series series
        ? series(series, size, first, random)
        : images(labels(task, size), size, random);
  }

  /**
   * Classes, or shares if samples are mixed; the data set {@code frayed} has labels of a wrong
   * rank.
   */
  private static TensorSpec labels(BatchTask.Produce task, int size) {
    if (task.source().dataset().name().equals("frayed")) {
      return new TensorSpec("labels", DType.I32, List.of(size, 1));
    }
    return task.part() == Part.TRAIN && task.source().augmentation().mixesLabels()
        ? new TensorSpec("labels", DType.F32, List.of(size, CLASSES))
        : new TensorSpec("labels", DType.I32, List.of(size));
  }

  /**
   * An augmentation service's statistics file if each sample is standardized on its own: it has no
   * tensors.
   */
  static byte[] standardization(Augmentation augmentation) {
    var layout =
        new SafetensorsLayout(
            List.of(), Map.of("samplewise_center", augmentation.samplewiseCenter().toString()));
    byte[] file = new byte[layout.bytes()];
    layout.writeHeader(file);
    return file;
  }

  private static byte[] images(TensorSpec labels, int size, Random random) {
    var layout =
        new SafetensorsLayout(
            List.of(labels, new TensorSpec("features", DType.U8, List.of(size, SIDE, SIDE, 1))),
            Map.of("scale", Float.toString(1 / 255f), "offset", "0"));
    byte[] file = new byte[layout.bytes()];
    layout.writeHeader(file);
    ByteBuffer out = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < size; i++) {
      int label = Math.max(0, random.nextInt(CLASSES + 1) - 1);
      if (labels.dtype() == DType.F32) {
        // The sample's class has a share of three quarters, the next class a quarter.
        int row = layout.offset("labels") + 4 * CLASSES * i;
        out.putFloat(row + 4 * label, 0.75f).putFloat(row + 4 * ((label + 1) % CLASSES), 0.25f);
      } else {
        out.putInt(layout.offset("labels") + 4 * i, label);
      }
      for (int p = 0; p < SIDE * SIDE; p++) {
        int value = random.nextInt(120) + (p / SIDE == label ? 100 : 0);
        out.put(layout.offset("features") + i * SIDE * SIDE + p, (byte) value);
      }
    }
    return file;
  }

  private static byte[] series(DatasetSpec.Series series, int size, int first, Random random) {
    int window = series.window();
    int horizon = series.horizon();
    var layout =
        new SafetensorsLayout(
            List.of(
                new TensorSpec("features", DType.F32, List.of(size, window, 1)),
                new TensorSpec("labels", DType.F32, List.of(size, horizon))),
            Map.of());
    byte[] file = new byte[layout.bytes()];
    layout.writeHeader(file);
    ByteBuffer out = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < size; i++) {
      for (int t = 0; t < window + horizon; t++) {
        float value =
            (float) (0.5 + 0.4 * Math.sin((first + i + t) * 0.7) + 0.01 * random.nextGaussian());
        int offset =
            t < window
                ? layout.offset("features") + 4 * (i * window + t)
                : layout.offset("labels") + 4 * (i * horizon + t - window);
        out.putFloat(offset, value);
      }
    }
    return file;
  }
}
