package io.millrace.results.store;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import java.io.Serializable;
import java.time.Instant;
import org.hibernate.annotations.Immutable;

/** A rejected request with the id of a run. */
@Entity
@Immutable
@IdClass(Rejection.Key.class)
public class Rejection extends PanacheEntityBase {
  @Id public Long runId;
  @Id public Instant at;
  @Id public String digest;
  public String field;
  public String reason;
  public boolean conflict;

  /** The natural key. */
  public record Key(Long runId, Instant at, String digest) implements Serializable {}
}
