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
 * The rules for tensors in a data set's batches. A batch that passed {@link #check} needs no other
 * check: its shapes are the data's, its classes exist, and shares of classes sum to 1.
 */
final class BatchRules {
  /** Shares are sums of single-precision products, whose error is about 1e-6. */
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
          "features", text(features) + " does not fit samples of the shape " + data.sampleShape());
    }
  }

  private void checkAnswer(String name, TensorSpec answer, int size) {
    if (!isOf(answer, DType.F32, size, data.labelValues())) {
      throw new InvalidMessageException(
          name, text(answer) + " does not fit " + size + " samples; give " + expected(size));
    }
  }

  private static boolean isOf(TensorSpec spec, DType dtype, Integer... shape) {
    return spec.dtype() == dtype && spec.shape().equals(List.of(shape));
  }

  private void require(boolean fits, TensorSpec labels, int size) {
    if (!fits) {
      throw new InvalidMessageException(
          "labels", text(labels) + " does not fit " + size + " samples; give " + expected(size));
    }
  }

  private String expected(int size) {
    var expected = new ArrayList<String>();
    if (!data.predictsClasses()) {
      expected.add("F32 " + List.of(size, data.labelValues()));
    } else {
      expected.add("I32 " + List.of(size));
      expected.add("F32 " + List.of(size, data.classes().size()) + " for mixed training samples");
    }
    return String.join(", or ", expected);
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
            classes.get(i) + " is not a class; give 0 to " + (data.classes().size() - 1));
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
      // Written so that NaN fails.
      if (!(Math.abs(sum - 1) <= TOLERANCE && least >= 0)) {
        throw new InvalidMessageException(
            "labels[" + i + "]", "the shares of the classes must be 0 to 1 and sum to 1");
      }
    }
  }
}
