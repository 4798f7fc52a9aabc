package io.millrace.contracts.request;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.LearningRateDeserializer;
import java.io.IOException;

/**
 * An optimizer's learning rate: a number, or a schedule as an object with a {@code type}.
 *
 * @param constant above 0 and at most 1,000; null where there is a schedule
 * @param schedule null where the rate is constant
 */
@JsonDeserialize(using = LearningRateDeserializer.class)
@JsonSerialize(using = LearningRate.NumberOrSchedule.class)
public record LearningRate(Double constant, LearningRateSchedule schedule) {
  /** The largest learning rate of a request. */
  public static final double MAX = 1_000;

  public LearningRate {
    if ((constant == null) == (schedule == null)) {
      throw new InvalidMessageException("", "is a number or a schedule; give one of the two");
    }
    if (constant != null) {
      Check.above("", constant, 0, MAX);
    }
    if (schedule instanceof LearningRateSchedule.RangeTest test
        && test.endLearningRate() <= test.initialLearningRate()) {
      throw new InvalidMessageException(
          "end_learning_rate",
          "is not above initial_learning_rate, which is "
              + test.initialLearningRate()
              + "; a range test rises");
    }
  }

  /** A constant learning rate. */
  public static LearningRate of(double constant) {
    return new LearningRate(constant, null);
  }

  /** Whether the learning rate is constant. */
  public boolean isConstant() {
    return schedule == null;
  }

  /**
   * The rate of a step.
   *
   * @param step counts from 0 over the whole run
   */
  public double at(long step) {
    return schedule == null ? constant : schedule.at(step);
  }

  /** As the user wrote it. */
  static final class NumberOrSchedule extends StdSerializer<LearningRate> {
    private static final long serialVersionUID = 1L;

    NumberOrSchedule() {
      super(LearningRate.class);
    }

    @Override
    public void serialize(LearningRate rate, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (rate.isConstant()) {
        json.writeNumber(rate.constant);
      } else {
        provider.defaultSerializeValue(rate.schedule, json);
      }
    }
  }
}
