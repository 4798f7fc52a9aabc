package io.millrace.augmentation.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.dataset.SeriesGaps;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.Missing;
import io.millrace.contracts.task.DatasetDescription.ColumnScale;
import io.millrace.contracts.task.Part;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Series with several columns, and files with several series. */
class ManyColumnsTest {
  private static final DatasetLimits LIMITS = new DatasetLimits(1 << 20, 10_000, 1 << 16, 1 << 20);

  @TempDir Path root;

  private SeriesDataset open(String options) {
    String json = "{'name':'s'," + options + "}";
    var spec =
        (DatasetSpec.Series)
            Messages.readStrictly(
                json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), DatasetSpec.class);
    var cache = new DecodedCache(0);
    return (SeriesDataset) new DatasetCatalog(List.of(root), LIMITS, cache, nanos -> {}).open(spec);
  }

  private void write(String text) throws IOException {
    Files.writeString(root.resolve("s.csv"), text);
  }

  private void writeLoad() throws IOException {
    try (InputStream load = ManyColumnsTest.class.getResourceAsStream("/tables/load.csv")) {
      Files.copy(load, root.resolve("s.csv"));
    }
  }

  private void refuses(String options, String field, String words) {
    assertThatThrownBy(() -> open(options))
        .isInstanceOfSatisfying(
            InvalidMessageException.class,
            e -> {
              assertThat(e.field()).isEqualTo(field);
              assertThat(e.reason()).contains(words);
            });
  }

  private static float[] label(SeriesDataset dataset, Part part, int sample) {
    float[] label = new float[dataset.labelValues()];
    dataset.label(part, sample, label);
    return label;
  }

  private static float[] answer(SeriesDataset dataset, String name, int sample) {
    float[] label = new float[dataset.labelValues()];
    dataset.answers().get(name).write(sample, label);
    return label;
  }

  /** All expected numbers come from NumPy with the same file. */
  @Test
  void columnsCategoriesAndCalendarBecomeFeaturesForSeveralTargets() throws IOException {
    writeLoad();
    SeriesDataset dataset =
        open(
            "'columns':['temperature','wind'],'target':['load','temperature'],"
                + "'categorical':['wind'],'calendar':['hour','weekday'],'scaler':'standard',"
                + "'window':4,'horizon':2,'stride':3,'season':5,'test_fraction':0.25");
    var description = dataset.description();
    assertThat(description.sampleShape()).containsExactly(4, 7);
    assertThat(description.train()).isEqualTo(9);
    assertThat(description.test()).isEqualTo(3);
    assertThat(dataset.features(Part.TRAIN, 2))
        .containsExactly(
            new float[] {
              0.808238f, 0, 1, 0.5f, 0.866025f, -0.988831f, -0.149042f,
              0.563082f, 1, 0, 0.707107f, 0.707107f, -0.993712f, -0.111964f,
              0.200511f, 1, 0, 0.866025f, 0.5f, -0.997204f, -0.07473f,
              -0.236109f, 0, 1, 0.965926f, 0.258819f, -0.999301f, -0.037391f
            },
            offset(1e-6f));
    assertThat(label(dataset, Part.TRAIN, 2))
        .containsExactly(
            new float[] {-1.275089f, -0.696035f, -1.355791f, -1.124689f}, offset(1e-6f));
    assertThat(label(dataset, Part.TEST, 1))
        .containsExactly(new float[] {0.443805f, -1.211423f, 0.260991f, -1.098433f}, offset(1e-6f));
    assertThat(answer(dataset, "persistence", 1))
        .containsExactly(new float[] {0.652422f, -1.16186f, 0.652422f, -1.16186f}, offset(1e-6f));
    assertThat(answer(dataset, "seasonal", 1))
        .containsExactly(new float[] {1.420462f, 0.250958f, 1.271137f, -0.207788f}, offset(1e-6f));
    var series = description.series();
    assertThat(series.features())
        .extracting(ColumnScale::name)
        .containsExactly(
            "temperature",
            "wind=E",
            "wind=N",
            "hour_sin",
            "hour_cos",
            "weekday_sin",
            "weekday_cos");
    assertThat(series.targets().get(0).name()).isEqualTo("load");
    assertThat(series.targets().get(0).scale()).isCloseTo(18.215194316833404, within(1e-9));
    assertThat(series.targets().get(0).offset()).isCloseTo(117.206, within(1e-9));
    assertThat(series.scale()).isEqualTo(series.targets().get(0).scale());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          'columns':['temperature','rain'],'target':'load'  | dataset.columns[1] | 'rain' is not a column of this data set; give one of at, temperature, wind, load
          'columns':['temperature'],'target':['load','x']   | dataset.target[1]  | 'x' is not a column
          'columns':['temperature','wind'],'target':'load'  | dataset.columns[1] | 'N' on line 2 of column 'wind' is not a number
          'columns':['temperature'],'target':'wind'         | dataset.target[0]  | 'N' on line 2 of column 'wind'
          'columns':['temperature'],'label':'rain'          | dataset.label      | 'rain' is not a column
          'column':'load','calendar':['hour'],'date_column':'wind' | dataset.date_column | 'N' on line 2 is not a date
          """)
  void unknownAndUnreadableColumnsAreRefusedWithTheirField(
      String options, String field, String words) throws IOException {
    writeLoad();
    refuses(options + ",'window':2", field, words);
  }

  @Test
  void aSingleColumnCanHaveACalendarAndAStride() throws IOException {
    writeLoad();
    SeriesDataset plain = open("'column':'load','window':3");
    SeriesDataset dated = open("'column':'load','window':3,'stride':2,'calendar':['month']");
    assertThat(plain.description().series().features()).isNull();
    assertThat(dated.description().sampleShape()).containsExactly(3, 3);
    assertThat(dated.description().train()).isEqualTo((plain.description().train() + 1) / 2);
    assertThat(dated.features(Part.TRAIN, 1))
        .containsExactly(
            plain.features(Part.TRAIN, 2)[0],
            0,
            1,
            plain.features(Part.TRAIN, 2)[1],
            0,
            1,
            plain.features(Part.TRAIN, 2)[2],
            0,
            1);
    write("v\n" + IntStream.range(0, 30).mapToObj(i -> i + "\n").collect(Collectors.joining()));
    refuses(
        "'column':'v','window':3,'calendar':['hour']",
        "dataset.calendar",
        "no date column that can be read");
  }

  @Test
  void missingValuesAreFilledColumnByColumn() throws IOException {
    write(
        "day,a,c,b\n2020-01-01,,x,1\n2020-01-02,2,,2\n2020-01-03,?,y,\n2020-01-04,8,y,7\n"
            + "2020-01-05,9,,9\n2020-01-06,NA,y,11\n2020-01-07,20,x,\n");
    String options =
        "'columns':['a','c','b'],'categorical':['c'],'target':'b','window':1,'scaler':'none',"
            + "'test_fraction':0.25,";
    refuses(options + "'stride':1", "dataset.columns[0]", "'' on line 2 of column 'a'");
    // The rows of 2 to 6 January remain: column a starts on the 2nd, column b ends on the 6th.
    SeriesDataset filled = open(options + "'missing':'interpolate'");
    assertThat(filled.description().train()).isEqualTo(3);
    assertThat(filled.features(Part.TRAIN, 0)).containsExactly(2, 1, 0, 2);
    assertThat(filled.features(Part.TRAIN, 1)).containsExactly(5, 0, 1, 4.5f);
    assertThat(filled.features(Part.TRAIN, 2)).containsExactly(8, 0, 1, 7);
    assertThat(filled.features(Part.TEST, 0)).containsExactly(9, 0, 1, 9);
    assertThat(label(filled, Part.TEST, 0)).containsExactly(11);
    // Seven cells are missing; all four samples, of 3 to 6 January, include a row with one.
    assertThat(filled.description().series().gaps())
        .isEqualTo(new SeriesGaps(Missing.INTERPOLATE, 7, 0, 4));
  }

  private static String rows(String key, int count, IntFunction<String> rest) {
    return IntStream.range(0, count)
        .mapToObj(i -> key + "," + rest.apply(i) + "\n")
        .collect(Collectors.joining());
  }

  @Test
  void noWindowCrossesSeriesAndEachSeriesIsSplitByTime() throws IOException {
    write(
        "who,day,v\n"
            + rows("b", 8, i -> "2020-03-0" + (8 - i) + "," + (107 - i))
            + rows("a", 4, i -> "2020-01-0" + (i + 1) + "," + i));
    SeriesDataset dataset =
        open(
            "'column':'v','series_key':{'column':'who'},'window':2,'scaler':'none',"
                + "'test_fraction':0.25");
    assertThat(dataset.description().train()).isEqualTo(1 + 4);
    assertThat(dataset.description().test()).isEqualTo(1 + 2);
    assertThat(dataset.features(Part.TRAIN, 0)).containsExactly(0, 1);
    assertThat(label(dataset, Part.TRAIN, 0)).containsExactly(2);
    assertThat(dataset.features(Part.TRAIN, 1)).containsExactly(100, 101);
    assertThat(dataset.features(Part.TEST, 0)).containsExactly(1, 2);
    assertThat(dataset.features(Part.TEST, 2)).containsExactly(105, 106);
    assertThat(dataset.description().series().testDates())
        .containsExactly("2020-01-04", "2020-03-07", "2020-03-08");
    var time = dataset.description().series().time();
    assertThat(time.from()).isEqualTo("2020-01-01");
    assertThat(time.to()).isEqualTo("2020-03-08");
    assertThat(time.sorted()).isFalse();
    assertThat(time.step()).isEqualTo("1 day");
    assertThat(time.note()).isEqualTo("2 series, by 'who'");
    String late =
        "'column':'v','series_key':{'column':'who'},'window':2,'scaler':'none',"
            + "'test_from':'2020-03-07',";
    assertThat(answer(open(late + "'season':3"), "seasonal", 1)).containsExactly(104);
    // No row is seven days earlier, so the row before the label is used.
    assertThat(answer(open(late + "'season':7"), "seasonal", 0)).containsExactly(105);
  }

  @Test
  void aWindowIsLabelledIfAllItsRowsHaveOneClass() throws IOException {
    String[] labels = {"walk", "walk", "walk", "run", "run", "run", "run", "walk", "walk", "walk"};
    write(
        "x,what\n"
            + IntStream.range(0, 10)
                .mapToObj(i -> i + "," + labels[i] + "\n")
                .collect(Collectors.joining()));
    SeriesDataset dataset =
        open("'columns':['x'],'label':'what','window':2,'scaler':'none','test_fraction':0.3");
    var description = dataset.description();
    assertThat(description.classes()).containsExactly("run", "walk");
    assertThat(description.trainClassCounts()).containsExactly(3, 2);
    assertThat(description.train()).isEqualTo(5);
    assertThat(description.test()).isEqualTo(2);
    assertThat(description.series().horizon()).isZero();
    assertThat(description.warnings())
        .containsExactly("1 window is skipped: the rows have more than one class");
    assertThat(dataset.labelValues()).isZero();
    assertThat(dataset.features(Part.TRAIN, 2)).containsExactly(3, 4);
    assertThat(dataset.labelClass(Part.TRAIN, 2)).isZero();
    assertThat(dataset.features(Part.TEST, 0)).containsExactly(7, 8);
    assertThat(dataset.labelClass(Part.TEST, 0)).isEqualTo(1);
    refuses(
        "'columns':['x'],'label':'what','window':5",
        "dataset.test_fraction",
        "no test sample of 5");
  }

  @Test
  void numericClassNamesAreSortedAsNumbers() throws IOException {
    write("x,c\n" + rows("1", 30, i -> String.valueOf(i / 10 * 5)));
    assertThat(
            open("'columns':['x'],'label':'c','window':1,'test_fraction':0.1")
                .description()
                .classes())
        .containsExactly("0", "5", "10");
  }

  @Test
  void tooManyCategoriesAreRefused() throws IOException {
    write("x,c\n" + rows("1", 200, i -> "n" + i));
    refuses(
        "'columns':['x','c'],'categorical':['c'],'target':'x','window':1",
        "dataset.columns[1]",
        "'n100' on line 102 of column 'c' is one distinct value too many; give at most 100");
  }
}
