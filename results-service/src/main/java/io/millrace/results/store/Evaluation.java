package io.millrace.results.store;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;
import java.util.Map;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** The evaluation of a run's model on the test samples. */
@Entity
@Immutable
public class Evaluation extends PanacheEntityBase {
  @Id public Long runId;
  public Instant at;
  public Integer samples;

  @JdbcTypeCode(SqlTypes.JSON)
  public Map<String, Object> metrics;

  @JdbcTypeCode(SqlTypes.JSON)
  public Map<String, Object> baseline;

  @JdbcTypeCode(SqlTypes.JSON)
  public Map<String, Object> confusion;

  @JdbcTypeCode(SqlTypes.JSON)
  public Map<String, Object> prediction;

  @JdbcTypeCode(SqlTypes.JSON)
  public Map<String, Object> seasonalBaseline;

  /** Why the predictions for the test samples, which {@link AnswerStore} reads, are not stored. */
  public String answersLeftOut;
}
