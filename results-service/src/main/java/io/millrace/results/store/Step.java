package io.millrace.results.store;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import java.io.Serializable;
import org.hibernate.annotations.Immutable;

/** A step of the optimizer. */
@Entity
@Immutable
@IdClass(Step.Key.class)
public class Step extends PanacheEntityBase {
  @Id public Long runId;

  /** Counts from 0 over the whole run. */
  @Id public Long step;

  public Integer epoch;

  /** Null: not finite. */
  public Double loss;

  /** The natural key. */
  public record Key(Long runId, Long step) implements Serializable {}
}
