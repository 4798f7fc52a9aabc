package io.millrace.trainer.dl4j;

import io.millrace.contracts.request.TrainingRequest;
import io.millrace.trainer.model.NetworkPlan;
import io.millrace.trainer.network.Batch;
import io.millrace.trainer.network.Labels;
import io.millrace.trainer.network.Network;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network of Deeplearning4j's. Its parameters, gradients and optimizer state live in a {@link
 * MultiLayerNetwork}, which is also what is saved; a step runs the layers one by one, which leaves
 * the outputs of the training pass to look at and costs no pass of its own.
 */
final class Dl4jNetwork implements Network {
  private static final AtomicLong COUNT = new AtomicLong();

  private final TrainingRequest request;
  private final MultiLayerNetwork network;
  private final List<Stage> stages;
  private final OutputLoss loss;
  private final INDArray parameters;
  private final INDArray gradient;
  private final INDArray state;
  private final UpdateRule rule;
  private final Penalties penalties;
  private final WeightConstraints constraints;
  private final int outputs;
  private final Residence residence;
  private final BatchInput input;

  /** Everything that a step allocates; given back, not freed, at its end. */
  private final String scope = "millrace-" + COUNT.getAndIncrement();

  private final WorkspaceConfiguration memory =
      WorkspaceConfiguration.builder()
          .policyAllocation(AllocationPolicy.STRICT)
          .policyLearning(LearningPolicy.FIRST_LOOP)
          .build();
  private final LayerWorkspaceMgr workspaces =
      LayerWorkspaceMgr.builder().defaultWorkspace(scope, memory).build();

  /**
   * @param residence of the arrays on the device in use
   */
  Dl4jNetwork(NetworkPlan plan, TrainingRequest request, Residence residence) {
    this.request = request;
    this.residence = residence;
    this.input = new BatchInput(residence);
    List<Part> parts = Part.of(plan);
    this.network =
        new MultiLayerNetwork(NetworkConfiguration.of(parts, plan.inputShape(), request));
    network.init();
    network.initGradientsView();
    this.outputs = plan.outputs();
    this.loss = new OutputLoss(request.loss(), outputs);
    FloatBuffer initial = FloatBuffer.allocate(Math.toIntExact(network.numParams()));
    KerasWeights.write(plan, request.seed(), initial);
    residence.write(initial.array(), network.params());
    this.parameters = flat(network.params());
    this.gradient = flat(network.getGradientsViewArray());
    this.state = flat(network.getUpdater().getStateViewArray());
    UpdateRule.initialize(request.optimizer(), state);
    this.rule = UpdateRule.of(request.optimizer(), state);
    List<WeightSlot> slots = WeightSlot.of(parts);
    this.penalties = new Penalties(slots, parameters, gradient);
    this.constraints = new WeightConstraints(slots, parameters, residence);
    this.stages =
        new StageFactory(network, request, residence, workspaces, scope, memory).stages(parts);
  }

  /** A view in one dimension, null for none. */
  private static INDArray flat(INDArray array) {
    return array == null ? null : array.reshape(array.length());
  }

  @Override
  @SuppressWarnings("try")
  public Outputs step(Batch batch, long step) {
    try (MemoryWorkspace ws = open()) {
      float[] values = forward(batch, new Stage.Pass(true, step));
      float[] targets = targets(batch);
      backward(loss.gradient(values, targets), batch.size());
      double penalty = penalties.value();
      penalties.addGradients();
      rule.apply(parameters, gradient, step);
      constraints.apply();
      stages.forEach(Stage::updated);
      return new Outputs(loss.mean(values, targets) + penalty, values);
    } finally {
      stages.forEach(Stage::clear);
    }
  }

  @Override
  @SuppressWarnings("try")
  public Outputs evaluate(Batch batch) {
    try (MemoryWorkspace ws = open()) {
      float[] values = forward(batch, new Stage.Pass(false, 0));
      return new Outputs(loss.mean(values, targets(batch)) + penalties.value(), values);
    } finally {
      stages.forEach(Stage::clear);
    }
  }

  private MemoryWorkspace open() {
    return Nd4j.getWorkspaceManager().getAndActivateWorkspace(memory, scope);
  }

  private float[] forward(Batch batch, Stage.Pass pass) {
    INDArray values = input.of(batch);
    for (Stage stage : stages) {
      values = stage.forward(values, pass);
    }
    return residence.read(values);
  }

  private void backward(float[] gradient, int size) {
    INDArray epsilon = Nd4j.create(gradient, new long[] {size, outputs}, 'c');
    Stage output = stages.get(stages.size() - 1);
    epsilon =
        loss.beforeActivation()
            ? ((DenseStage) output).backwardLinear(epsilon)
            : output.backward(epsilon);
    for (int i = stages.size() - 2; i >= 0 && epsilon != null; i--) {
      epsilon = stages.get(i).backward(epsilon);
    }
  }

  private float[] targets(Batch batch) {
    return Labels.of(batch, request.dataset()).targets(outputs);
  }

  @Override
  public void save(Path file) throws IOException {
    if (Files.exists(file)) {
      throw new FileAlreadyExistsException(file.toString());
    }
    ModelSerializer.writeModel(network, file.toFile(), true);
  }

  @Override
  public void restore(Path file) throws IOException {
    MultiLayerNetwork saved = ModelSerializer.restoreMultiLayerNetwork(file.toFile(), true);
    if (saved.numParams() != network.numParams()) {
      throw new IOException(
          file + " holds " + saved.numParams() + " parameters, not " + network.numParams());
    }
    parameters.assign(flat(saved.params()));
    if (state != null) {
      state.assign(flat(saved.getUpdater().getStateViewArray()));
    }
    saved.close();
  }

  /** The network as Deeplearning4j knows it. */
  MultiLayerNetwork network() {
    return network;
  }

  @Override
  public void close() {
    stages.forEach(Stage::close);
    input.close();
    if (Nd4j.getWorkspaceManager().checkIfWorkspaceExists(scope)) {
      Nd4j.getWorkspaceManager()
          .destroyWorkspace(Nd4j.getWorkspaceManager().getWorkspaceForCurrentThread(scope));
    }
    network.close();
  }
}
