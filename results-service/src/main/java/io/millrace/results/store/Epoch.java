package io.millrace.results.store;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import java.io.Serializable;
import java.time.Instant;
import java.util.Map;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** The end of an epoch. */
@Entity
@Immutable
@IdClass(Epoch.Key.class)
public class Epoch extends PanacheEntityBase {
  @Id public Long runId;

  /** Counts from 0. */
  @Id public Integer epoch;

  /** The steps that the run had completed. */
  public Long step;

  public Instant at;
  public Double seconds;
  public Double samplesPerSecond;
  public Double dataWaitSeconds;

  @JdbcTypeCode(SqlTypes.JSON)
  public Map<String, Object> metrics;

  /** The natural key. */
  public record Key(Long runId, Integer epoch) implements Serializable {}
}
