package io.millrace.results;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.TransformSpec;
import io.millrace.results.web.PagesResource;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The pages have a control for every augmentation field of a request, with the schema's range. */
class AugmentationOptionsTest {
  private static String options() throws IOException {
    try (InputStream file = PagesResource.class.getResourceAsStream("augmentation-options.js")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<String> fields(Class<?> type) {
    return Arrays.stream(type.getRecordComponents())
        .map(RecordComponent::getName)
        .map(name -> name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT))
        .toList();
  }

  @Test
  void everyFieldOfAnAugmentationHasAControl() throws IOException {
    String options = options();
    assertThat(fields(Augmentation.class)).allMatch(name -> options.contains("'" + name + "'"));
  }

  @Test
  void noControlRepeatsADefaultOfTheSchema() throws IOException {
    String controls = options();
    controls = controls.substring(controls.indexOf("export const KERAS"));
    controls = controls.substring(0, controls.indexOf("export function applySchema"));
    assertThat(controls).doesNotContain("default:", "values:", "min:");
  }

  @Test
  void everyTransformHasAControlForEachParameter() throws IOException {
    String options = options();
    for (Class<?> type : TransformSpec.class.getPermittedSubclasses()) {
      String name = type.getAnnotation(JsonTypeName.class).value();
      var entry = Pattern.compile("(?s)\n  " + name + ": \\[(.*?)\\],\n(?=  \\w|};)");
      var found = entry.matcher(options);
      assertThat(found.find()).as(name).isTrue();
      for (String field : fields(type)) {
        assertThat(found.group(1)).as(name).contains(control(field));
      }
    }
  }

  private static String control(String field) {
    return switch (field) {
      case "p" -> "probability(";
      case "transforms" -> "LIST";
      default -> "'" + field + "'";
    };
  }
}
