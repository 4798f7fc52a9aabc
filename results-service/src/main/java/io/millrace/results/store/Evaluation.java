package io.millrace.results.store;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import io.vertx.core.json.JsonObject;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;
import org.hibernate.annotations.Immutable;

/** The evaluation of a run's model on the test part. */
@Entity
@Immutable
public class Evaluation extends PanacheEntityBase {
  @Id public Long runId;
  public Instant at;
  public Integer samples;
  public JsonObject metrics;
  public JsonObject baseline;
  public JsonObject confusion;
  public JsonObject prediction;
}
