package io.millrace.contracts.event;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;

/**
 * A user's command to a run, on the topic {@code training-commands}; the record's key is the run
 * id.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(TrainingCommand.Cancel.class),
  @JsonSubTypes.Type(TrainingCommand.Delete.class)
})
public sealed interface TrainingCommand {
  /** The run's id. */
  String run();

  /** Cancels the run: it stops within a step and ends as CANCELLED. */
  @JsonTypeName("cancel")
  record Cancel(Integer version, String run) implements TrainingCommand {
    public Cancel {
      version = Check.range("version", Check.orElse(version, 1), 1, 1);
      Check.name("run", run);
    }
  }

  /** Deletes the files of a run that has ended: its models, results and checkpoints. */
  @JsonTypeName("delete")
  record Delete(Integer version, String run) implements TrainingCommand {
    public Delete {
      version = Check.range("version", Check.orElse(version, 1), 1, 1);
      Check.name("run", run);
    }
  }
}
