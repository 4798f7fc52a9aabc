package io.millrace.trainer.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.trainer.network.DeviceMemory;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TrainerMetricsTest {
  @Test
  void theGpuMemoryGaugesShowTheCurrentValues() {
    var registry = new SimpleMeterRegistry();
    var used = new AtomicLong(1_000);
    new TrainerMetrics(registry).gpu(new DeviceMemory(() -> 16_000, used::get));

    used.set(2_000);

    assertThat(registry.get("millrace.trainer.gpu.memory.bytes").gauge().value()).isEqualTo(16_000);
    assertThat(registry.get("millrace.trainer.gpu.memory.used.bytes").gauge().value())
        .isEqualTo(2_000);
  }

  @Test
  void thereIsNoGpuMemoryGaugeWithoutAGpu() {
    var registry = new SimpleMeterRegistry();
    new TrainerMetrics(registry);

    assertThat(registry.find("millrace.trainer.gpu.memory.bytes").gauge()).isNull();
  }
}
