package io.millrace.results.admission;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.dataset.DatasetAnnouncement;
import io.millrace.contracts.dataset.DatasetKind;
import io.millrace.contracts.network.ForeseenData;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.ColorMode;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.DateColumns;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A request against the data sets that there are: the name, the classes, the columns, and whether
 * the network fits what comes out of them. What one of several augmenters can serve can be served.
 */
@ApplicationScoped
public class CatalogueRules {
  /**
   * For so long after its request what is known of a data set may still change: who writes a folder
   * of images and publishes at once is not refused for being quick.
   */
  public static final Duration NEWS = Duration.ofSeconds(3);

  private static final Duration RECENT = Duration.ofSeconds(10);

  /** The most names that an error lists. */
  private static final int MOST_NAMES = 50;

  private final Catalogue catalogue;

  CatalogueRules(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  /**
   * Whether what is known of the data set may be about to change: no augmenter has it, or one has
   * just seen it change. Of a catalogue that is empty neither is told.
   */
  public boolean mayChange(RequestedRuns asked) {
    List<DatasetAnnouncement> said = catalogue.of(asked.request().apply(0).dataset().name());
    Instant recent = Instant.now().minus(RECENT);
    return !catalogue.isEmpty()
        && (said.isEmpty() || said.stream().anyMatch(one -> one.at().isAfter(recent)));
  }

  /**
   * Checks the runs that were never let in before.
   *
   * @throws InvalidMessageException naming the field
   */
  public void check(RequestedRuns asked, Admission.Admitted admitted) {
    admitted.fresh().forEach(run -> check(asked.request().apply(run.index())));
  }

  /**
   * Checks a request.
   *
   * @throws InvalidMessageException naming the field
   */
  void check(TrainingRequest request) {
    String name = request.dataset().name();
    List<DatasetAnnouncement> said = catalogue.of(name);
    if (said.isEmpty()) {
      if (!catalogue.isEmpty()) {
        throw new InvalidMessageException(
            "dataset.name",
            Check.quote(name)
                + " is not a data set here; known are "
                + names(catalogue.all().keySet()));
      }
      ForeseenData.of(request).ifPresent(data -> NetworkPlan.of(request, data));
      return;
    }
    InvalidMessageException complaint = null;
    for (DatasetAnnouncement one : said) {
      try {
        check(request, one);
        return;
      } catch (InvalidMessageException e) {
        complaint = complaint == null ? e : complaint;
      }
    }
    throw complaint;
  }

  private static void check(TrainingRequest request, DatasetAnnouncement said) {
    if (!said.isUsable()) {
      throw new InvalidMessageException(
          "dataset.name", Check.quote(said.dataset()) + " cannot be opened: " + said.problem());
    }
    if (request.dataset() instanceof DatasetSpec.Series series) {
      checkSeries(series, said);
    } else if (request.dataset() instanceof DatasetSpec.Rows rows) {
      checkRows(rows, said);
    } else if (request.dataset() instanceof DatasetSpec.Images images) {
      checkImages(images, said);
    }
    foreseen(request, said).ifPresent(data -> NetworkPlan.of(request, data));
  }

  private static void checkSeries(DatasetSpec.Series series, DatasetAnnouncement said) {
    if (said.kind() == DatasetKind.IMAGES) {
      throw new InvalidMessageException(
          "dataset.column",
          Check.quote(said.dataset()) + " holds images; leave out what only a series has");
    }
    if (series.isToldHowWritten()) {
      return; // The catalogue knows what the columns hold as the file shows it.
    }
    List<String> seen = series.seen();
    for (int i = 0; i < seen.size(); i++) {
      String field = series.columns() == null ? "dataset.column" : "dataset.columns[" + i + "]";
      if (series.isCategorical(seen.get(i))) {
        checkAnyColumn(field, seen.get(i), said);
      } else {
        checkColumn(field, seen.get(i), said.columns());
      }
    }
    for (int i = 0; series.target() != null && i < series.target().size(); i++) {
      checkColumn("dataset.target[" + i + "]", series.target().get(i), said.columns());
    }
    if (series.label() != null) {
      checkAnyColumn("dataset.label", series.label(), said);
    }
    DateColumns dates = series.dateColumn();
    if (dates != null && dates.names().size() == 1 && said.dateColumns() != null) {
      checkColumn("dataset.date_column", dates.names().get(0), said.dateColumns());
    }
  }

  private static void checkRows(DatasetSpec.Rows rows, DatasetAnnouncement said) {
    if (said.kind() == DatasetKind.IMAGES) {
      throw new InvalidMessageException(
          "dataset.target",
          Check.quote(said.dataset()) + " holds images; leave out what only rows have");
    }
    if (rows.isToldHowWritten()) {
      return; // The catalogue knows what the columns hold as the file shows it.
    }
    checkAnyColumn("dataset.target", rows.target(), said);
    for (int i = 0; rows.features() != null && i < rows.features().size(); i++) {
      checkAnyColumn("dataset.features[" + i + "]", rows.features().get(i), said);
    }
  }

  /** A column of whatever kind; augmenters before this one do not tell all of them. */
  private static void checkAnyColumn(String field, String column, DatasetAnnouncement said) {
    if (said.columns() == null || said.dateColumns() == null || said.textColumns() == null) {
      return;
    }
    var all = new ArrayList<>(said.columns());
    all.addAll(said.dateColumns());
    all.addAll(said.textColumns());
    boolean isWhole = all.size() < DatasetAnnouncement.MAX_COLUMNS;
    if (isWhole && !all.contains(column)) {
      throw new InvalidMessageException(
          field, Check.quote(column) + " is no column of this data set; it has " + names(all));
    }
  }

  private static void checkColumn(String field, String column, List<String> columns) {
    boolean isWhole = columns != null && columns.size() < DatasetAnnouncement.MAX_COLUMNS;
    if (isWhole && !columns.contains(column)) {
      throw new InvalidMessageException(
          field,
          Check.quote(column)
              + (field.endsWith("date_column")
                  ? " is no column of dates"
                  : " is no column of numbers")
              + " of this data set; it has "
              + (columns.isEmpty() ? "none" : names(columns)));
    }
  }

  private static void checkImages(DatasetSpec.Images images, DatasetAnnouncement said) {
    if (said.kind() == DatasetKind.SERIES) {
      throw new InvalidMessageException(
          "dataset.column",
          "is required: "
              + Check.quote(said.dataset())
              + " is a series; or dataset.target, for rows");
    }
    if (images.classes() == null || said.classes() == null) {
      return;
    }
    for (int i = 0; i < images.classes().size(); i++) {
      if (!said.classes().contains(images.classes().get(i))) {
        throw new InvalidMessageException(
            "dataset.classes[" + i + "]",
            Check.quote(images.classes().get(i))
                + " is not a class of this data set; known are "
                + names(said.classes()));
      }
    }
  }

  /** What the request's data will be, as far as it is known; one sample of each part. */
  private static Optional<DatasetDescription> foreseen(
      TrainingRequest request, DatasetAnnouncement said) {
    if (!(request.dataset() instanceof DatasetSpec.Images images)) {
      return ForeseenData.of(request);
    }
    List<String> classes = images.classes() == null ? said.classes() : images.classes();
    List<Integer> first = said.sampleShape();
    if (classes == null || classes.size() < 2 || first == null || first.size() != 3) {
      return ForeseenData.of(request);
    }
    var shape = new ArrayList<>(first);
    if (images.imageSize() != null) {
      shape.set(0, images.imageSize().rows());
      shape.set(1, images.imageSize().columns());
    }
    if (images.colorMode() != null) {
      shape.set(2, images.colorMode() == ColorMode.RGB ? 3 : 1);
    }
    List<Integer> alike = classes.stream().map(name -> 1).toList();
    return Optional.of(new DatasetDescription(null, shape, 1, 0, 1, classes, alike, null, null));
  }

  private static String names(Collection<String> names) {
    return names.stream().limit(MOST_NAMES).map(Check::cut).collect(Collectors.joining(", "))
        + (names.size() > MOST_NAMES ? ", ..." : "");
  }
}
