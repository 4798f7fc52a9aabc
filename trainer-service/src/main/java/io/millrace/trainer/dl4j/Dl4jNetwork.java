package io.millrace.trainer.dl4j;

import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.trainer.dl4j.device.Floats;
import io.millrace.trainer.dl4j.device.Residence;
import io.millrace.trainer.dl4j.layers.Stage;
import io.millrace.trainer.dl4j.optimizer.Optimizer;
import io.millrace.trainer.dl4j.parts.NetworkPart;
import io.millrace.trainer.dl4j.weights.Extent;
import io.millrace.trainer.dl4j.weights.KerasWeights;
import io.millrace.trainer.dl4j.weights.Penalties;
import io.millrace.trainer.dl4j.weights.WeightConstraints;
import io.millrace.trainer.dl4j.weights.WeightSlot;
import io.millrace.trainer.network.Batch;
import io.millrace.trainer.network.Labels;
import io.millrace.trainer.network.Network;
import io.millrace.trainer.network.OutputLoss;
import io.millrace.trainer.network.Weights;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network on Deeplearning4j. Its parameters and gradients are in a {@link Dl4jModel}, which is
 * also what is saved, beside the optimizer's state. A step runs the layers one by one; so the
 * outputs of the training pass are available without another pass.
 */
final class Dl4jNetwork implements Network {
  private static final AtomicLong COUNT = new AtomicLong();

  private final TrainingRequest request;
  private final Dl4jModel network;
  private final StageGraph stages;
  private final List<WeightSlot> slots;
  private final List<String> names;
  private final OutputLoss loss;
  private final float[] classWeights;
  private final INDArray parameters;
  private final INDArray gradient;
  private final Optimizer optimizer;
  private final Penalties penalties;
  private final WeightConstraints constraints;
  private final int outputs;
  private final Residence residence;
  private final BatchInput input;
  private final List<Integer> sample;

  /** The workspace for everything that a step allocates; reset, not freed, at its end. */
  private final String scope = "millrace-" + COUNT.getAndIncrement();

  private final WorkspaceConfiguration memory =
      WorkspaceConfiguration.builder()
          .policyAllocation(AllocationPolicy.STRICT)
          .policyLearning(LearningPolicy.FIRST_LOOP)
          .build();
  private final LayerWorkspaceMgr workspaces =
      LayerWorkspaceMgr.builder().defaultWorkspace(scope, memory).build();

  /**
   * @param residence where arrays are on the current device
   */
  Dl4jNetwork(NetworkPlan plan, TrainingRequest request, Residence residence) {
    this.request = request;
    this.residence = residence;
    this.input = new BatchInput(residence);
    this.sample = plan.inputShape();
    List<NetworkPart> parts = NetworkPart.of(plan);
    this.network = Dl4jModels.of(parts, plan.inputShape(), request);
    this.outputs = plan.outputs();
    this.loss = new OutputLoss(request.loss(), outputs, plan.units());
    this.classWeights = floats(plan.classWeights());
    FloatBuffer initial = FloatBuffer.allocate(Math.toIntExact(network.numParams()));
    KerasWeights.write(plan, request.seed(), initial);
    residence.write(initial.array(), network.params());
    this.parameters = flat(network.params());
    this.gradient = flat(network.gradients());
    this.slots = WeightSlot.of(parts);
    this.names = plan.layers().stream().map(layer -> layer.summary().name()).toList();
    this.optimizer =
        new Optimizer(request.optimizer(), Extent.trainable(slots), network.numParams());
    this.penalties = new Penalties(slots, parameters, gradient);
    this.constraints = new WeightConstraints(slots, parameters, residence);
    this.stages =
        new StageFactory(network, request, residence, workspaces, scope, memory).stages(parts);
  }

  /** A one-dimensional view; null for null. */
  private static INDArray flat(INDArray array) {
    return array == null ? null : array.reshape(array.length());
  }

  @Override
  public double rate(long step) {
    return request.optimizer().learningRate().at(step);
  }

  @Override
  @SuppressWarnings("try")
  public Outputs step(Batch batch, long step, double rate) {
    try (MemoryWorkspace ws = open()) {
      float[] values = forward(batch, new Stage.Pass(true, step));
      Labels labels = Labels.of(batch, request.dataset());
      float[] targets = labels.targets(outputs);
      float[] weights = weights(labels);
      backward(loss.gradient(values, targets, weights), batch.size());
      double penalty = penalties.value() + stages.penalty();
      penalties.addGradients();
      update(step, rate);
      constraints.apply();
      return new Outputs(loss.mean(values, targets, weights) + penalty, values);
    } finally {
      stages.clear();
    }
  }

  @Override
  @SuppressWarnings("try")
  public Outputs evaluate(Batch batch) {
    try (MemoryWorkspace ws = open()) {
      float[] values = forward(batch, new Stage.Pass(false, 0));
      return new Outputs(
          loss.mean(values, targets(batch)) + penalties.value() + stages.penalty(), values);
    } finally {
      stages.clear();
    }
  }

  private MemoryWorkspace open() {
    return Nd4j.getWorkspaceManager().getAndActivateWorkspace(memory, scope);
  }

  private float[] forward(Batch batch, Stage.Pass pass) {
    return residence.read(stages.forward(input.of(batch, sample), pass));
  }

  private void backward(float[] gradient, int size) {
    INDArray epsilon = Nd4j.create(gradient, new long[] {size, outputs}, 'c');
    stages.backward(epsilon, loss.beforeActivation());
  }

  /** On a device the numbers are copied to the host and back: the update is the same everywhere. */
  private void update(long step, double rate) {
    if (residence == Residence.HOST) {
      optimizer.apply(Floats.pointer(parameters), Floats.pointer(gradient), step, rate);
      return;
    }
    float[] weights = residence.read(parameters);
    try (var w = new FloatPointer(weights);
        var g = new FloatPointer(residence.read(gradient))) {
      optimizer.apply(w, g, step, rate);
      w.get(weights);
    }
    residence.write(weights, parameters);
  }

  /** Each sample's weight by its class; null if classes have equal weights. */
  private float[] weights(Labels labels) {
    if (classWeights.length == 0) {
      return null;
    }
    float[] weights = new float[labels.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = classWeights[labels.classOf(i)];
    }
    return weights;
  }

  private static float[] floats(List<Double> numbers) {
    float[] floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = numbers.get(i).floatValue();
    }
    return floats;
  }

  @Override
  public boolean isFinite() {
    // A sum with a non-finite term is not finite; a sum of finite numbers may overflow.
    return Double.isFinite(parameters.sumNumber().doubleValue()) || isFiniteOneByOne();
  }

  private boolean isFiniteOneByOne() {
    for (float value : residence.read(parameters)) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  private float[] targets(Batch batch) {
    return Labels.of(batch, request.dataset()).targets(outputs);
  }

  @Override
  public void save(Path file) throws IOException {
    NetworkFile.write(file, network, optimizer, residence);
  }

  @Override
  public void restore(Path file) throws IOException {
    NetworkFile.read(file, network, optimizer, residence);
  }

  @Override
  public void assign(String name, float[] values) {
    WeightSlot slot =
        slots.stream().filter(one -> name(one).equals(name)).findFirst().orElseThrow();
    slot.write(values, parameters, residence);
  }

  private String name(WeightSlot slot) {
    return names.get(slot.layer()) + "/" + slot.variable().name();
  }

  @Override
  public List<Weights> weights() {
    return WeightSlot.inKerasOrder(slots).stream()
        .map(
            slot ->
                new Weights(
                    name(slot),
                    Arrays.stream(slot.variable().shape()).boxed().toList(),
                    () -> slot.read(parameters, residence)))
        .toList();
  }

  /** The network as Deeplearning4j's type. */
  Model model() {
    return network.model();
  }

  @Override
  public void close() {
    stages.close();
    input.close();
    optimizer.close();
    if (Nd4j.getWorkspaceManager().checkIfWorkspaceExists(scope)) {
      Nd4j.getWorkspaceManager()
          .destroyWorkspace(Nd4j.getWorkspaceManager().getWorkspaceForCurrentThread(scope));
    }
    network.close();
  }
}
