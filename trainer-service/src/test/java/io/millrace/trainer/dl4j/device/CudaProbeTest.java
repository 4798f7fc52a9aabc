package io.millrace.trainer.dl4j.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.trainer.dl4j.Dl4jNetworkFactory;
import io.millrace.trainer.network.Device;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4jBackend;

class CudaProbeTest {
  private static final String SERVICE = "META-INF/services/" + Nd4jBackend.class.getName();

  @Test
  void theProbesResultIsFoundAmongOtherOutput() throws Exception {
    var finding =
        CudaProbe.run(List.of("echo", "-e", "loading\nmillrace-cuda-usable A100\nbye"), 30);
    assertThat(finding).isEqualTo(new CudaProbe.Finding(true, "A100"));
  }

  @Test
  void aFailedProbeReportsItsExitStatus() throws Exception {
    var finding = CudaProbe.run(List.of("sh", "-c", "echo no kernel image; exit 134"), 30);
    assertThat(finding)
        .isEqualTo(CudaProbe.Finding.unusable("the GPU probe exited with status 134"));
  }

  @Test
  void aHangingProbeTimesOut() throws Exception {
    var finding = CudaProbe.run(List.of("sleep", "600"), 1);
    assertThat(finding.usable()).isFalse();
    assertThat(finding.text()).isEqualTo("the GPU did not respond within 1 s");
  }

  @Test
  void aBuildWithoutCudaReportsThatAsTheReason() {
    ClassLoader loader = getClass().getClassLoader();
    if (!BackendLoader.has(BackendLoader.CUDA, loader)) {
      assertThat(CudaProbe.run()).isEqualTo(CudaProbe.Finding.unusable("built without CUDA"));
      assertThat(Backend.get().device()).isEqualTo("CPU (oneDNN): built without CUDA");
    } else {
      assertThat(CudaProbe.run().text()).isNotEqualTo("built without CUDA");
    }
  }

  @Test
  void requiringAMissingGpuFailsWithTheReason() {
    if (!Backend.get().device().startsWith("CUDA")) {
      assertThatThrownBy(() -> new Dl4jNetworkFactory(Device.GPU))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "training on a GPU is not possible: this process uses " + Backend.get().device());
    }
  }

  @Test
  void theReasonIsAMissingDriverOrTheFirstLineOfTheError() {
    var missing = new RuntimeException(new Nd4jBackend.NoAvailableBackendException("see our page"));
    assertThat(CudaProbe.reason(missing)).isEqualTo("no NVIDIA driver or no GPU found");
    assertThat(CudaProbe.reason(new RuntimeException(new IllegalStateException("one\ntwo"))))
        .isEqualTo("one");
  }

  @Test
  void aBackendLoaderFindsOnlyTheNamedBackend() throws Exception {
    ClassLoader loader = getClass().getClassLoader();
    assertThat(new BackendLoader(BackendLoader.CPU, loader).getResources(SERVICE).hasMoreElements())
        .isTrue();
    assertThat(new BackendLoader("no.such.Backend", loader).getResources(SERVICE).hasMoreElements())
        .isFalse();
  }
}
