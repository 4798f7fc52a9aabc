package io.millrace.trainer.dl4j.layers;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Stages in sequence. */
final class ChainStage implements Stage {
  private final List<Stage> stages;

  private ChainStage(List<Stage> stages) {
    this.stages = stages;
  }

  static Stage of(List<Stage> stages) {
    return stages.size() == 1 ? stages.get(0) : new ChainStage(List.copyOf(stages));
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    INDArray values = input;
    for (Stage stage : stages) {
      values = stage.forward(values, pass);
    }
    return values;
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    INDArray gradient = epsilon;
    for (int i = stages.size() - 1; i >= 0 && gradient != null; i--) {
      gradient = stages.get(i).backward(gradient);
    }
    return gradient;
  }

  @Override
  public void clear() {
    stages.forEach(Stage::clear);
  }

  @Override
  public void close() {
    stages.forEach(Stage::close);
  }
}
