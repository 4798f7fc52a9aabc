package io.millrace.trainer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.ModelSpec;
import io.millrace.contracts.request.OptimizerSpec;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.trainer.dl4j.device.Backend;
import io.millrace.trainer.dl4j.device.Residence;
import io.millrace.trainer.network.Batch;
import io.millrace.trainer.network.TrainingMemory;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntFunction;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;

/** Compares a network's estimated memory with the memory that two steps allocate. */
class MemoryEstimateTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int BATCH = 32;

  /** Headers, indices and strings, which the estimate does not count. */
  private static final long SMALL = 1 << 19;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'Conv2D','filters':8,'kernel_size':3,'activation':'relu'},{'type':'Flatten'}",
        "{'type':'Conv2D','filters':8,'kernel_size':3,'activation':'gelu'},{'type':'Flatten'}",
        "{'type':'Dense','units':8,'activation':'relu'},{'type':'GlobalMaxPooling2D'}",
        "{'type':'SeparableConv2D','filters':8,'kernel_size':3,'depth_multiplier':4},"
            + "{'type':'Flatten'}",
        "{'type':'DepthwiseConv2D','kernel_size':3,'depth_multiplier':4,'activation':'relu'},"
            + "{'type':'Flatten'}",
        "{'type':'BatchNormalization'},{'type':'Flatten'}",
        "{'type':'PReLU'},{'type':'GroupNormalization','groups':1},{'type':'UnitNormalization'},"
            + "{'type':'Cropping2D','cropping':1},{'type':'UpSampling2D'},{'type':'Flatten'}",
        "{'type':'Conv2DTranspose','filters':8,'kernel_size':4,'strides':2,'padding':'same',"
            + "'activation':'relu'},{'type':'GlobalAveragePooling2D'}",
        "{'type':'AveragePooling2D'},{'type':'MaxPooling2D'},{'type':'Flatten'}",
        "{'type':'Dense','units':3},{'type':'Normalization','mean':1,'variance':2},"
            + "{'type':'Resizing','height':80,'width':50},"
            + "{'type':'CenterCrop','height':70,'width':40},"
            + "{'type':'Resizing','height':30,'width':50,'interpolation':'nearest'},"
            + "{'type':'Flatten'}",
        "{'type':'GaussianNoise','stddev':0.1},{'type':'ZeroPadding2D'},{'type':'Flatten'}",
        "{'type':'Conv2D','filters':8,'kernel_size':3,'padding':'same','name':'a'},"
            + "{'type':'Conv2D','filters':8,'kernel_size':3,'padding':'same','name':'b',"
            + "'activity_regularizer':'l2'},{'type':'Add','inputs':['a','b'],'name':'c'},"
            + "{'type':'Multiply','inputs':['a','b','c']},{'type':'Flatten'}",
        "{'type':'Conv2D','filters':8,'kernel_size':3,'name':'a'},"
            + "{'type':'Conv2D','filters':8,'kernel_size':3,'inputs':['input'],'name':'b'},"
            + "{'type':'Maximum','inputs':['a','b','a'],'name':'c'},"
            + "{'type':'Concatenate','inputs':['a','b','c']},{'type':'Flatten'}",
        "{'type':'Conv2D','filters':8,'kernel_size':3,'name':'a'},"
            + "{'type':'GlobalAveragePooling2D','keepdims':true,'name':'b'},"
            + "{'type':'Minimum','inputs':['a','b'],'name':'c'},"
            + "{'type':'Average','inputs':['a','b','c','b']},{'type':'Flatten'}"
      })
  void trainingOnImagesUsesNoMoreMemoryThanEstimated(String layers) {
    usesNoMoreThanEstimated(
        "{'dataset':{'name':'i'},'loss':'categorical_crossentropy','optimizer':{'type':'Adam'},"
            + "'model':{'layers':["
            + layers
            + ",{'type':'Dense','units':4,'activation':'softmax'}]}}",
        Samples.imageData(64, 64, 3, 4),
        size -> Samples.imageBatch(size, 64, 64, 3, 4, 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'LSTM','units':64}",
        "{'type':'LSTM','units':64,'return_sequences':true,'dropout':0.1,'go_backwards':true},"
            + "{'type':'Flatten'}",
        "{'type':'GRU','units':64}",
        "{'type':'Dense','units':64},{'type':'LSTM','units':64,'dropout':0.1,"
            + "'recurrent_dropout':0.1}",
        "{'type':'Dense','units':64},{'type':'Bidirectional','layer':{'type':'GRU','units':64,"
            + "'dropout':0.1,'recurrent_dropout':0.1}}",
        "{'type':'Conv1DTranspose','filters':16,'kernel_size':4,'strides':2},{'type':'Flatten'}",
        "{'type':'Flatten'},{'type':'Embedding','input_dim':1000,'output_dim':16},"
            + "{'type':'GlobalAveragePooling1D'}",
        "{'type':'SimpleRNN','units':64,'return_sequences':true},{'type':'Flatten'}",
        "{'type':'Bidirectional','layer':{'type':'GRU','units':64}}",
        "{'type':'Bidirectional','layer':{'type':'LSTM','units':64,'return_sequences':true}},"
            + "{'type':'Flatten'}",
        "{'type':'Conv1D','filters':64,'kernel_size':5,'activation':'relu'},{'type':'Flatten'}",
        "{'type':'Dense','units':64},{'type':'LayerNormalization'},"
            + "{'type':'GlobalAveragePooling1D'}",
        "{'type':'Dense','units':64},{'type':'TimeDistributed','layer':{'type':'Dense','units':64,"
            + "'activation':'relu'}},{'type':'Flatten'}",
        "{'type':'Dense','units':64},{'type':'Attention','use_scale':true,'dropout':0.1},"
            + "{'type':'GlobalAveragePooling1D'}",
        "{'type':'Dense','units':16},{'type':'Attention','score_mode':'concat'},"
            + "{'type':'GlobalAveragePooling1D'}",
        "{'type':'Dense','units':16},{'type':'MultiHeadAttention','num_heads':4,'key_dim':32,"
            + "'value_dim':8,'dropout':0.1},{'type':'GlobalAveragePooling1D'}",
        "{'type':'Dense','units':64},{'type':'Permute','dims':[2,1]},{'type':'Flatten'}"
      })
  void trainingOnSeriesUsesNoMoreMemoryThanEstimated(String layers) {
    usesNoMoreThanEstimated(
        "{'dataset':{'name':'s','column':'c','window':200,'horizon':1},'loss':'mse',"
            + "'optimizer':{'type':'Adam'},'model':{'layers':["
            + layers
            + ",{'type':'Dense','units':1}]}}",
        Samples.seriesData(200, 1),
        size -> Samples.sineBatch(size, 200, 1, 1));
  }

  @Test
  void aNetworkThatNeedsTooMuchMemoryIsRefusedWithTheAmount() {
    TrainingRequest request =
        request(
            "{'dataset':{'name':'i'},'loss':'categorical_crossentropy','model':{'layers':["
                + "{'type':'SeparableConv2D','filters':8,'kernel_size':3},{'type':'Flatten'},"
                + "{'type':'Dense','units':4,'activation':'softmax'}]}}");
    NetworkPlan plan = NetworkPlan.of(request, Samples.imageData(64, 64, 3, 4));
    long needed = new MemoryEstimate(plan).nativeBytes(request.optimizer(), BATCH);
    var memory = new TrainingMemory(needed, new MemoryEstimate(plan).heapBytes(BATCH));

    memory.refuseAbove(needed, memory.heapBytes(), BATCH);
    assertThatThrownBy(() -> memory.refuseAbove(needed - 1, memory.heapBytes(), BATCH))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageStartingWith(
            "model: needs about " + ((needed + (1 << 20) - 1) >> 20) + " MB of memory")
        .hasMessageContaining("smaller batch_size");
    assertThatThrownBy(() -> memory.refuseAbove(needed, memory.heapBytes() - 1, BATCH))
        .hasMessageContaining("MB of the trainer's heap");
  }

  @Test
  void largeBatchesAndWideRecurrentLayersNeedALotOfMemory() {
    OptimizerSpec adam = Samples.adam(1e-3);
    var images =
        new MemoryEstimate(
            NetworkPlan.of(
                new ModelSpec(
                    List.of(Samples.conv(32, 3), Samples.flatten(), Samples.dense(4, null))),
                List.of(150, 150, 3)));
    assertThat(images.nativeBytes(adam, 16)).isLessThan(1L << 30);
    assertThat(images.nativeBytes(adam, 4_096)).isGreaterThan(1L << 30);
    var wide =
        new MemoryEstimate(
            NetworkPlan.of(
                new ModelSpec(List.of(Samples.lstm(2_048, false), Samples.dense(1, null))),
                List.of(60, 1)));
    assertThat(wide.heapBytes(16)).isGreaterThan(192L << 20);
  }

  @Test
  void theMemoryEstimateIncludesTheStateOfEveryOptimizer() {
    NetworkPlan plan =
        NetworkPlan.of(
            new ModelSpec(List.of(Samples.flatten(), Samples.dense(4, null))),
            List.of(150, 150, 3));
    long plain = new MemoryEstimate(plan).nativeBytes(optimizer("SGD", ""), 8);
    long slot = 4 * plan.parameters();
    String[][] slots = {
      {"SGD", ",\"momentum\":0.9", "1"},
      {"Adagrad", "", "1"},
      {"Adadelta", "", "2"},
      {"RMSprop", "", "1"},
      {"RMSprop", ",\"momentum\":0.9,\"centered\":true", "3"},
      {"Adam", "", "2"},
      {"AdamW", ",\"amsgrad\":true", "3"},
      {"Adamax", "", "2"},
      {"Nadam", "", "2"},
      {"Ftrl", "", "2"},
      {"Lion", "", "1"}
    };
    for (String[] row : slots) {
      assertThat(new MemoryEstimate(plan).nativeBytes(optimizer(row[0], row[1]), 8) - plain)
          .as(row[0] + row[1])
          .isEqualTo(Long.parseLong(row[2]) * slot);
    }
  }

  private static OptimizerSpec optimizer(String type, String fields) {
    String json = "{\"type\":\"" + type + "\"" + fields + "}";
    return Messages.readStrictly(json.getBytes(), OptimizerSpec.class);
  }

  private static void usesNoMoreThanEstimated(
      String json, DatasetDescription data, IntFunction<Batch> batches) {
    TrainingRequest request = request(json);
    NetworkPlan plan = NetworkPlan.of(request, data);
    Backend.get();
    // Loading classes counts as allocated memory, so steps with a small batch load them first.
    measure(plan, request, batches.apply(2));
    Used used = measure(plan, request, batches.apply(BATCH));

    assertThat(used.nativeBytes)
        .as("native memory")
        .isLessThanOrEqualTo(
            new MemoryEstimate(plan).nativeBytes(request.optimizer(), BATCH) + SMALL);
    assertThat(used.keptHeap)
        .as("heap memory")
        .isLessThanOrEqualTo(new MemoryEstimate(plan).heapBytes(BATCH) + SMALL);
  }

  private static TrainingRequest request(String json) {
    return Messages.readRequest(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  /**
   * @param nativeBytes parameters, gradients, everything that a step allocates, and the stages' own
   *     memory
   * @param keptHeap memory that only the first step allocates and later ones reuse
   */
  private record Used(long nativeBytes, long keptHeap) {}

  private static Used measure(NetworkPlan plan, TrainingRequest request, Batch batch) {
    long pointers = Pointer.totalBytes();
    try (Dl4jNetwork network = new Dl4jNetwork(plan, request, Residence.HOST)) {
      long created = allocated();
      network.step(batch, 0);
      long first = allocated() - created;
      network.step(batch, 1);
      long second = allocated() - created - first;
      long step =
          Nd4j.getWorkspaceManager().getAllWorkspacesForCurrentThread().stream()
              .mapToLong(MemoryWorkspace::getCurrentSize)
              .sum();
      long weights = 2 * Float.BYTES * (plan.parameters() + plan.nonTrainableParameters());
      long owned = Math.max(0, Pointer.totalBytes() - pointers);
      return new Used(weights + step + owned, first - second);
    }
  }

  private static long allocated() {
    return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
  }
}
