package io.millrace.trainer.feed;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.Part;
import io.millrace.contracts.tensor.DType;
import io.millrace.contracts.tensor.Safetensors.Tensor;
import io.millrace.contracts.tensor.TensorSpec;
import io.millrace.trainer.network.Batch;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What the tensors of a data set's batches must be. A batch that was checked needs no second look:
 * its shapes are the data's, its classes exist, and shares of classes sum to 1.
 */
final class BatchRules {
  /** Shares are sums of single precision's products, which stray from 1 by some 1e-6. */
  private static final double TOLERANCE = 1e-3;

  private static final int IMAGE_RANK = 3;

  private final DatasetDescription data;

  BatchRules(DatasetDescription data) {
    this.data = data;
  }

  /**
   * Checks a batch.
   *
   * @throws InvalidMessageException naming the tensor
   */
  void check(Batch batch) {
    checkFeatures(batch.features().spec());
    TensorSpec labels = batch.labels().spec();
    int size = batch.size();
    if (!data.predictsClasses()) {
      require(isOf(labels, DType.F32, size, data.labelValues()), labels, size);
      batch.answers().forEach((name, answer) -> checkAnswer(name, answer.spec(), size));
    } else if (labels.dtype() == DType.I32) {
      require(isOf(labels, DType.I32, size), labels, size);
      checkClasses(batch.labels());
    } else {
      boolean mayMix = batch.part() == Part.TRAIN;
      require(mayMix && isOf(labels, DType.F32, size, data.classes().size()), labels, size);
      checkShares(batch.labels());
    }
  }

  private void checkFeatures(TensorSpec features) {
    List<Integer> shape = features.shape();
    boolean fits =
        shape.size() == data.sampleShape().size() + 1
            && shape.get(0) > 0
            && shape.subList(1, shape.size()).equals(data.sampleShape());
    boolean bytes = features.dtype() == DType.U8 && data.sampleShape().size() == IMAGE_RANK;
    if (!fits || !bytes && features.dtype() != DType.F32) {
      throw new InvalidMessageException(
          "features", text(features) + " are no samples of the shape " + data.sampleShape());
    }
  }

  private void checkAnswer(String name, TensorSpec answer, int size) {
    if (!isOf(answer, DType.F32, size, data.labelValues())) {
      throw new InvalidMessageException(
          name, text(answer) + " does not answer " + size + " samples; it is " + known(size));
    }
  }

  private static boolean isOf(TensorSpec spec, DType dtype, Integer... shape) {
    return spec.dtype() == dtype && spec.shape().equals(List.of(shape));
  }

  private void require(boolean fits, TensorSpec labels, int size) {
    if (!fits) {
      throw new InvalidMessageException(
          "labels", text(labels) + " do not label " + size + " samples; they are " + known(size));
    }
  }

  private String known(int size) {
    var known = new ArrayList<String>();
    if (!data.predictsClasses()) {
      known.add("F32 " + List.of(size, data.labelValues()));
    } else {
      known.add("I32 " + List.of(size));
      known.add("of mixed training samples F32 " + List.of(size, data.classes().size()));
    }
    return String.join(", or ", known);
  }

  private static String text(TensorSpec spec) {
    return spec.dtype() + " " + spec.shape();
  }

  private void checkClasses(Tensor labels) {
    IntBuffer classes = labels.data().asIntBuffer();
    for (int i = 0; i < labels.spec().elements(); i++) {
      if (classes.get(i) < 0 || classes.get(i) >= data.classes().size()) {
        throw new InvalidMessageException(
            "labels[" + i + "]",
            classes.get(i) + " is not a class; they are 0.." + (data.classes().size() - 1));
      }
    }
  }

  private void checkShares(Tensor labels) {
    FloatBuffer shares = labels.data().asFloatBuffer();
    int classes = data.classes().size();
    for (int i = 0; i < labels.spec().shape().get(0); i++) {
      double sum = 0;
      double least = 0;
      for (int c = 0; c < classes; c++) {
        sum += shares.get(i * classes + c);
        least = Math.min(least, shares.get(i * classes + c));
      }
      // Not the other way round, which NaN would pass.
      if (!(Math.abs(sum - 1) <= TOLERANCE && least >= 0)) {
        throw new InvalidMessageException(
            "labels[" + i + "]", "are no shares of classes, 0..1 each and 1 in all");
      }
    }
  }
}
