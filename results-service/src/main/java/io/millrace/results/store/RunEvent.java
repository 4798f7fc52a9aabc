package io.millrace.results.store;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;
import java.util.Map;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A log entry of a run. */
@Entity
@Immutable
public class RunEvent extends PanacheEntityBase {
  /** Increases in the order of the commits. */
  @Id public Long id;

  public Long runId;

  /** Identifies the entry if it is delivered again, see {@link Rows.LogRow}. */
  public String place;

  public Instant at;
  public String type;
  public String text;

  @JdbcTypeCode(SqlTypes.JSON)
  public Map<String, Object> body;
}
