package io.millrace.results.store;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** The current state of a run. Read only: {@link RunStore} writes it. */
@Entity
@Immutable
public class Run extends PanacheEntityBase {
  /** Identifies the run in the other tables. */
  @Id public Long id;

  public String run;
  public String experiment;
  public String variant;
  public Long seed;

  @Enumerated(EnumType.STRING)
  public RunState state;

  public String reason;
  public Long failedAtStep;

  @JdbcTypeCode(SqlTypes.JSON)
  public Map<String, Object> request;

  /** Labels by which users find the run. */
  @JdbcTypeCode(SqlTypes.ARRAY)
  public List<String> tags;

  /** A user's note, in Markdown; null if there is none. */
  public String note;

  public Integer epochs;
  public String trainer;
  public String device;

  /** How many times the request was delivered to a trainer; 0 before the first time. */
  public int delivery;

  public Integer stepsPerEpoch;

  @JdbcTypeCode(SqlTypes.JSON)
  public Map<String, Object> samples;

  public String validationPart;

  /** An object whose field {@code layers} has the layers of the summary. */
  @JdbcTypeCode(SqlTypes.JSON)
  public Map<String, Object> layers;

  public Long parameters;
  public Long resumedAtStep;
  public Instant createdAt;
  public Instant queuedAt;
  public Instant startedAt;
  public Instant endedAt;
  public int epochsDone;
  public long stepsDone;
  public Double seconds;
  public String modelPath;
  public Long modelBytes;
  public String modelSha256;

  /** Whether a user archived it, which hides it from lists. */
  public boolean archived;

  public Boolean stoppedEarly;
  public Integer bestEpoch;

  /** The highest claim version known for it; 0 if it has none. */
  public int claim;

  /**
   * The place of the record that requested it, with the cluster; null for a run from before
   * admission.
   */
  public String place;

  public Instant requestedAt;

  /** Whether an extension of it is queued. */
  public boolean extending;

  /** Who submitted it; null if authentication was off. */
  public String owner;

  public int priority;

  /** Whether it is a trial of a search, which is not compared. */
  public boolean trial;

  public String datasetFingerprint;

  /** The augmentation service's notes on its data; null if there are none. */
  @JdbcTypeCode(SqlTypes.JSON)
  public Map<String, Object> dataNotes;
}
