package io.millrace.augmentation.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.task.DatasetDescription.ColumnScale;
import io.millrace.contracts.task.Part;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowsDatasetTest {
  private static final DatasetLimits LIMITS = new DatasetLimits(1 << 20, 10_000, 1 << 16, 1 << 20);

  @TempDir Path root;

  private RowsDataset open(String options) {
    String json = "{'name':'s'," + options + "}";
    var spec =
        (DatasetSpec.Rows)
            Messages.readStrictly(
                json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), DatasetSpec.class);
    var cache = new DecodedCache(0);
    return (RowsDataset) new DatasetCatalog(List.of(root), LIMITS, cache, nanos -> {}).open(spec);
  }

  /**
   * Forty plants, each with a number, its square, a colour and a class. Every third plant is a
   * rose, the others are oaks.
   */
  private static String plants() {
    return "id,square,colour,kind\n"
        + IntStream.range(0, 40)
            .mapToObj(
                i ->
                    i
                        + ","
                        + i * i
                        + ","
                        + List.of("red", "blue").get(i / 7 % 2)
                        + ","
                        + (i % 3 == 0 ? "rose" : "oak")
                        + "\n")
            .collect(Collectors.joining());
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

  @Test
  void rowsAreSplitByClassAndKeepTheirFeatures() throws IOException {
    Files.writeString(root.resolve("s.csv"), plants());
    RowsDataset dataset =
        open("'target':'kind','scaler':'none','test_fraction':0.25,'validation_fraction':0.2");
    var description = dataset.description();
    assertThat(description.sampleShape()).containsExactly(4);
    assertThat(description.classes()).containsExactly("oak", "rose");
    assertThat(description.train()).isEqualTo(24);
    assertThat(description.validation()).isEqualTo(6);
    assertThat(description.test()).isEqualTo(10);
    assertThat(description.series().features())
        .extracting(ColumnScale::name)
        .containsExactly("id", "square", "colour=blue", "colour=red");
    var seen = new TreeSet<Integer>();
    for (Part part : Part.values()) {
      for (int sample = 0; sample < description.samples(part); sample++) {
        float[] features = dataset.features(part, sample);
        int id = (int) features[0];
        seen.add(id);
        boolean isRed = id / 7 % 2 == 0;
        assertThat(features).containsExactly(id, id * id, isRed ? 0 : 1, isRed ? 1 : 0);
        assertThat(dataset.labelClass(part, sample)).isEqualTo(id % 3 == 0 ? 1 : 0);
      }
    }
    assertThat(seen).hasSize(40);
    // A quarter of 26 oaks and 14 roses is 6.5 and 3.5, so 3 or 4 roses are in the test part.
    long roses = IntStream.range(0, 10).filter(i -> dataset.labelClass(Part.TEST, i) == 1).count();
    assertThat(roses).isBetween(3L, 4L);
    assertThat(dataset.answers()).isEmpty();
  }

  @Test
  void numbersAreScaledByStatisticsOfTheTrainingRows() throws IOException {
    Files.writeString(root.resolve("s.csv"), plants());
    RowsDataset dataset = open("'target':'square','features':['id'],'split_seed':3");
    var series = dataset.description().series();
    assertThat(dataset.description().classes()).isNull();
    int train = dataset.description().train();
    double[] ids = new double[train];
    double[] squares = new double[train];
    float[] label = new float[1];
    for (int i = 0; i < train; i++) {
      dataset.label(Part.TRAIN, i, label);
      ColumnScale id = series.features().get(0);
      ids[i] = Math.rint(dataset.features(Part.TRAIN, i)[0] * id.scale() + id.offset());
      squares[i] = label[0] * series.scale() + series.offset();
      assertThat(squares[i]).isCloseTo(ids[i] * ids[i], within(1e-3));
    }
    double mean = Arrays.stream(squares).average().orElseThrow();
    double variance =
        Arrays.stream(squares).map(s -> (s - mean) * (s - mean)).average().orElseThrow();
    assertThat(series.offset()).isCloseTo(mean, within(1e-3));
    assertThat(series.scale()).isCloseTo(Math.sqrt(variance), within(1e-3));
    dataset.answers().get("mean").write(0, label);
    assertThat(label[0]).isCloseTo(0, within(1e-6f));
    assertThat(open("'target':'square','features':['id'],'split_seed':4").features(Part.TRAIN, 0))
        .isNotEqualTo(dataset.features(Part.TRAIN, 0));
  }

  @Test
  void numbersCanBeClasses() throws IOException {
    Files.writeString(root.resolve("s.csv"), "x,y\n1,0\n2,10\n3,2\n4,0\n5,10\n6,2\n");
    assertThat(open("'target':'y'").description().classes()).isNull();
    assertThat(open("'target':'y','target_type':'class'").description().classes())
        .containsExactly("0", "2", "10");
  }

  @Test
  void rowsWithAMissingValueAreRefusedOrLeftOut() throws IOException {
    Files.writeString(root.resolve("s.csv"), "a,b,y\n1,,0\n2,5,10\n3,?,2\n4,6,0\n5,NA,1\n6,7,2\n");
    refuses(
        "'target':'y'",
        "dataset.features",
        "'' on line 2 of column 'b' is a missing value; give missing: drop_rows");
    assertThat(open("'target':'y','features':['a']").description().skipped()).isZero();
    var dropped = open("'target':'y','missing':'drop_rows','test_fraction':0.4").description();
    assertThat(dropped.skipped()).isEqualTo(3);
    assertThat(dropped.warnings()).containsExactly("3 rows are skipped: a value is missing");
    assertThat(dropped.train() + dropped.test()).isEqualTo(3);
  }

  @Test
  void filesNamedAfterPartsBecomeThoseParts() throws IOException {
    Path folder = Files.createDirectory(root.resolve("s"));
    Files.writeString(folder.resolve("mnist_train.csv"), "label,p0,p1\n7,0,255\n1,3,4\n7,5,6\n");
    Files.writeString(folder.resolve("mnist_test.csv"), "label,p0,p1\n1,9,9\n7,8,8\n");
    RowsDataset dataset = open("'target':'label','target_type':'class','scaler':'none'");
    assertThat(dataset.description().classes()).containsExactly("1", "7");
    assertThat(dataset.description().train()).isEqualTo(3);
    assertThat(dataset.description().test()).isEqualTo(2);
    assertThat(dataset.features(Part.TEST, 0)).containsExactly(9, 9);
    assertThat(dataset.labelClass(Part.TEST, 1)).isEqualTo(1);
    var catalog = new DatasetCatalog(List.of(root), LIMITS, new DecodedCache(0), nanos -> {});
    assertThat(catalog.facts("s").samples()).isEqualTo(5);
    assertThat(catalog.facts("s").columns()).containsExactly("label", "p0", "p1");
    Files.writeString(folder.resolve("mnist_test.csv"), "label,p1,p0\n1,9,9\n7,8,8\n");
    refuses(
        "'target':'label'", "dataset.name", "mnist_test.csv must have the columns of mnist_train");
    Files.writeString(folder.resolve("more.csv"), "label,p1,p0\n1,9,9\n7,8,8\n");
    refuses(
        "'target':'label'", "dataset.name", "s has 3 CSV files; give one, or one for each part");
  }

  @Test
  void unknownAndUnusableColumnsAreRefusedWithTheirField() throws IOException {
    Files.writeString(root.resolve("s.csv"), plants());
    refuses("'target':'size'", "dataset.target", "'size' is not a column");
    refuses("'target':'kind','features':['id','x']", "dataset.features[1]", "'x' is not a column");
    refuses("'target':'kind','target_type':'number'", "dataset.target", "'rose' on line 2");
    refuses(
        "'target':'kind','features':['id','colour'],'categorical':['id']",
        "dataset.features[1]",
        "'red' on line 2 of column 'colour' is not a number");
    Files.writeString(root.resolve("s.csv"), "a,y\n1,x\n2,x\n3,x\n");
    refuses("'target':'y'", "dataset.target", "has 1 class; give a column with at least 2");
  }
}
