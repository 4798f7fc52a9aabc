package io.millrace.augmentation.intake;

import io.millrace.contracts.dataset.DatasetAnnouncement;
import io.millrace.contracts.event.TrainingCommand;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.TaskFailure;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The messages that become JSON, or are made of it, in a native executable, with all they hold. */
@RegisterForReflection(
    registerFullHierarchy = true,
    targets = {
      BatchTask.class,
      TaskFailure.class,
      DatasetDescription.class,
      DatasetAnnouncement.class,
      TrainingCommand.class
    })
final class Reflected {
  private Reflected() {}
}
