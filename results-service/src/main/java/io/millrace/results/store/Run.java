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

/** A run as it is known so far. Read only: {@link RunStore} writes. */
@Entity
@Immutable
public class Run extends PanacheEntityBase {
  /** Stands for the run in the other tables. */
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

  /** To find it by. */
  @JdbcTypeCode(SqlTypes.ARRAY)
  public List<String> tags;

  /** What a user wrote of it, Markdown; null where nobody did. */
  public String note;

  public Integer epochs;
  public String trainer;
  public String device;

  /** How many times the request was handed out; 0 before its first. */
  public int delivery;

  public Integer stepsPerEpoch;

  @JdbcTypeCode(SqlTypes.JSON)
  public Map<String, Object> samples;

  public String validationPart;

  /** A field {@code layers} with the summary's lines. */
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

  /** Whether a user has hidden it from lists. */
  public boolean archived;

  public Boolean stoppedEarly;
  public Integer bestEpoch;

  /** The highest version of a claim that is known of it; 0 for none. */
  public int claim;

  /** Of the record that asked for it, with the cluster; null of a run of before the desk. */
  public String place;

  public Instant requestedAt;

  /** Whether an extension of it waits for a trainer. */
  public boolean extending;

  /** Who submitted it; null where nobody was asked. */
  public String owner;

  public int priority;

  /** Whether it is a trial of a search, which is not compared. */
  public boolean trial;

  public String datasetFingerprint;

  /** What the augmenter noted of its data; null where it noted nothing. */
  @JdbcTypeCode(SqlTypes.JSON)
  public Map<String, Object> dataNotes;
}
