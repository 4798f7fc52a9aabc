package io.millrace.contracts.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.contracts.Check;

/**
 * The answer to a task that cannot be done, now or later: the run ends with this reason.
 *
 * @param version 1
 * @param field of the request that is to blame, such as {@code dataset.name}; null where none is
 * @param reason in words for the user
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TaskFailure(Integer version, String field, String reason) {
  public TaskFailure {
    version = Check.orElse(version, 1);
    Check.required("reason", reason);
  }
}
