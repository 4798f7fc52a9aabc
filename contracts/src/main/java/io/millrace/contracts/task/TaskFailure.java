package io.millrace.contracts.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.contracts.Check;

/**
 * The answer to a task that can never succeed. The run fails with this reason.
 *
 * @param version 1
 * @param field the field of the request at fault, such as {@code dataset.name}; null if there is
 *     none
 * @param reason the reason, in words for the user
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TaskFailure(Integer version, String field, String reason) {
  public TaskFailure {
    version = Check.orElse(version, 1);
    Check.required("reason", reason);
  }
}
