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
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Compares the classes that make batches with the results of the reference implementation, one test
 * per case. The classes take bytes, so the floats of a case are split into whole levels and 255ths
 * of a level. Because sampling is linear, both are sampled separately and added.
 */
class KerasParityTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("golden.dir", "../../shared/golden/keras"));
  private static final double TOLERANCE = 1e-3 * 255;
  private static final double NEAREST_TIES = 0.005;

  /** Fill modes whose values jump at the border. */
  private static final Set<String> JUMPS = Set.of("constant", "wrap");

  private static final double BORDER_TIES = 0.001;

  @TestFactory
  List<DynamicTest> transformsAgreeWithKeras() throws IOException {
    return cases(
        index -> {
          var tests = new ArrayList<DynamicTest>();
          for (JsonNode test : index.get("transforms")) {
            tests.add(DynamicTest.dynamicTest(test.toString(), () -> agrees(test)));
          }
          return tests;
        });
  }

  @TestFactory
  List<DynamicTest> standardizationsAgreeWithKeras() throws IOException {
    return cases(StandardizationCases::tests);
  }

  private static List<DynamicTest> cases(Function<JsonNode, List<DynamicTest>> read)
      throws IOException {
    Path index = GOLDEN.resolve("index.json");
    if (!Files.exists(index)) {
      return List.of(
          DynamicTest.dynamicTest(
              "golden cases", () -> assumeTrue(false, index + " is not there; see -Dgolden.dir")));
    }
    List<DynamicTest> tests = read.apply(new ObjectMapper().readTree(index.toFile()));
    assertThat(tests).isNotEmpty();
    return tests;
  }

  private static void agrees(JsonNode test) throws IOException {
    int height = test.get("shape").get(0).intValue();
    int width = test.get("shape").get(1).intValue();
    int channels = test.get("shape").get(2).intValue();
    int order = test.get("interpolation_order").intValue();
    GeometricMap map = new GeometricMap();
    boolean resamples = likeKeras(test, height, width, map);
    float[] in = floats(test, "in");
    float[] expected = floats(test, "out");
    var tile = new PixelPlanes(height, width, channels);
    tile.rows = height;
    sample(test, in, map, tile);
    for (PixelOp op : changes(test)) {
      if (op.needsRange()) {
        op.range(least(tile), -least(negative(tile)));
      }
      op.apply(tile, height);
    }
    float[] out = new float[expected.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = tile.planes[i % channels][i / channels] / PixelPlanes.UNIT;
    }
    if (order == 0 && resamples) {
      assertThat(beyond(out, expected) / (double) out.length).isLessThan(NEAREST_TIES);
    } else if (!test.get("brightness").isNull() && resamples) {
      // Fractions are truncated, so a value next to a whole number may differ by one level.
      assertThat(beyond(out, expected) / (double) out.length).isLessThan(NEAREST_TIES);
      assertThat(greatest(out, expected)).isLessThan(1.5);
    } else if (resamples && JUMPS.contains(test.get("fill_mode").textValue())) {
      // Because of rounding, a pixel exactly on the border may count as outside.
      assertThat(beyond(out, expected) / (double) out.length).isLessThan(BORDER_TIES);
    } else {
      assertThat(greatest(out, expected)).isLessThan(TOLERANCE);
    }
  }

  /** Sets the map as Keras does. Returns whether it moves pixels other than by flips. */
  private static boolean likeKeras(JsonNode test, int height, int width, GeometricMap map) {
    map.rotate(test.get("theta").doubleValue());
    map.shift(test.get("tx").doubleValue(), test.get("ty").doubleValue());
    map.shear(test.get("shear").doubleValue());
    map.zoom(test.get("zx").doubleValue(), test.get("zy").doubleValue());
    boolean resamples = !map.isIdentity();
    // Keras uses half the height as the centre's column, and half the width as its row.
    double off = (height - width) / 2.0;
    var swapped = new GeometricMap();
    swapped.append(1, 0, off, 0, 1, -off);
    swapped.append(
        map.at(0, 0), map.at(0, 1), map.at(0, 2), map.at(1, 0), map.at(1, 1), map.at(1, 2));
    swapped.append(1, 0, -off, 0, 1, off);
    map.reset();
    map.append(
        swapped.at(0, 0),
        swapped.at(0, 1),
        swapped.at(0, 2),
        swapped.at(1, 0),
        swapped.at(1, 1),
        swapped.at(1, 2));
    if (test.get("flip_horizontal").booleanValue()) {
      map.flipHorizontal();
    }
    if (test.get("flip_vertical").booleanValue()) {
      map.flipVertical();
    }
    return resamples;
  }

  private static void sample(JsonNode test, float[] in, GeometricMap map, PixelPlanes tile) {
    byte[] whole = new byte[in.length];
    byte[] rest = new byte[in.length];
    for (int i = 0; i < in.length; i++) {
      whole[i] = (byte) (int) in[i];
      rest[i] = (byte) (int) ((in[i] - (int) in[i]) * 255);
    }
    double cval = test.get("cval").doubleValue();
    add(sampler(test, cval), whole, 1, map, tile);
    add(sampler(test, 0), rest, 1 / 255.0, map, tile);
  }

  private static ImageSampler sampler(JsonNode test, double cval) {
    return new ImageSampler(
        test.get("shape").get(0).intValue(),
        test.get("shape").get(1).intValue(),
        test.get("shape").get(2).intValue(),
        FillMode.valueOf(test.get("fill_mode").textValue().toUpperCase(Locale.ROOT)),
        cval,
        test.get("interpolation_order").intValue());
  }

  private static void add(
      ImageSampler sampler, byte[] image, double scale, GeometricMap map, PixelPlanes tile) {
    sampler.load(image);
    sampler.use(map, null);
    float[][] planes = new float[tile.channels][tile.width];
    for (int row = 0; row < tile.rows; row++) {
      sampler.rows(row, row + 1, planes, 0);
      for (int channel = 0; channel < tile.channels; channel++) {
        for (int i = 0; i < tile.width; i++) {
          tile.planes[channel][row * tile.width + i] += (float) (scale * planes[channel][i]);
        }
      }
    }
  }

  private static List<PixelOp> changes(JsonNode test) {
    var ops = new ArrayList<PixelOp>();
    if (!test.get("channel_shift_intensity").isNull()) {
      var shift = new PixelOps.ChannelShift();
      shift.set(test.get("channel_shift_intensity").doubleValue());
      ops.add(shift);
    }
    if (!test.get("brightness").isNull()) {
      var brightness = new PixelOps.Brightness();
      brightness.set(test.get("brightness").doubleValue());
      ops.add(brightness);
    }
    return ops;
  }

  private static float least(PixelPlanes tile) {
    float least = Float.POSITIVE_INFINITY;
    for (float[] plane : tile.planes) {
      for (int i = 0; i < tile.values(); i++) {
        least = Math.min(least, plane[i]);
      }
    }
    return least;
  }

  private static PixelPlanes negative(PixelPlanes tile) {
    var negative = new PixelPlanes(tile.rows, tile.width, tile.channels);
    negative.rows = tile.rows;
    for (int channel = 0; channel < tile.channels; channel++) {
      for (int i = 0; i < tile.values(); i++) {
        negative.planes[channel][i] = -tile.planes[channel][i];
      }
    }
    return negative;
  }

  private static long beyond(float[] a, float[] b) {
    long count = 0;
    for (int i = 0; i < a.length; i++) {
      count += Math.abs(a[i] - b[i]) < TOLERANCE ? 0 : 1;
    }
    return count;
  }

  static double greatest(float[] a, float[] b) {
    double greatest = 0;
    for (int i = 0; i < a.length; i++) {
      greatest = Math.max(greatest, Math.abs((double) a[i] - b[i]));
    }
    return greatest;
  }

  static float[] floats(JsonNode test, String suffix) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap(
                Files.readAllBytes(GOLDEN.resolve(test.get("id").textValue() + "." + suffix)))
            .order(ByteOrder.LITTLE_ENDIAN);
    float[] floats = new float[bytes.remaining() / 4];
    bytes.asFloatBuffer().get(floats);
    return floats;
  }
}
