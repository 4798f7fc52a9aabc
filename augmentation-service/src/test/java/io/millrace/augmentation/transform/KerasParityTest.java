package io.millrace.augmentation.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contracts.request.FillMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The reference implementation's own results, a test a case. */
class KerasParityTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("golden.dir", "../../shared/golden/keras"));
  private static final double BILINEAR_TOLERANCE = 1e-3;
  private static final double NEAREST_TIES = 0.005;

  @TestFactory
  List<DynamicTest> transformsAgreeWithKeras() throws IOException {
    Path index = GOLDEN.resolve("index.json");
    var tests = new ArrayList<DynamicTest>();
    if (!Files.exists(index)) {
      tests.add(
          DynamicTest.dynamicTest(
              "golden cases", () -> assumeTrue(false, index + " is not there; see -Dgolden.dir")));
      return tests;
    }
    for (JsonNode test : new ObjectMapper().readTree(index.toFile()).get("transforms")) {
      if (test.get("channel_shift_intensity").isNull() && test.get("brightness").isNull()) {
        tests.add(DynamicTest.dynamicTest(test.toString(), () -> agrees(test)));
      }
    }
    assertThat(tests).isNotEmpty();
    return tests;
  }

  private static void agrees(JsonNode test) throws IOException {
    int height = test.get("shape").get(0).intValue();
    int width = test.get("shape").get(1).intValue();
    int channels = test.get("shape").get(2).intValue();
    TransformParameters transform =
        new TransformParameters(
            test.get("theta").doubleValue(),
            test.get("tx").doubleValue(),
            test.get("ty").doubleValue(),
            test.get("shear").doubleValue(),
            test.get("zx").doubleValue(),
            test.get("zy").doubleValue(),
            test.get("flip_horizontal").booleanValue(),
            test.get("flip_vertical").booleanValue());
    int order = test.get("interpolation_order").intValue();
    var warp =
        new AffineWarp(
            height,
            width,
            channels,
            FillMode.valueOf(test.get("fill_mode").textValue().toUpperCase(Locale.ROOT)),
            test.get("cval").doubleValue(),
            order);
    float[] in = floats(test, "in");
    float[] expected = floats(test, "out");
    float[] out = new float[expected.length];
    warp.apply(AffineMap.likeKeras(transform, height, width), transform, in, out, 0);
    boolean resamples = !AffineMap.likeKeras(transform, height, width).isIdentity();
    if (!resamples) {
      assertThat(out).isEqualTo(expected);
    } else if (order == 0) {
      assertThat(differing(out, expected) / (double) out.length).isLessThan(NEAREST_TIES);
    } else {
      assertThat(greatest(out, expected) / 255).isLessThan(BILINEAR_TOLERANCE);
    }
    if (height == width) {
      bytesAgreeToo(warp, transform, in, expected);
    }
  }

  /** The byte kernel on the rounded image: rounding in and out, and weights of 11 bits. */
  private static void bytesAgreeToo(
      AffineWarp warp, TransformParameters transform, float[] in, float[] expected) {
    byte[] source = new byte[in.length];
    for (int i = 0; i < in.length; i++) {
      source[i] = (byte) Math.round(in[i]);
    }
    byte[] target = new byte[in.length];
    warp.apply(transform, source, target, 0);
    float[] out = new float[in.length];
    for (int i = 0; i < in.length; i++) {
      out[i] = target[i] & 0xFF;
    }
    if (warp.order() == 0) {
      float[] rounded = new float[in.length];
      for (int i = 0; i < in.length; i++) {
        rounded[i] = Math.round(expected[i]);
      }
      assertThat(differing(out, rounded) / (double) out.length).isLessThan(NEAREST_TIES);
    } else {
      assertThat(greatest(out, expected)).isLessThan(1.3);
    }
  }

  private static long differing(float[] a, float[] b) {
    long count = 0;
    for (int i = 0; i < a.length; i++) {
      count += a[i] == b[i] ? 0 : 1;
    }
    return count;
  }

  private static double greatest(float[] a, float[] b) {
    double greatest = 0;
    for (int i = 0; i < a.length; i++) {
      greatest = Math.max(greatest, Math.abs((double) a[i] - b[i]));
    }
    return greatest;
  }

  private static float[] floats(JsonNode test, String suffix) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap(
                Files.readAllBytes(GOLDEN.resolve(test.get("id").textValue() + "." + suffix)))
            .order(ByteOrder.LITTLE_ENDIAN);
    float[] floats = new float[bytes.remaining() / 4];
    bytes.asFloatBuffer().get(floats);
    return floats;
  }
}
