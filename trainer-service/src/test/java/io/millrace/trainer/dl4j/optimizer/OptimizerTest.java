package io.millrace.trainer.dl4j.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.OptimizerSpec;
import io.millrace.trainer.dl4j.device.Backend;
import io.millrace.trainer.dl4j.weights.Extent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares weights after each step with Keras' numbers from {@code keras_optimizers.py}. */
class OptimizerTest {
  private static JsonNode golden;

  @BeforeAll
  static void start() {
    Backend.get();
  }

  static Stream<JsonNode> kerasCases() throws IOException {
    golden =
        new ObjectMapper()
            .readTree(OptimizerTest.class.getResourceAsStream("keras_optimizers.json"));
    return StreamSupport.stream(golden.get("cases").spliterator(), false);
  }

  @ParameterizedTest
  @MethodSource("kerasCases")
  void theWeightsAfterEveryStepMatchKeras(JsonNode given) {
    OptimizerSpec spec =
        Messages.readStrictly(given.get("optimizer").toString().getBytes(), OptimizerSpec.class);
    long first = golden.get("weights").get(0).size();
    float[] start = flat(golden.get("weights"));
    var variables = List.of(new Extent(0, first), new Extent(first, start.length - first));
    try (var optimizer = new Optimizer(spec, variables, start.length);
        var weights = new FloatPointer(start)) {
      for (int step = 0; step < golden.get("gradients").size(); step++) {
        try (var gradient = new FloatPointer(flat(golden.get("gradients").get(step)))) {
          optimizer.apply(weights, gradient, step, spec.learningRate().at(step));
        }
        float[] expected = flat(given.get("weights").get(step));
        for (int i = 0; i < expected.length; i++) {
          assertThat(weights.get(i))
              .as("weight %d after step %d", i, step)
              .isCloseTo(expected[i], within(2e-6f + 4e-6f * Math.abs(expected[i])));
        }
      }
    }
  }

  @Test
  void anOptimizerWithRestoredStateContinuesBitForBit() throws IOException {
    for (var optimizer : List.of("Nadam", "Ftrl", "Adamax", "Lion")) {
      OptimizerSpec spec = read("{\"type\":\"%s\",\"learning_rate\":0.05}".formatted(optimizer));
      // The first variable fills two blocks and part of a third.
      var variables = List.of(new Extent(0, 9_001), new Extent(9_005, 7));
      try (var straight = new Optimizer(spec, variables, 9_012);
          var first = new Optimizer(spec, variables, 9_012);
          var second = new Optimizer(spec, variables, 9_012);
          var expected = new FloatPointer(random(9_012, 1));
          var weights = new FloatPointer(random(9_012, 1))) {
        for (int step = 0; step < 6; step++) {
          try (var gradient = new FloatPointer(random(9_012, 10 + step))) {
            straight.apply(expected, gradient, step, 0.05);
            (step < 3 ? first : second).apply(weights, gradient, step, 0.05);
          }
          if (step == 2) {
            var saved = new ByteArrayOutputStream();
            first.save(new DataOutputStream(saved));
            second.restore(new DataInputStream(new ByteArrayInputStream(saved.toByteArray())));
          }
        }
        assertThat(read(weights)).isEqualTo(read(expected));
        // Values outside trainable variables do not change.
        assertThat(weights.get(9_003)).isEqualTo(random(9_012, 1)[9_003]);
      }
    }
  }

  @Test
  void theStateOfAnotherOptimizerIsRefused() throws IOException {
    var variables = List.of(new Extent(0, 10));
    try (var adam = new Optimizer(read("{\"type\":\"Adam\"}"), variables, 10);
        var lion = new Optimizer(read("{\"type\":\"Lion\"}"), variables, 10)) {
      var saved = new ByteArrayOutputStream();
      adam.save(new DataOutputStream(saved));
      assertThatThrownBy(
              () ->
                  lion.restore(new DataInputStream(new ByteArrayInputStream(saved.toByteArray()))))
          .isInstanceOf(IOException.class)
          .hasMessage("has more optimizer state than Lion needs");
    }
  }

  private static OptimizerSpec read(String json) {
    return Messages.readStrictly(json.getBytes(), OptimizerSpec.class);
  }

  private static float[] read(FloatPointer pointer) {
    float[] values = new float[(int) pointer.limit()];
    pointer.position(0).get(values);
    return values;
  }

  private static float[] random(int size, long seed) {
    var random = new Random(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static float[] flat(JsonNode variables) {
    var values = new FloatList();
    variables.forEach(variable -> variable.forEach(value -> values.add(value.floatValue())));
    return values.toArray();
  }

  /** Numbers of several variables one after the other. */
  private static final class FloatList {
    private float[] values = {};

    void add(float value) {
      values = java.util.Arrays.copyOf(values, values.length + 1);
      values[values.length - 1] = value;
    }

    float[] toArray() {
      return values;
    }
  }
}
