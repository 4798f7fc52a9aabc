package io.millrace.storage;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import software.amazon.awssdk.checksums.SdkChecksum;
import software.amazon.awssdk.checksums.spi.ChecksumAlgorithm;

/**
 * Makes Amazon's client work without its C runtime, {@code aws-crt}, in native executables. The
 * runtime is not on the class path, and the native build would look for the classes that these
 * methods name. The substitutes behave as on a JVM.
 */
@TargetClass(className = "software.amazon.awssdk.checksums.internal.ChecksumProvider")
final class WithoutAwsCrt {
  private WithoutAwsCrt() {}

  /** Null selects Java's own implementation. */
  @Substitute
  static SdkChecksum createCrtCrc32C() {
    return null;
  }

  @Substitute
  static SdkChecksum crc64NvmeCrtImplementation() {
    throw new UnsupportedOperationException("the checksum CRC64NVME needs aws-crt");
  }

  @Substitute
  static SdkChecksum crtXxHash(ChecksumAlgorithm algorithm) {
    throw new UnsupportedOperationException(
        "the checksum " + algorithm.algorithmId() + " needs aws-crt");
  }
}
