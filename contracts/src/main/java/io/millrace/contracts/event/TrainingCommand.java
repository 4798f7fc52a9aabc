package io.millrace.contracts.event;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;

/** What a user tells a run, on the topic {@code training-commands}; the record's key is the run. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(TrainingCommand.Cancel.class),
  @JsonSubTypes.Type(TrainingCommand.Delete.class)
})
public sealed interface TrainingCommand {
  /** The run that is meant. */
  String run();

  /** The run stops within a step and ends as CANCELLED. */
  @JsonTypeName("cancel")
  record Cancel(Integer version, String run) implements TrainingCommand {
    public Cancel {
      version = Check.range("version", Check.orElse(version, 1), 1, 1);
      Check.name("run", run);
    }
  }

  /** The files of the run, which has ended, are deleted: its models, results and checkpoints. */
  @JsonTypeName("delete")
  record Delete(Integer version, String run) implements TrainingCommand {
    public Delete {
      version = Check.range("version", Check.orElse(version, 1), 1, 1);
      Check.name("run", run);
    }
  }
}
