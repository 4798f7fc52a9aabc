package io.millrace.results.store;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import java.io.Serializable;
import org.hibernate.annotations.Immutable;

/** A number of a run, by which lists are sorted. Read only: {@link RunStore} writes. */
@Entity
@Immutable
@IdClass(RunMetric.Key.class)
public class RunMetric extends PanacheEntityBase {
  @Id public Long runId;

  /**
   * Of the latest epoch as Keras has it, of the evaluation on the test part with {@code test_}
   * before it, or one of {@code seconds}, {@code samples_per_second}, {@code best_epoch}, {@code
   * best_val_loss}.
   */
  @Id public String name;

  /** Finite. */
  public Double value;

  /** The natural key. */
  public record Key(Long runId, String name) implements Serializable {}
}
