package io.millrace.trainer;

import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.trainer.network.Batch;
import io.millrace.trainer.network.Network;
import io.millrace.trainer.network.NetworkFactory;
import io.millrace.trainer.network.TrainingMemory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** Networks that can hang or fail at a step. */
final class TestNetworks implements NetworkFactory {
  private static volatile long stuckAt = -1;
  private static volatile CountDownLatch stuck;
  private static volatile long outOfMemoryAt = -1;

  /**
   * Makes the next network hang at a step.
   *
   * @return a latch with two counts: the step is reached, and the step is released
   */
  static CountDownLatch stuckAt(long step) {
    stuck = new CountDownLatch(2);
    stuckAt = step;
    return stuck;
  }

  /** Makes networks run out of native memory at a step. */
  static void outOfMemoryAt(long step) {
    outOfMemoryAt = step;
  }

  @Override
  public String device() {
    return "CPU, in a test";
  }

  @Override
  public TrainingMemory estimate(NetworkPlan plan, TrainingRequest request) {
    return new TrainingMemory(0, 0);
  }

  @Override
  public Network create(NetworkPlan plan, TrainingRequest request) {
    return new SoftmaxRegression(plan, request) {
      /** Hangs like native code, which ignores interrupts. */
      private void hang() {
        CountDownLatch latch = stuck;
        while (latch.getCount() > 0) {
          LockSupport.parkNanos(1_000_000);
        }
      }

      @Override
      public Outputs step(Batch batch, long step, double rate) {
        if (step == stuckAt) {
          stuckAt = -1;
          stuck.countDown();
          hang();
        }
        if (step == outOfMemoryAt) {
          throw new IllegalStateException("native code: std::bad_alloc");
        }
        return super.step(batch, step, rate);
      }
    };
  }
}
