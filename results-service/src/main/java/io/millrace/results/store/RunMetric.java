package io.millrace.results.store;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import java.io.Serializable;
import org.hibernate.annotations.Immutable;

/** A metric of a run, by which lists are sorted. Read only: {@link RunStore} writes it. */
@Entity
@Immutable
@IdClass(RunMetric.Key.class)
public class RunMetric extends PanacheEntityBase {
  @Id public Long runId;

  /**
   * The Keras name for a metric of the latest epoch, the same with the prefix {@code test_} for a
   * metric of the evaluation, or one of {@code seconds}, {@code samples_per_second}, {@code
   * best_epoch}, {@code best_val_loss}.
   */
  @Id public String name;

  /** A finite number. */
  public Double value;

  /** The natural key. */
  public record Key(Long runId, String name) implements Serializable {}
}
