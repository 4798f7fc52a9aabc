package io.millrace.contracts.request;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a request's callbacks must find in it.
 *
 * @param metrics that can be monitored, beside the loss
 * @param optimizer whose learning rate may be reduced
 */
record CallbackRules(List<Metric> metrics, OptimizerSpec optimizer) {

  /**
   * Checks them.
   *
   * @throws InvalidMessageException naming the callback and its field
   */
  void check(List<CallbackSpec> callbacks) {
    boolean stores = false;
    for (int i = 0; i < callbacks.size(); i++) {
      String field = "callbacks[" + i + "]";
      if (callbacks.get(i) instanceof CallbackSpec.Monitoring monitoring) {
        checkMonitor(field + ".monitor", monitoring.monitor());
      }
      if (callbacks.get(i) instanceof CallbackSpec.ReduceLROnPlateau
          && !optimizer.learningRate().isConstant()) {
        throw new InvalidMessageException(
            field, "ReduceLROnPlateau needs a number as optimizer.learning_rate, not a schedule");
      }
      if (callbacks.get(i) instanceof CallbackSpec.ModelCheckpoint) {
        if (stores) {
          throw new InvalidMessageException(
              field, "is a second ModelCheckpoint; give one, because one model is stored");
        }
        stores = true;
      }
    }
  }

  private void checkMonitor(String field, String monitor) {
    var known = new ArrayList<String>(List.of("loss", "val_loss"));
    for (Metric metric : metrics) {
      known.add(metric.json());
      known.add("val_" + metric.json());
    }
    if (!known.contains(monitor)) {
      throw new InvalidMessageException(
          field,
          Check.quote(monitor)
              + " is not computed; give one of "
              + String.join(", ", known)
              + ", or add it to metrics");
    }
  }
}
