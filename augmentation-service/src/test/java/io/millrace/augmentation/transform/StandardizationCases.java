package io.millrace.augmentation.transform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Augmentation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;

/**
 * Compares standardized images with the reference implementation's {@code fit} and {@code
 * standardize}, one test per case.
 */
final class StandardizationCases {
  private static final double TOLERANCE = 1e-3;

  /** The fields of a case other than the augmentation. */
  private static final Set<String> OF_THE_CASE = Set.of("id", "name", "fit_shape", "shape");

  private StandardizationCases() {}

  static List<DynamicTest> tests(JsonNode index) {
    var tests = new ArrayList<DynamicTest>();
    for (JsonNode test : index.get("standardizations")) {
      tests.add(DynamicTest.dynamicTest(test.toString(), () -> agrees(test)));
    }
    return tests;
  }

  private static void agrees(JsonNode test) throws IOException {
    int channels = test.get("shape").get(3).intValue();
    int values =
        test.get("shape").get(1).intValue() * test.get("shape").get(2).intValue() * channels;
    Augmentation augmentation = augmentation(test);
    float[] fitted = KerasParityTest.floats(test, "fit");
    var fit = new StatisticsFit(values, channels, augmentation.zcaWhitening());
    for (int at = 0; at < fitted.length; at += values) {
      fit.add(fitted, at);
    }
    var statistics = fit.result(augmentation.rescale(), augmentation.zcaEpsilon());
    var standardization = new Standardization(augmentation, channels, statistics);
    float[] in = KerasParityTest.floats(test, "in");
    float[] expected = KerasParityTest.floats(test, "out");
    for (int at = 0; at < in.length; at += values) {
      float[] image = Arrays.copyOfRange(in, at, at + values);
      standardization.apply(image);
      System.arraycopy(image, 0, in, at, values);
    }
    assertThat(KerasParityTest.greatest(in, expected)).isLessThan(TOLERANCE * range(expected));
  }

  /** The augmentation of a case. Without {@code rescale}, Keras does not scale the values. */
  private static Augmentation augmentation(JsonNode test) {
    ObjectNode fields = test.deepCopy();
    fields.remove(OF_THE_CASE);
    if (!fields.hasNonNull("rescale")) {
      fields.put("rescale", 1);
    }
    return Messages.read(fields.toString().getBytes(), Augmentation.class);
  }

  private static double range(float[] values) {
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    return most - least;
  }
}
