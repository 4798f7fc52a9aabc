package io.millrace.contracts.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.task.BatchSource;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DateColumnsTest {
  private static DatasetSpec.Series series(String options) {
    String json = "{\"name\":\"d\",\"column\":\"c\"" + options + "}";
    return (DatasetSpec.Series)
        Messages.readStrictly(json.getBytes(StandardCharsets.UTF_8), DatasetSpec.class);
  }

  private static String written(DatasetSpec.Series series) {
    return Messages.text(series);
  }

  @Test
  void oneNameTwoNamesOrNullAreReadAndWrittenUnchanged() {
    assertThat(series("").dateColumn()).isNull();
    assertThat(series(",\"date_column\":null").dateColumn()).isEqualTo(DateColumns.NONE);
    assertThat(series(",\"date_column\":\"day\"").dateColumn().names()).containsExactly("day");
    assertThat(series(",\"date_column\":[\"day\",\"hour\"]").dateColumn().names())
        .isEqualTo(List.of("day", "hour"));
    for (String options :
        List.of(
            ",\"date_column\":null",
            ",\"date_column\":\"day\"",
            ",\"date_column\":[\"day\",\"hour\"]")) {
      assertThat(written(series(options))).contains(options);
      assertThat(series(options.replace(" ", ""))).isEqualTo(series(options));
    }
    assertThat(written(series(""))).doesNotContain("date");
  }

  /** The digest comes from a version without the newer fields, which this request does not have. */
  @Test
  void anOldRequestIsWrittenAsBefore() {
    DatasetSpec.Series old = series(",\"date_column\":\"day\",\"test_from\":\"2020-10\"");
    assertThat(written(old))
        .isEqualTo(
            "{\"name\":\"d\",\"column\":\"c\",\"date_column\":\"day\",\"window\":60,\"horizon\":1,"
                + "\"scaler\":\"min_max\",\"test_from\":\"2020-10\",\"validation_fraction\":0.0}");
    assertThat(new BatchSource("a-run", old, null, 1L, 32).digest()).isEqualTo("e1ae00ba0c994507");
  }
}
