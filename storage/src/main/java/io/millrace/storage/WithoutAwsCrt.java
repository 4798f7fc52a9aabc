package io.millrace.storage;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import software.amazon.awssdk.checksums.SdkChecksum;
import software.amazon.awssdk.checksums.spi.ChecksumAlgorithm;

/**
 * In a native executable, Amazon's client does without its C runtime, {@code aws-crt}, which is on
 * no class path of ours: the builder would look for the classes that these methods name. They
 * answer as they do on a JVM.
 */
@TargetClass(className = "software.amazon.awssdk.checksums.internal.ChecksumProvider")
final class WithoutAwsCrt {
  private WithoutAwsCrt() {}

  /** Java's own is there. */
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
