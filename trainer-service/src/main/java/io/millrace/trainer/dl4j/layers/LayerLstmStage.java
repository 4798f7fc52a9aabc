package io.millrace.trainer.dl4j.layers;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Deeplearning4j's LSTM layer, which takes {@code [batch, features, time]}: slower than {@link
 * LstmStage}, but it runs on every ND4J backend.
 */
public final class LayerLstmStage implements Stage {
  private final Layer layer;
  private final boolean sequences;
  private final LayerWorkspaceMgr workspaces;
  private long time;

  /**
   * @param scope the workspace of a step
   */
  public LayerLstmStage(
      Layer layer, boolean sequences, String scope, WorkspaceConfiguration memory) {
    this.layer = layer;
    this.sequences = sequences;
    // The layer opens and closes a workspace for every time step, which must not be the training
    // step's.
    this.workspaces =
        LayerWorkspaceMgr.builder()
            .defaultWorkspace(scope, memory)
            .noWorkspaceFor(ArrayType.RNN_FF_LOOP_WORKING_MEM)
            .noWorkspaceFor(ArrayType.RNN_BP_LOOP_WORKING_MEM)
            .build();
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    time = input.size(0);
    INDArray output = layer.activate(toLayer(input), pass.training(), workspaces);
    return sequences ? fromLayer(output) : last(output).dup('c');
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    INDArray whole;
    if (sequences) {
      whole = toLayer(epsilon);
    } else {
      whole = Nd4j.create(DataType.FLOAT, new long[] {epsilon.size(0), epsilon.size(1), time}, 'f');
      last(whole).assign(epsilon);
    }
    return fromLayer(layer.backpropGradient(whole, workspaces).getSecond());
  }

  private INDArray last(INDArray values) {
    return values.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(time - 1));
  }

  private static INDArray toLayer(INDArray values) {
    return values.permute(1, 2, 0).dup('f');
  }

  private static INDArray fromLayer(INDArray values) {
    return values.permute(2, 0, 1).dup('c');
  }

  @Override
  public void clear() {
    layer.clear();
  }
}
