package io.millrace.contracts.schema;

import static io.millrace.contracts.ExampleRequests.SMALL;
import static io.millrace.contracts.ExampleRequests.bytes;
import static io.millrace.contracts.ExampleRequests.tree;
import static io.millrace.contracts.ExampleRequests.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.ShiftRange;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.sweep.Sweep;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Readers take the integers of JSON Schema: {@code 2.0} and {@code 2e0} are the integer 2. */
class WholeNumbersTest {
  /** A field whose schema takes an integer, in a message that is otherwise valid. */
  record Field(Class<?> type, String name, ObjectNode sample, boolean isList) {
    Object read(String number) {
      String value = isList ? "[" + number + "]" : number;
      String message = sample.toString().replace("\"@\"", value);
      return Messages.read(bytes(message), type);
    }

    @Override
    public String toString() {
      return type.getSimpleName() + "." + name;
    }
  }

  static Stream<Field> fields() {
    var fields = new ArrayList<Field>();
    Map<String, Schema> schemas = Schema.named();
    for (Class<?> type : types()) {
      Schema schema = schemas.get(type.getSimpleName());
      for (var property : schema.at("properties").node().properties()) {
        Schema value = new Schema(schema.file(), property.getValue()).resolved();
        boolean list = isList(value);
        if (takesInteger(list ? value.at("items").resolved() : value)) {
          ObjectNode sample = (ObjectNode) schema.sample(true);
          sample.put(property.getKey(), "@");
          fields.add(new Field(type, property.getKey(), sample, list));
        }
      }
    }
    return fields.stream();
  }

  private static List<Class<?>> types() {
    var types = new LinkedHashMap<String, Class<?>>();
    Schema.ROOTS.values().forEach(root -> SchemaTest.reach(root, types));
    return types.values().stream().filter(Class::isRecord).toList();
  }

  private static boolean isList(Schema value) {
    return value.node().path("type").asText().equals("array")
        && value.node().path("minItems").asInt() <= 1;
  }

  private static boolean takesInteger(Schema value) {
    JsonNode type = value.node().path("type");
    if (type.asText().equals("integer")
        || type.isArray() && type.get(0).asText().equals("integer")) {
      return true;
    }
    for (JsonNode choice : value.node().path("oneOf")) {
      if (takesInteger(new Schema(value.file(), choice).resolved())) {
        return true;
      }
    }
    return false;
  }

  @Test
  void moreThan80IntegerFieldsAreTested() {
    assertThat(fields().map(Field::toString))
        .hasSizeGreaterThan(80)
        .contains(
            "TrainingRequest.epochs",
            "TrainingRequest.seed",
            "Images.split_seed",
            "Images.image_size",
            "Conv2D.kernel_size",
            "ZeroPadding2D.padding",
            "Reshape.target_shape",
            "EarlyStopping.patience",
            "CosineDecay.decay_steps",
            "RandomCrop.height",
            "StepsCompleted.first_step",
            "Produce.epoch",
            "Cancel.version");
  }

  @ParameterizedTest
  @MethodSource("fields")
  void anIntegerMayBeWrittenWithAFractionOfZeroOrAnExponent(Field field) {
    int tried = 0;
    for (int value : new int[] {1, 2, 3, 10}) {
      Object plain;
      try {
        plain = field.read("" + value);
      } catch (InvalidMessageException e) {
        continue;
      }
      tried++;
      List<String> forms =
          List.of(value + ".0", value + ".000", value + "e0", value + "0e-1", value + ".0E+0");
      for (String form : forms) {
        assertThat(field.read(form)).as(form).isEqualTo(plain);
        assertThat(Messages.write(field.read(form))).as(form).isEqualTo(Messages.write(plain));
      }
    }
    assertThat(tried).isPositive();
  }

  @ParameterizedTest
  @MethodSource("fields")
  void fractionsTextsAndHugeNumbersAreRefusedAndTheErrorNamesTheField(Field field) {
    for (String value : List.of("2.5", "1e-400", "\"2\"", "1e300", "1e400", "-1E+2000000000")) {
      Throwable error = catchThrowable(() -> field.read(value));
      if (error == null && field.name().endsWith("shift_range")) {
        continue;
      }
      assertThat(error)
          .as(value)
          .isInstanceOfSatisfying(
              InvalidMessageException.class,
              e -> assertThat(e.field()).as(e.getMessage()).startsWith(field.name()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "9007199254740993.0, 9007199254740993",
    "-9007199254740993e0, -9007199254740993",
    "9223372036854775807.0, 9223372036854775807",
    "-9223372036854775808.00, -9223372036854775808",
    "922337203685477580.7e1, 9223372036854775807",
    "1e18, 1000000000000000000"
  })
  void aSeedKeepsEveryDigit(String written, long seed) {
    assertThat(Messages.readRequest(seeded("", written)).seed()).isEqualTo(seed);
    TrainingRequest split = Messages.readRequest(seeded("split_", written));
    assertThat(Messages.tree(split).path("dataset").path("split_seed").longValue()).isEqualTo(seed);
    assertThat(sweep("\"seeds\": [" + written + "]").request(0).seed()).isEqualTo(seed);
    assertThat(sweep("\"seed\": " + written + ", \"epochs\": {\"sweep\": [1]}").request(0).seed())
        .isEqualTo(seed);
    assertThat(
            sweep(
                    "\"sweep\": {\"draws\": 1, \"seed\": "
                        + written
                        + "}, \"batch_size\": {\"sweep\": {\"min\": 1, \"max\": 4096}}")
                .request(0)
                .batchSize())
        .isEqualTo(
            sweep(
                    "\"sweep\": {\"draws\": 1, \"seed\": "
                        + seed
                        + "}, \"batch_size\": {\"sweep\": {\"min\": 1, \"max\": 4096}}")
                .request(0)
                .batchSize());
  }

  /** Inserts a seed as text, because a JSON tree would round it. */
  private static byte[] seeded(String prefix, String seed) {
    String place = prefix.isEmpty() ? "{" : "\"dataset\":{";
    String small = tree(SMALL).toString();
    int at = small.indexOf(place) + place.length();
    return bytes(
        small.substring(0, at) + '"' + prefix + "seed\":" + seed + "," + small.substring(at));
  }

  @ParameterizedTest
  @ValueSource(strings = {"9223372036854775808.0", "1e19", "1e300", "1e400", "1e99999999999"})
  void aSeedBeyond64BitsIsRefused(String written) {
    assertThatThrownBy(() -> Messages.readRequest(seeded("", written)))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage("seed: is out of the range of 64-bit integers");
  }

  @Test
  void theNumberOfSeedsMayBeWrittenWithAFractionOfZero() {
    assertThat(sweep("\"seeds\": 2.0").size()).isEqualTo(2);
    assertThatThrownBy(() -> sweep("\"seeds\": 2.5")).hasMessage("seeds: 2.5 is not an integer");
    assertThatThrownBy(() -> sweep("\"seeds\": [1, 1.0]"))
        .hasMessageStartingWith("seeds: has a seed twice");
  }

  @Test
  void aShiftOf1DiffersFromAShiftOfOnePointZero() {
    assertThat(shift("1").whole()).isTrue();
    assertThat(shift("1.0").whole()).isFalse();
    assertThat(shift("3.0").whole()).isFalse();
  }

  private static ShiftRange shift(String range) {
    return Messages.readRequest(with(SMALL, "augmentation.width_shift_range", range))
        .augmentation()
        .widthShiftRange();
  }

  @Test
  void requestsThatWriteAnIntegerDifferentlyAreEqual() {
    TrainingRequest one = Messages.readRequest(with(SMALL, "epochs", "2"));
    TrainingRequest other = Messages.readRequest(with(SMALL, "epochs", "2.0"));

    assertThat(other).isEqualTo(one);
    assertThat(Messages.write(other)).isEqualTo(Messages.write(one));
  }

  private static Sweep sweep(String fields) {
    ObjectNode request = (ObjectNode) tree(SMALL);
    request.remove(Arrays.asList("seed", "epochs", "batch_size"));
    String text = request.toString();
    return Sweep.read(bytes("{" + fields + ", " + text.substring(1)), "base");
  }

  @Test
  void aJsonTreeKeepsDoublesAndLosesNoDigits() {
    JsonNode tree = Messages.readStrictly(bytes("[0.1, 1e300, 1e17, 2.0]"), JsonNode.class);

    tree.forEach(number -> assertThat(number.isDouble()).as(number.toString()).isTrue());
    JsonNode large = Messages.readStrictly(bytes("9007199254740993.0"), JsonNode.class);
    assertThat(large.decimalValue()).isEqualTo(new BigDecimal("9007199254740993"));
  }
}
