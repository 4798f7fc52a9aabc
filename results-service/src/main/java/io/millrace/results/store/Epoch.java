package io.millrace.results.store;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import io.vertx.core.json.JsonObject;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import java.io.Serializable;
import java.time.Instant;
import org.hibernate.annotations.Immutable;

/** The end of an epoch. */
@Entity
@Immutable
@IdClass(Epoch.Key.class)
public class Epoch extends PanacheEntityBase {
  @Id public Long runId;

  /** Counts from 0. */
  @Id public Integer epoch;

  /** How many steps the run had made. */
  public Long step;

  public Instant at;
  public Double seconds;
  public Double samplesPerSecond;
  public Double dataWaitSeconds;
  public JsonObject metrics;

  /** The natural key. */
  public record Key(Long runId, Integer epoch) implements Serializable {}
}
