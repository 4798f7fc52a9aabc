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
 * Checks a request against the announced data sets: the name, the classes, the columns, and whether
 * the network fits the samples. A request is valid if at least one augmentation service can serve
 * it.
 */
@ApplicationScoped
public class CatalogueRules {
  /**
   * How long after a request a missing announcement is awaited: a user who writes a folder of
   * images and submits a request at once is not rejected.
   */
  public static final Duration ANNOUNCEMENT_WAIT = Duration.ofSeconds(3);

  private static final Duration RECENT = Duration.ofSeconds(10);

  /** The most names in an error message. */
  private static final int MAX_NAMES = 50;

  private final Catalogue catalogue;

  CatalogueRules(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  /**
   * Whether the data set's announcement may be about to change: it is missing, or it has just
   * changed. False for an empty catalogue, which knows of neither.
   */
  public boolean mayChange(RequestedRuns requested) {
    List<DatasetAnnouncement> announced =
        catalogue.of(requested.request().apply(0).dataset().name());
    Instant recent = Instant.now().minus(RECENT);
    return !catalogue.isEmpty()
        && (announced.isEmpty()
            || announced.stream().anyMatch(announcement -> announcement.at().isAfter(recent)));
  }

  /**
   * Checks the runs that were never admitted before.
   *
   * @throws InvalidMessageException naming the field
   */
  public void check(RequestedRuns requested, Admission.Admitted admitted) {
    admitted.fresh().forEach(run -> check(requested.request().apply(run.index())));
  }

  /**
   * Checks a request.
   *
   * @throws InvalidMessageException naming the field
   */
  void check(TrainingRequest request) {
    String name = request.dataset().name();
    List<DatasetAnnouncement> announced = catalogue.of(name);
    if (announced.isEmpty()) {
      if (!catalogue.isEmpty()) {
        throw new InvalidMessageException(
            "dataset.name",
            Check.quote(name)
                + " is not a data set here; give one of "
                + names(catalogue.all().keySet()));
      }
      ForeseenData.of(request).ifPresent(data -> NetworkPlan.of(request, data));
      return;
    }
    InvalidMessageException firstFault = null;
    for (DatasetAnnouncement announcement : announced) {
      try {
        check(request, announcement);
        return;
      } catch (InvalidMessageException e) {
        firstFault = firstFault == null ? e : firstFault;
      }
    }
    throw firstFault;
  }

  private static void check(TrainingRequest request, DatasetAnnouncement announced) {
    if (!announced.isUsable()) {
      throw new InvalidMessageException(
          "dataset.name",
          Check.quote(announced.dataset()) + " cannot be opened: " + announced.problem());
    }
    if (request.dataset() instanceof DatasetSpec.Series series) {
      checkSeries(series, announced);
    } else if (request.dataset() instanceof DatasetSpec.Rows rows) {
      checkRows(rows, announced);
    } else if (request.dataset() instanceof DatasetSpec.Images images) {
      checkImages(images, announced);
    }
    expected(request, announced).ifPresent(data -> NetworkPlan.of(request, data));
  }

  private static void checkSeries(DatasetSpec.Series series, DatasetAnnouncement announced) {
    if (announced.kind() == DatasetKind.IMAGES) {
      throw new InvalidMessageException(
          "dataset.column",
          Check.quote(announced.dataset()) + " has images; remove the fields of a series");
    }
    if (series.isToldHowWritten()) {
      // The request describes the file's format, so its columns may differ from the announced ones.
      return;
    }
    List<String> seen = series.seen();
    for (int i = 0; i < seen.size(); i++) {
      String field = series.columns() == null ? "dataset.column" : "dataset.columns[" + i + "]";
      if (series.isCategorical(seen.get(i))) {
        checkAnyColumn(field, seen.get(i), announced);
      } else {
        checkColumn(field, seen.get(i), announced.columns());
      }
    }
    for (int i = 0; series.target() != null && i < series.target().size(); i++) {
      checkColumn("dataset.target[" + i + "]", series.target().get(i), announced.columns());
    }
    if (series.label() != null) {
      checkAnyColumn("dataset.label", series.label(), announced);
    }
    DateColumns dates = series.dateColumn();
    if (dates != null && dates.names().size() == 1 && announced.dateColumns() != null) {
      checkColumn("dataset.date_column", dates.names().get(0), announced.dateColumns());
    }
  }

  private static void checkRows(DatasetSpec.Rows rows, DatasetAnnouncement announced) {
    if (announced.kind() == DatasetKind.IMAGES) {
      throw new InvalidMessageException(
          "dataset.target",
          Check.quote(announced.dataset()) + " has images; remove the fields of rows");
    }
    if (rows.isToldHowWritten()) {
      // The request describes the file's format, so its columns may differ from the announced ones.
      return;
    }
    checkAnyColumn("dataset.target", rows.target(), announced);
    for (int i = 0; rows.features() != null && i < rows.features().size(); i++) {
      checkAnyColumn("dataset.features[" + i + "]", rows.features().get(i), announced);
    }
  }

  /** Checks a column of any kind. Earlier augmentation services do not announce all kinds. */
  private static void checkAnyColumn(String field, String column, DatasetAnnouncement announced) {
    if (announced.columns() == null
        || announced.dateColumns() == null
        || announced.textColumns() == null) {
      return;
    }
    var all = new ArrayList<>(announced.columns());
    all.addAll(announced.dateColumns());
    all.addAll(announced.textColumns());
    boolean isComplete = all.size() < DatasetAnnouncement.MAX_COLUMNS;
    if (isComplete && !all.contains(column)) {
      throw new InvalidMessageException(
          field,
          Check.quote(column) + " is not a column of this data set; give one of " + names(all));
    }
  }

  private static void checkColumn(String field, String column, List<String> columns) {
    boolean isComplete = columns != null && columns.size() < DatasetAnnouncement.MAX_COLUMNS;
    if (isComplete && !columns.contains(column)) {
      throw new InvalidMessageException(
          field,
          Check.quote(column)
              + (field.endsWith("date_column")
                  ? " is not a date column"
                  : " is not a numeric column")
              + " of this data set; "
              + (columns.isEmpty() ? "it has none" : "give one of " + names(columns)));
    }
  }

  private static void checkImages(DatasetSpec.Images images, DatasetAnnouncement announced) {
    if (announced.kind() == DatasetKind.SERIES) {
      throw new InvalidMessageException(
          "dataset.column",
          "is required: "
              + Check.quote(announced.dataset())
              + " is a table; for rows, give dataset.target instead");
    }
    if (images.classes() == null || announced.classes() == null) {
      return;
    }
    for (int i = 0; i < images.classes().size(); i++) {
      if (!announced.classes().contains(images.classes().get(i))) {
        throw new InvalidMessageException(
            "dataset.classes[" + i + "]",
            Check.quote(images.classes().get(i))
                + " is not a class of this data set; give one of "
                + names(announced.classes()));
      }
    }
  }

  /** The expected data of the request, as far as it is known, with one sample in each part. */
  private static Optional<DatasetDescription> expected(
      TrainingRequest request, DatasetAnnouncement announced) {
    if (!(request.dataset() instanceof DatasetSpec.Images images)) {
      return ForeseenData.of(request);
    }
    List<String> classes = images.classes() == null ? announced.classes() : images.classes();
    List<Integer> first = announced.sampleShape();
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
    List<Integer> counts = classes.stream().map(name -> 1).toList();
    return Optional.of(new DatasetDescription(null, shape, 1, 0, 1, classes, counts, null, null));
  }

  private static String names(Collection<String> names) {
    return names.stream().limit(MAX_NAMES).map(Check::cut).collect(Collectors.joining(", "))
        + (names.size() > MAX_NAMES ? ", ..." : "");
  }
}
